"""Run the sandbox as a process of its own, controlled by lines of JSON.

Its journal is the truth about what PAVE was asked and did.
"""

import json
import subprocess
import sys
import threading
import urllib.request

from paveadmin import ROOT
from sessions_ui.pave.sandbox import start_sandbox
from sessions_ui.pave.sandbox.server import api, signing

CALLS = ("create", "act", "poke", "fault", "clear_faults", "journal", "session", "turn")


class SandboxProcess:
    """A running sandbox process: `base_url`, and its state's methods by name.

    `initial_values` are the fields of every session as it was made.
    """

    def __init__(self, secret=None):
        command = [
            sys.executable,
            "-m",
            "tests.faults.sandbox_process",
            *([secret] if secret else []),
        ]
        self._process = subprocess.Popen(
            command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        self._lock = threading.Lock()
        self.base_url = json.loads(self._process.stdout.readline())
        self.initial_values = {}
        self._rows = []

    def _ask(self, name, *args, **options):
        with self._lock:
            self._process.stdin.write(json.dumps([name, args, options]) + "\n")
            self._process.stdin.flush()
            answer = json.loads(self._process.stdout.readline())
        if "error" in answer:
            raise RuntimeError(answer["error"])
        return answer["given"]

    def __getattr__(self, name):
        if name not in CALLS:
            raise AttributeError(name)
        return lambda *args, **options: self._ask(name, *args, **options)

    def create(self, **given):
        """Make a session; give its key. Its values go to `initial_values`."""
        key = self._ask("create", **given)
        self.initial_values[key] = self._ask("session", key)["fields"]
        return key

    def order(self, kind, **given):
        """Order a fault over HTTP, as child processes must: the pipe is the parent's."""
        self._post("/sandbox/faults", {"kind": kind, **given})

    def order_none(self):
        """Cancel the faults that have not happened yet, from a child process."""
        self._post("/sandbox/faults/clear", {})

    def poke_from_child(self, key, field, value):
        """Change a field as somebody else would, from a child process."""
        self._post(f"/sandbox/sessions/{key}/poke", {"field": field, "value": value})

    def _post(self, path, sent):
        kinds = {"Content-Type": "application/json"}
        ask = urllib.request.Request(  # noqa: S310  the sandbox's own address
            f"{self.base_url}{path}", json.dumps(sent).encode(), kinds
        )
        urllib.request.urlopen(ask, timeout=10).close()  # noqa: S310

    def rows(self):
        """Give the whole journal so far, oldest first."""
        self._rows += self._ask("journal", self._rows[-1]["n"] if self._rows else 0)
        return list(self._rows)

    def tokens(self):
        """Give every token that a client has sent: none may turn up anywhere else."""
        return self._ask("tokens")

    def close(self):
        """End the process by closing its input."""
        self._process.stdin.close()
        self._process.stdout.close()
        self._process.wait(10)


def _noting_tokens(note):
    seen = set()

    def noted(store, request, *rest):
        seen.add(request.headers.get("API-Token", ""))
        return note(store, request, *rest)

    return seen, noted


def serve():
    """Run the sandbox until the input ends."""
    if len(sys.argv) > 1:
        signing.API_SECRET = sys.argv[1]
    seen, api._journal_request = _noting_tokens(api._journal_request)
    with start_sandbox(port=0, seed=False) as sandbox:
        print(json.dumps(sandbox.base_url), flush=True)
        for line in sys.stdin:
            name, args, options = json.loads(line)
            try:
                if name == "tokens":
                    given = sorted(filter(None, seen))
                else:
                    given = getattr(sandbox.state, name)(*args, **options)
                answer = {"given": given if name not in ("fault", "clear_faults") else None}
            except (LookupError, ValueError, TypeError) as error:
                answer = {"error": f"{type(error).__name__}: {error}"}
            print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    serve()
