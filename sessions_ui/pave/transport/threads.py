"""Start threads, and report it as an OSError if the system has none left."""

import threading


class NoThreadError(OSError):
    """The system cannot start another thread."""


def start_thread(thread: threading.Thread) -> None:
    """Start a thread. Raises NoThreadError if the system has none left.

    An OSError, unlike the RuntimeError of ``threading``, ends a call in the same way as any other
    failure to connect.
    """
    try:
        thread.start()
    except RuntimeError as error:
        raise NoThreadError from error
