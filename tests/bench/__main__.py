"""`make bench`: pages that need no PAVE, while PAVE hangs on every call and while it answers.

A real gunicorn, a real sandbox, twelve agents who keep opening sessions; the same pages are timed
in turn with PAVE well and with PAVE hanging, so that the two stand side by side.
"""

import os
import re
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time

import requests

from paveadmin import ROOT
from sessions_ui.pave.sandbox import start_sandbox

AGENTS, SECONDS = 12, 20
PAGES = ("/sessions/", "/fields/", "/healthz")
KEY = "LKS-7Q2M9XK4RD"
TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')


def free_port():
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def logged_in(base):
    """A browser of an agent."""
    http = requests.Session()
    token = TOKEN.search(http.get(f"{base}/accounts/login/").text)[1]
    person = {"username": "ana", "password": "ana-in-the-sandbox"}
    page = http.post(f"{base}/accounts/login/", data={**person, "csrfmiddlewaretoken": token})
    page.raise_for_status()
    return http


def open_sessions(base, http, stop):
    """An agent who keeps opening a session, whatever comes back."""
    while not stop.is_set():
        http.get(f"{base}/sessions/{KEY}/", timeout=60)


def timed(base, http, seconds):
    """Milliseconds of the other pages, over and over."""
    took, end = [], time.monotonic() + seconds
    while time.monotonic() < end:
        for page in PAGES:
            began = time.monotonic()
            http.get(base + page, timeout=60).raise_for_status()
            took.append((time.monotonic() - began) * 1000)
    return took


def measure(base, words):
    """One row: how the other pages do while agents keep opening sessions."""
    stop, http = threading.Event(), logged_in(base)
    agents = [
        threading.Thread(target=open_sessions, args=(base, logged_in(base), stop))
        for _ in range(AGENTS)
    ]
    for agent in agents:
        agent.start()
    took = timed(base, http, SECONDS)
    stop.set()
    for agent in agents:
        agent.join()
    p50, p95 = statistics.median(took), statistics.quantiles(took, n=20)[18]
    print(f"{words:<28} {len(took):>6} pages  p50 {p50:7.1f} ms  p95 {p95:7.1f} ms", flush=True)


def main():
    """Start both, measure both ways, end both."""
    with (
        start_sandbox(port=0, state_path=None, seed=True) as sandbox,
        tempfile.TemporaryDirectory() as folder,
    ):
        port = free_port()
        settings = {
            **os.environ,
            "DATABASE_URL": f"sqlite:///{folder}/bench.sqlite3",
            "PAVE_BASE_URL": sandbox.base_url,
            "PAVE_CIRCUIT": "0",  # the worst case: nothing spares PAVE or us
        }
        for command in ("migrate", "demo"):
            subprocess.run(
                [sys.executable, "manage.py", command],
                cwd=ROOT,
                env=settings,
                check=True,
                capture_output=True,
            )
        server = subprocess.Popen(
            [sys.executable, "-m", "gunicorn", "paveadmin.wsgi", "-c", "gunicorn.conf.py",
             "-b", f"127.0.0.1:{port}"],
            cwd=ROOT, env=settings, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        try:
            wait_for(port)
            base = f"http://127.0.0.1:{port}"
            measure(base, "PAVE answers")
            sandbox.state.fault("hang_lost", method="GET", times=100_000, seconds=60.0)
            measure(base, "PAVE hangs on every call")
        finally:
            server.terminate()
            server.wait()


def wait_for(port):
    """Until the server listens; half a minute at most."""
    for _ in range(300):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise SystemExit("The server did not start.")


if __name__ == "__main__":
    main()
