"""The supervisor, with real processes: all start, all end, whoever falls is named."""

import os
import re
import select
import signal
import socket
import subprocess
import sys
import urllib.request

import pytest

from paveadmin import ROOT
from sessions_ui.management.supervisor import Part, PartFailed, Supervisor, port_free

SERVER = (
    "import http.server as h, sys;"
    "h.test(h.SimpleHTTPRequestHandler, port=int(sys.argv[1]), bind='127.0.0.1')"
)
# A part with a child of its own, which takes no notice of friendly words.
STUBBORN = """
import os, signal, subprocess, sys
code = "import signal; signal.signal(15, 1); print('up', flush=True); signal.pause()"
child = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE)
child.stdout.readline()
print(os.getpid(), child.pid, flush=True)
signal.pause()
"""


def _free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture
def supervise(tmp_path, monkeypatch):
    """Give a function that makes a supervisor of toy parts; signals go back to what they were."""
    kept = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM, 1)}
    monkeypatch.setattr("sessions_ui.management.supervisor.GRACE", 1.0)

    def _supervise(*parts):
        return Supervisor(parts, logs=tmp_path, environment=os.environ)

    yield _supervise
    for number, action in kept.items():
        signal.signal(number, action)


def _python(code, *arguments):
    return (sys.executable, "-c", code, *map(str, arguments))


def test_it_waits_until_every_part_answers_and_frees_the_port_at_the_end(supervise):
    port = _free_port()
    with supervise(Part("page", _python(SERVER, port), port=port)) as supervisor:
        assert supervisor.wait_ready(30)
        assert not port_free(port)
    assert port_free(port)


def test_it_names_the_part_that_ends_by_itself_with_its_last_words(supervise):
    port = _free_port()
    parts = [
        Part("page", _python(SERVER, port), port=port),
        Part("loop", _python("print('no table'); raise SystemExit(3)")),
    ]
    with supervise(*parts) as supervisor:
        supervisor.running["loop"].wait(30)
        with pytest.raises(PartFailed, match="loop ended by itself with code 3") as caught:
            supervisor.watch()
    assert caught.value.tail == ["no table"]
    assert port_free(port), "the other part is stopped too"


def test_it_names_the_part_that_does_not_answer(supervise):
    silent = Part("page", _python("import signal; signal.pause()"), port=_free_port())
    failure = pytest.raises(PartFailed, match="page did not answer within 0.3 s")
    with supervise(silent) as supervisor, failure:
        supervisor.wait_ready(0.3)


def test_it_ends_grandchildren_that_ignore_the_friendly_signal(supervise, tmp_path):
    port = _free_port()
    page = Part("page", _python(SERVER, port), port=port)
    with supervise(Part("stubborn", _python(STUBBORN)), page) as supervisor:
        supervisor.wait_ready(30)
        while not (line := (tmp_path / "stubborn.log").read_text()):
            assert not supervisor.stop_requested.wait(0.02)
        pids = [int(pid) for pid in line.split()]
    _all_end(pids)


def _started(tmp_path, *options):
    port, sandbox_port = _free_port(), _free_port()
    environment = {key: value for key, value in os.environ.items() if key != "DATABASE_OWNER_URL"}
    del environment["PAVE_BASE_URL"]
    environment["DATABASE_URL"] = f"sqlite:///{tmp_path}/start.sqlite3"
    command = [sys.executable, "manage.py", "start", "--local", str(tmp_path)]
    command += ["--port", str(port), "--sandbox-port", str(sandbox_port), *options]
    process = subprocess.Popen(
        command,
        cwd=ROOT,
        env={**environment, "DJANGO_SETTINGS_MODULE": "paveadmin.settings"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    return process, port, sandbox_port


def _children(pid):
    with open(f"/proc/{pid}/task/{pid}/children") as children:
        found = [int(child) for child in children.read().split()]
    return found + [grandchild for child in found for grandchild in _children(child)]


def _welcome(process):
    lines = []
    for line in process.stdout:
        lines.append(line)
        if "Ctrl-C ends everything" in line:
            break
    return "".join(lines)


def _status(port, path="/"):
    with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=10) as answer:  # noqa: S310
        return answer.status


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
@pytest.mark.parametrize("ending", [signal.SIGTERM, signal.SIGINT, signal.SIGKILL])
def test_it_starts_everything_and_leaves_nothing_behind(tmp_path, ending):
    process, port, sandbox_port = _started(tmp_path)
    said = _welcome(process)
    assert f"http://127.0.0.1:{port}/" in said, said
    for words in ("ana-in-the-sandbox", "helen-in-the-sandbox", "Try this first"):
        assert words in said
    assert "\x1b" not in said, "no colours when piped"
    assert _status(port, "/accounts/login/") == 200
    assert _status(sandbox_port) == 200
    family = _children(process.pid)
    assert len(family) >= 4, "sandbox, gunicorn and its worker, reconcile loop"
    process.send_signal(ending)
    code = process.wait(30)
    assert code == (0 if ending != signal.SIGKILL else -signal.SIGKILL)
    process.stdout.close()
    _all_end(family)
    assert port_free(port)
    assert port_free(sandbox_port)


def _all_end(pids):
    # The kernel's own ending of a killed supervisor's parts takes a moment: wait by handle.
    for pid in pids:
        try:
            handle = os.pidfd_open(pid)
        except ProcessLookupError:
            continue
        with os.fdopen(handle) as gone:
            assert select.select([gone], [], [], 20)[0], f"process {pid} is left"


def test_it_names_a_busy_port_and_what_to_do(tmp_path):
    with socket.socket() as busy:
        busy.bind(("127.0.0.1", 0))
        busy.listen()
        taken = busy.getsockname()[1]
        process, _port, _sandbox_port = _started(tmp_path, "--port", str(taken))
        said, _ = process.communicate(timeout=30)
    assert process.returncode != 0
    assert re.search(rf"Port {taken}, for the dashboard, is busy", said), said
