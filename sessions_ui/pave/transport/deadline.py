"""Cut a connection off at its deadline, and record whether it wrote anything.

``requests`` limits each read, not the whole call: a server that sends one byte per second is never
cut off. Checking the clock between reads does not help, because the read itself blocks. So a timer
shuts the socket down. After such a cut ``requests`` may return a 200 with an empty body: trust the
deadline, not the response.
"""

import socket
import threading
from contextlib import suppress
from time import monotonic
from types import TracebackType
from typing import Self

from sessions_ui.pave.transport.threads import start_thread


class Deadline:
    """Limit one attempt to ``seconds``. Use it as a context manager, which raises NoThreadError if
    the timer cannot start.

    ``expired`` is True once the deadline has passed before the end of the attempt: no response
    counts then. ``write_started`` is True from just before the first byte of the request: as long
    as it is False, nothing can have happened at PAVE.
    """

    def __init__(self, seconds: float) -> None:
        self.expired = False
        self.write_started = False
        self._until = monotonic() + seconds
        self._ended = False
        self._socket: socket.socket | None = None
        self._lock = threading.Lock()
        self._timer = threading.Timer(seconds, self._cut_off)
        self._timer.daemon = True
        self._timer.name = "pave-deadline"

    def __enter__(self) -> Self:
        start_thread(self._timer)
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc_value: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._timer.cancel()
        with self._lock:
            self._ended = True
            if self._socket:
                self._socket.close()

    def remaining(self) -> float:
        """Return the seconds that are left, at least 0."""
        return max(0.0, self._until - monotonic())

    def attach(self, sock: socket.socket) -> None:
        """Shut this socket down at the deadline. Raises TimeoutError if the deadline has passed.

        Keep a duplicate of the socket: the TLS handshake takes the original's file descriptor away,
        and a descriptor that was closed meanwhile may already belong to another file.
        """
        with self._lock:
            self._raise_if_expired()
            self._socket = sock.dup()

    def start_write(self) -> None:
        """Record that the request is about to be written. Raises TimeoutError if it is too late."""
        with self._lock:
            self._raise_if_expired()
            self.write_started = True

    def _raise_if_expired(self) -> None:
        self.expired = self.expired or not self.remaining()
        if self.expired:
            raise TimeoutError("the deadline has passed")

    def _cut_off(self) -> None:
        with self._lock:
            if self._ended:
                return
            self.expired = True
            if self._socket:
                with suppress(OSError):  # the other side may have closed it already
                    self._socket.shutdown(socket.SHUT_RDWR)
