"""The command runs a sandbox until a signal, and keeps its state."""

import signal
import subprocess
import sys

from paveadmin import ROOT


def test_it_runs_until_a_signal_and_keeps_its_state(tmp_path):
    state = tmp_path / "sandbox.json"
    command = [sys.executable, "manage.py", "pave_sandbox", "--port", "0", "--state", str(state)]
    running = subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    assert "Pretend PAVE at http://127.0.0.1:" in running.stdout.readline()
    running.send_signal(signal.SIGINT)
    said, _ = running.communicate(timeout=20)
    assert "Stopped, state kept." in said
    assert running.returncode == 0
    assert "LKS-7Q2M9XK4RD" in state.read_text("utf-8")


def test_a_busy_port_is_named(tmp_path, sandbox):
    port = sandbox.base_url.rpartition(":")[2]
    command = [sys.executable, "manage.py", "pave_sandbox", "--port", port]
    done = subprocess.run(
        [*command, "--state", str(tmp_path / "s.json")], cwd=ROOT, capture_output=True, text=True
    )
    assert done.returncode == 1
    assert f"Port {port} cannot be used: Address already in use." in done.stderr
