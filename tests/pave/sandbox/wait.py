"""Wait in a test for something that another thread does."""

import threading
import time


def wait_until(condition, *, seconds):
    """Return the condition's value as soon as it is true, or its last one."""
    end = time.monotonic() + seconds
    while not (value := condition()) and time.monotonic() < end:
        threading.Event().wait(0.01)
    return value
