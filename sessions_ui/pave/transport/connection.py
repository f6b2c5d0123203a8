"""Connect to PAVE, and subject the connection to the deadline of its attempt."""

import socket
from time import monotonic
from typing import Any, cast

from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import ConnectTimeoutError, NameResolutionError, NewConnectionError
from urllib3.util.connection import create_connection

from sessions_ui.pave.transport.deadline import Deadline
from sessions_ui.pave.transport.framing import StrictHTTPResponse
from sessions_ui.pave.transport.resolve_host import resolve_host

MIN_TIMEOUT = 0.001  # seconds; a timeout of 0 would make the socket non-blocking


class DeadlineHTTPConnection(HTTPConnection):
    """Attach the socket to the deadline, and report to it when the request is about to be written.

    ``timeout`` limits connecting as a whole: the name look-up and all addresses together.
    """

    response_class = StrictHTTPResponse

    def __init__(self, *args: Any, deadline: Deadline, **options: Any) -> None:
        super().__init__(*args, **options)
        self._deadline = deadline

    def _new_conn(self) -> socket.socket:
        sock = self._connect()
        try:
            self._deadline.attach(sock)
        except OSError:
            sock.close()
            raise
        return sock

    def _connect(self) -> socket.socket:
        until = monotonic() + min(cast(float, self.timeout), self._deadline.remaining())
        try:
            addresses = resolve_host(self._dns_host, self.port, until - monotonic())
        except OSError as error:
            raise NameResolutionError(
                self.host, self, socket.gaierror(socket.EAI_FAIL, "")
            ) from error
        failure = OSError("the name has no address")
        for tried, address in enumerate(addresses):
            # Share the time left among the addresses left, so that a dead one cannot use it all up.
            share = (until - monotonic()) / (len(addresses) - tried)
            try:
                return self._connect_to(address, max(share, MIN_TIMEOUT))
            except OSError as error:
                failure = error
        kind = ConnectTimeoutError if isinstance(failure, TimeoutError) else NewConnectionError
        raise kind(self, "no address of PAVE answered") from failure

    def _connect_to(self, address: str, seconds: float) -> socket.socket:
        sock = create_connection((address, self.port), seconds, socket_options=self.socket_options)
        sock.settimeout(cast(float, self.timeout))
        return sock

    def send(self, data: Any) -> None:
        if self.sock is None:
            self.connect()
        self._deadline.start_write()
        super().send(data)


class DeadlineHTTPSConnection(DeadlineHTTPConnection, HTTPSConnection):
    """Do the same over TLS."""
