"""Look a host up without waiting for ever: the system's resolver knows no time limit."""

import socket
import threading
from concurrent.futures import Future


class NoThread(OSError):
    """The system starts no more threads for us."""


def start(thread: threading.Thread) -> None:
    """Start a thread. Raises NoThread where the system has none left."""
    try:
        thread.start()
    except RuntimeError as error:
        raise NoThread from error


def addresses(host: str, port: int, seconds: float) -> list[str]:
    """Give the addresses of ``host``, in the resolver's order, each once.

    Raises OSError where there are none, TimeoutError where ``seconds`` did not do, NoThread; both
    are OSErrors.
    """
    found: Future[list[str]] = Future()
    # A thread of its own, not a pool's: a look-up that hangs must not hold up the program's end.
    start(
        threading.Thread(
            target=_look_up, args=(host, port, found), name="pave-look-up", daemon=True
        )
    )
    return found.result(max(0.0, seconds))


def _look_up(host: str, port: int, found: "Future[list[str]]") -> None:
    try:
        rows = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except OSError as error:
        found.set_exception(error)
    except UnicodeError:
        found.set_exception(OSError("not a host name"))
    else:
        found.set_result(list(dict.fromkeys(str(row[4][0]) for row in rows)))
