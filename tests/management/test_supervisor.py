"""Test the supervisor with real processes: all start, all end, and a part that fails is named."""

import os
import signal
import sys

import pytest

from sessions_ui.management.supervisor import Part, PartFailed, Supervisor, port_free

from .processes import free_port, wait_until_gone

SERVER = (
    "import http.server as h, sys;"
    "h.test(h.SimpleHTTPRequestHandler, port=int(sys.argv[1]), bind='127.0.0.1')"
)
# A part with a child that ignores SIGTERM.
STUBBORN = """
import os, signal, subprocess, sys
code = "import signal; signal.signal(15, 1); print('up', flush=True); signal.pause()"
child = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE)
child.stdout.readline()
print(os.getpid(), child.pid, flush=True)
signal.pause()
"""


@pytest.fixture
def supervise(tmp_path, monkeypatch):
    """Give a function that makes a supervisor of small parts; restores the signal handlers."""
    handlers = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM, 1)}
    monkeypatch.setattr("sessions_ui.management.supervisor.GRACE", 1.0)

    def _supervise(*parts):
        return Supervisor(parts, logs=tmp_path, environment=os.environ)

    yield _supervise
    for number, handler in handlers.items():
        signal.signal(number, handler)


def _python(code, *arguments):
    return (sys.executable, "-c", code, *map(str, arguments))


def test_it_waits_until_every_part_answers_and_frees_the_port_at_the_end(supervise):
    port = free_port()
    with supervise(Part("page", _python(SERVER, port), port=port)) as supervisor:
        assert supervisor.wait_ready(30)
        assert not port_free(port)
    assert port_free(port)


def test_it_names_a_part_that_ends_by_itself_with_its_last_lines(supervise):
    port = free_port()
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


def test_it_names_a_part_that_does_not_answer(supervise):
    silent = Part("page", _python("import signal; signal.pause()"), port=free_port())
    failure = pytest.raises(PartFailed, match="page did not answer within 0.3 s")
    with supervise(silent) as supervisor, failure:
        supervisor.wait_ready(0.3)


def test_it_ends_grandchildren_that_ignore_sigterm(supervise, tmp_path):
    port = free_port()
    page = Part("page", _python(SERVER, port), port=port)
    with supervise(Part("stubborn", _python(STUBBORN)), page) as supervisor:
        supervisor.wait_ready(30)
        while not (line := (tmp_path / "stubborn.log").read_text()):
            assert not supervisor.stop_requested.wait(0.02)
        pids = [int(pid) for pid in line.split()]
    wait_until_gone(pids)
