"""Test the sandbox as a process of its own."""

import json
import os
import signal
import socket
import subprocess
import sys
import urllib.request

import pytest
from django.core.management import CommandError, call_command

from paveadmin import ROOT
from tests.management.processes import free_port


@pytest.fixture
def signals():
    """Restore the signal handlers that the command replaces."""
    handlers = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    yield
    for number, handler in handlers.items():
        signal.signal(number, handler)


def test_it_answers_until_sigterm_and_keeps_its_state(tmp_path):
    port, state = free_port(), tmp_path / "sandbox.json"
    command = [sys.executable, "manage.py", "pave_sandbox", "--port", str(port)]
    process = subprocess.Popen(
        [*command, "--state", str(state)], cwd=ROOT, stdout=subprocess.PIPE, text=True,
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "paveadmin.settings"},
    )  # fmt: skip
    lines = [process.stdout.readline() for _ in range(2)]
    assert lines[0].startswith(f"Pretend PAVE at http://127.0.0.1:{port}/")
    assert str(state) in lines[1]
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=10) as answer:  # noqa: S310
        assert answer.status == 200
    process.send_signal(signal.SIGTERM)
    rest, _ = process.communicate(timeout=30)
    assert rest == "Stopped, state kept.\n"
    assert process.returncode == 0
    assert json.loads(state.read_text())


@pytest.mark.usefixtures("signals")
def test_a_busy_port_is_named(tmp_path):
    with socket.socket() as busy:
        busy.bind(("127.0.0.1", 0))
        busy.listen()
        port = busy.getsockname()[1]
        with pytest.raises(CommandError, match=f"Port {port} cannot be used"):
            call_command("pave_sandbox", port=port, state=tmp_path / "sandbox.json")


@pytest.mark.usefixtures("signals")
def test_an_unreadable_state_is_named(tmp_path):
    state = tmp_path / "sandbox.json"
    state.write_text("{")
    with pytest.raises(CommandError, match="sandbox.json"):
        call_command("pave_sandbox", port=0, state=state)


def test_ctrl_c_ends_it_and_the_seeds_are_kept(tmp_path):
    state = tmp_path / "sandbox.json"
    command = [sys.executable, "manage.py", "pave_sandbox", "--port", "0", "--state", str(state)]
    process = subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    assert "Pretend PAVE at http://127.0.0.1:" in process.stdout.readline()
    process.send_signal(signal.SIGINT)
    output, _ = process.communicate(timeout=20)
    assert "Stopped, state kept." in output
    assert process.returncode == 0
    assert "LKS-7Q2M9XK4RD" in state.read_text("utf-8")


def test_a_busy_port_ends_the_process(tmp_path, sandbox):
    port = sandbox.base_url.rpartition(":")[2]
    command = [sys.executable, "manage.py", "pave_sandbox", "--port", port]
    result = subprocess.run(
        [*command, "--state", str(tmp_path / "s.json")], cwd=ROOT, capture_output=True, text=True
    )
    assert result.returncode == 1
    assert f"Port {port} cannot be used: Address already in use." in result.stderr
