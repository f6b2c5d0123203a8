"""One process that owns several: starts them, waits until they answer, and ends them all.

Each part leads a process group of its own, so that its children end with it. On Linux the kernel
ends the parts too when the supervisor itself is killed and can no longer do so.
"""

import contextlib
import ctypes
import http.client
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

HOST = "127.0.0.1"
GRACE = 10.0  # seconds between the friendly end and the hard one
_LOOK = 0.1  # seconds between two looks at the parts
_PR_SET_PDEATHSIG = 1


class PartFailed(Exception):
    """A part ended, or did not answer in time. `tail` holds the last lines that it wrote."""

    def __init__(self, sentence: str, tail: Sequence[str]) -> None:
        """Take the sentence for the person and the lines."""
        super().__init__(sentence)
        self.tail = tail


@dataclass(frozen=True)
class Part:
    """One process: its name for people, its command, and the port and path where it answers."""

    name: str
    command: Sequence[str]
    port: int | None = None
    path: str = "/"


def port_free(port: int) -> bool:
    """Tell whether nobody listens on the loopback port."""
    with contextlib.closing(socket.socket()) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
        return True


def end_with_parent() -> None:
    """Ask the kernel for a SIGTERM when the parent of this process is gone (Linux only)."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


class Supervisor:
    """Start parts in order, watch them, end them. Use as a context: leaving it ends all."""

    def __init__(
        self, parts: Sequence[Part], *, logs: Path, environment: Mapping[str, str]
    ) -> None:
        """Take the parts, the folder for what they write, and their environment."""
        self.parts = parts
        self.logs = logs
        self.environment = dict(environment)
        self.running: dict[str, subprocess.Popen[bytes]] = {}
        self.asked_to_stop = threading.Event()

    def __enter__(self) -> "Supervisor":
        """Listen for Ctrl-C and SIGTERM and start every part."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, lambda *_: self.asked_to_stop.set())
        self.logs.mkdir(parents=True, exist_ok=True)
        try:
            for part in self.parts:
                self._start(part)
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        """End every part."""
        self.stop()

    def wait_ready(self, seconds: float) -> bool:
        """Wait until every part with a port answers below 500; False when asked to stop.

        Raises PartFailed when one ends, or does not answer within the seconds.
        """
        until = time.monotonic() + seconds
        for part in self.parts:
            while part.port is not None and not _answers(part.port, part.path):
                self._all_alive()
                if time.monotonic() > until:
                    raise self._failed(part, f"did not answer within {seconds:g} s")
                if self.asked_to_stop.wait(_LOOK):
                    return False
        self._all_alive()
        return not self.asked_to_stop.is_set()

    def watch(self) -> None:
        """Return when asked to stop; raises PartFailed as soon as a part ends by itself."""
        while not self.asked_to_stop.wait(_LOOK):
            self._all_alive()

    def stop(self) -> None:
        """End all parts and their children: friendly first, hard after the grace time."""
        # The last started goes first: the dashboard finishes its calls while PAVE still answers.
        for process in reversed(self.running.values()):
            _signal_group(process, signal.SIGTERM)
        until = time.monotonic() + GRACE
        for process in reversed(self.running.values()):
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(max(0.0, until - time.monotonic()))
            _signal_group(process, signal.SIGKILL)
            process.wait()
        self.running.clear()

    def _start(self, part: Part) -> None:
        with self._log(part).open("wb") as log:
            self.running[part.name] = subprocess.Popen(  # noqa: S603  our own commands
                part.command,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=end_with_parent,
            )

    def _log(self, part: Part) -> Path:
        return self.logs / f"{part.name.replace(' ', '-')}.log"

    def _all_alive(self) -> None:
        for part in self.parts:
            code = self.running[part.name].poll()
            if code is not None:
                raise self._failed(part, f"ended by itself with code {code}")

    def _failed(self, part: Part, words: str) -> PartFailed:
        lines = self._log(part).read_text("utf-8", "replace").splitlines()
        return PartFailed(f"The {part.name} {words}. Everything else is stopped.", lines[-15:])


def _answers(port: int, path: str) -> bool:
    connection = http.client.HTTPConnection(HOST, port, timeout=2)
    try:
        connection.request("GET", path)
        return connection.getresponse().status < 500
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def _signal_group(process: subprocess.Popen[bytes], number: int) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, number)
