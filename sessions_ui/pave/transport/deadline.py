"""A connection under watch: shut down at the deadline, with a note of whether it wrote anything.

``requests`` times each read, not the call: a server that sends a byte a second is never cut off,
and a clock check between reads does not help, since the read itself blocks. So a timer shuts the
socket down. After such a cut ``requests`` may well hand over a 200 with an empty body: what the
watch says counts, not the response.
"""

import socket
import threading
from contextlib import suppress
from time import monotonic
from types import TracebackType
from typing import Any, Self, cast

from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import ConnectTimeoutError, NameResolutionError, NewConnectionError
from urllib3.util.connection import create_connection

from sessions_ui.pave.transport.framing import StrictReply
from sessions_ui.pave.transport.resolve import addresses, start

SHORTEST = 0.001  # seconds; a time-out of 0 would mean not to wait at all


class Watch:
    """The deadline of one attempt, and what is known of it. Use as a context manager, which raises
    NoThread where no timer can start.

    ``cut`` is True once the deadline has passed before the end: then no answer counts.
    ``written`` is True from just before the first byte of the request: until then nothing can have
    happened at PAVE.
    """

    def __init__(self, seconds: float) -> None:
        self.cut = False
        self.written = False
        self._until = monotonic() + seconds
        self._over = False
        self._line: socket.socket | None = None
        self._lock = threading.Lock()
        self._timer = threading.Timer(seconds, self._cut_off)
        self._timer.daemon = True
        self._timer.name = "pave-deadline"

    def __enter__(self) -> Self:
        start(self._timer)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self._timer.cancel()
        with self._lock:
            self._over = True
            if self._line:
                self._line.close()

    def left(self) -> float:
        """Give the seconds that remain, 0 when none do."""
        return max(0.0, self._until - monotonic())

    def attach(self, line: socket.socket) -> None:
        """Take the connection's socket, to be shut down at the deadline. Raises TimeoutError.

        Kept as a duplicate: TLS takes the socket's number away for as long as its handshake lasts,
        and a number closed meanwhile could by then be someone else's.
        """
        with self._lock:
            self._refuse_when_late()
            self._line = line.dup()

    def writing(self) -> None:
        """Note that the request starts to leave. Raises TimeoutError when it is too late."""
        with self._lock:
            self._refuse_when_late()
            self.written = True

    def _refuse_when_late(self) -> None:
        self.cut = self.cut or not self.left()
        if self.cut:
            raise TimeoutError("the deadline has passed")

    def _cut_off(self) -> None:
        with self._lock:
            if self._over:
                return
            self.cut = True
            if self._line:
                with suppress(OSError):  # the other side may have gone already
                    self._line.shutdown(socket.SHUT_RDWR)


class Watched(HTTPConnection):
    """A connection that hands its socket to the watch and says when it starts to write."""

    response_class = StrictReply

    def __init__(self, *args: Any, watch: Watch, **options: Any) -> None:
        super().__init__(*args, **options)
        self._watch = watch

    def _new_conn(self) -> socket.socket:
        line = self._connected()
        try:
            self._watch.attach(line)
        except OSError:
            line.close()
            raise
        return line

    def _connected(self) -> socket.socket:
        """Connect within ``timeout``: name look-up and all addresses together."""
        until = monotonic() + min(cast(float, self.timeout), self._watch.left())
        try:
            found = addresses(self._dns_host, self.port, until - monotonic())
        except OSError as error:
            raise NameResolutionError(
                self.host, self, socket.gaierror(socket.EAI_FAIL, "")
            ) from error
        failure = OSError("the name has no address")
        for tried, address in enumerate(found):
            share = (until - monotonic()) / (len(found) - tried)
            try:
                return self._connected_to(address, max(share, SHORTEST))
            except OSError as error:
                failure = error
        kind = ConnectTimeoutError if isinstance(failure, TimeoutError) else NewConnectionError
        raise kind(self, "no address of PAVE answered") from failure

    def _connected_to(self, address: str, seconds: float) -> socket.socket:
        place = (address, self.port)
        line = create_connection(place, seconds, socket_options=self.socket_options)
        line.settimeout(cast(float, self.timeout))
        return line

    def send(self, data: Any) -> None:
        if self.sock is None:
            self.connect()
        self._watch.writing()
        super().send(data)


class WatchedTLS(Watched, HTTPSConnection):
    """The same over TLS."""
