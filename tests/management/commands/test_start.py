"""Test the start command with real processes: all start, all end, and a busy port is named."""

import os
import re
import signal
import socket
import subprocess
import sys
import urllib.request

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command

from paveadmin import ROOT
from sessions_ui.management.supervisor import port_free
from tests.management.processes import free_port, wait_until_gone


def _started(tmp_path, *options):
    port, sandbox_port = free_port(), free_port()
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
        direct = [int(child) for child in children.read().split()]
    return direct + [grandchild for child in direct for grandchild in _children(child)]


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
@pytest.mark.parametrize(
    "ending",
    [
        signal.SIGINT,
        pytest.param(signal.SIGTERM, marks=pytest.mark.proof),
        pytest.param(signal.SIGKILL, marks=pytest.mark.proof),
    ],
)
def test_it_starts_everything_and_leaves_nothing_behind(tmp_path, ending):
    process, port, sandbox_port = _started(tmp_path)
    output = _welcome(process)
    assert f"http://127.0.0.1:{port}/" in output, output
    for words in ("ana-in-the-sandbox", "helen-in-the-sandbox", "Try this first"):
        assert words in output
    assert "\x1b" not in output, "no colours when piped"
    assert _status(port, "/accounts/login/") == 200
    assert _status(sandbox_port) == 200
    family = _children(process.pid)
    assert len(family) >= 4, "sandbox, gunicorn and its worker, reconcile loop"
    process.send_signal(ending)
    code = process.wait(30)
    assert code == (0 if ending != signal.SIGKILL else -signal.SIGKILL)
    process.stdout.close()
    wait_until_gone(family)
    assert port_free(port)
    assert port_free(sandbox_port)


def test_it_names_a_busy_port_and_the_remedy(tmp_path):
    with socket.socket() as busy:
        busy.bind(("127.0.0.1", 0))
        busy.listen()
        taken = busy.getsockname()[1]
        process, _port, _sandbox_port = _started(tmp_path, "--port", str(taken))
        output, _ = process.communicate(timeout=30)
    assert process.returncode != 0
    assert re.search(rf"Port {taken}, for the dashboard, is busy", output), output


def test_it_is_refused_in_production_mode(db, settings):
    settings.DEVELOPMENT = False
    with pytest.raises(CommandError, match="DJANGO_DEBUG is off"):
        call_command("start")
    assert not User.objects.exists()
