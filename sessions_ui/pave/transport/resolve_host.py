"""Resolve a host name within a time limit, which the system's resolver does not offer."""

import socket
import threading
from concurrent.futures import Future

from sessions_ui.pave.transport.threads import start_thread


def resolve_host(host: str, port: int, seconds: float) -> list[str]:
    """Return the addresses of ``host``, in the resolver's order, without duplicates.

    Raises OSError if there are none, and its subclasses TimeoutError after ``seconds`` and
    NoThreadError.
    """
    addresses: Future[list[str]] = Future()
    # A daemon thread instead of a pool: a look-up that hangs must not delay the program's exit.
    start_thread(
        threading.Thread(
            target=_look_up, args=(host, port, addresses), name="pave-look-up", daemon=True
        )
    )
    return addresses.result(max(0.0, seconds))


def _look_up(host: str, port: int, addresses: "Future[list[str]]") -> None:
    try:
        rows = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except OSError as error:
        addresses.set_exception(error)
    except UnicodeError:
        addresses.set_exception(OSError("not a host name"))
    else:
        addresses.set_result(list(dict.fromkeys(str(row[4][0]) for row in rows)))
