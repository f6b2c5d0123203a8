"""Start several processes, wait until they answer, and end them all together.

Each part leads its own process group, so that its children end with it. On Linux the kernel also
ends the parts when the supervisor itself is killed.
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
GRACE = 10.0  # seconds between SIGTERM and SIGKILL
_POLL_INTERVAL = 0.1  # seconds
_PR_SET_PDEATHSIG = 1


class PartFailed(Exception):
    """A part ended, or did not answer in time. ``tail`` has the last lines that it wrote."""

    def __init__(self, sentence: str, tail: Sequence[str]) -> None:
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
    """Whether nobody listens on the loopback port."""
    with contextlib.closing(socket.socket()) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
        return True


def end_with_parent() -> None:
    """Have the kernel send a SIGTERM when the parent of this process ends (Linux only)."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


class Supervisor:
    """Start parts in order, watch them, and end all when the context is left.

    ``logs`` is the folder for the output of the parts, one file each.
    """

    def __init__(
        self, parts: Sequence[Part], *, logs: Path, environment: Mapping[str, str]
    ) -> None:
        self.parts = parts
        self.logs = logs
        self.environment = dict(environment)
        self.running: dict[str, subprocess.Popen[bytes]] = {}
        self.stop_requested = threading.Event()

    def __enter__(self) -> "Supervisor":
        """Handle Ctrl-C, SIGTERM and SIGHUP, and start every part."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, lambda *_: self.stop_requested.set())
        self.logs.mkdir(parents=True, exist_ok=True)
        try:
            for part in self.parts:
                self._start(part)
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def wait_ready(self, seconds: float) -> bool:
        """Wait until every part with a port answers below 500; False when asked to stop meanwhile.

        Raises PartFailed when a part ends, or does not answer within that time.
        """
        deadline = time.monotonic() + seconds
        for part in self.parts:
            while part.port is not None and not _answers(part.port, part.path):
                self._check_alive()
                if time.monotonic() > deadline:
                    raise self._failure(part, f"did not answer within {seconds:g} s")
                if self.stop_requested.wait(_POLL_INTERVAL):
                    return False
        self._check_alive()
        return not self.stop_requested.is_set()

    def watch(self) -> None:
        """Return when asked to stop. Raises PartFailed as soon as a part ends by itself."""
        while not self.stop_requested.wait(_POLL_INTERVAL):
            self._check_alive()

    def stop(self) -> None:
        """End all parts and their children, with SIGKILL where SIGTERM did not within the grace."""
        # In reverse order: the dashboard finishes its calls while the sandbox still answers.
        for process in reversed(self.running.values()):
            _signal_group(process, signal.SIGTERM)
        deadline = time.monotonic() + GRACE
        for process in reversed(self.running.values()):
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(max(0.0, deadline - time.monotonic()))
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

    def _check_alive(self) -> None:
        for part in self.parts:
            code = self.running[part.name].poll()
            if code is not None:
                raise self._failure(part, f"ended by itself with code {code}")

    def _failure(self, part: Part, words: str) -> PartFailed:
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
