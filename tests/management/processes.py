"""Ports and processes for the tests of the supervisor and of the start command."""

import os
import select
import socket


def free_port():
    """A port on loopback where nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_until_gone(pids):
    """Wait by handle: the kernel takes a moment to end the parts of a killed supervisor."""
    for pid in pids:
        try:
            handle = os.pidfd_open(pid)
        except ProcessLookupError:
            continue
        with os.fdopen(handle) as gone:
            assert select.select([gone], [], [], 20)[0], f"process {pid} is left"
