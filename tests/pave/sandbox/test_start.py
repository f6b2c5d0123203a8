"""Test that a sandbox needs a free port, and ends everything that it started."""

import http.client
import threading
import time

import pytest

from sessions_ui.pave.sandbox import start_sandbox
from tests.pave.sandbox.payloads import BODY
from tests.pave.sandbox.raw_client import put
from tests.pave.sandbox.wait import wait_until


def test_a_busy_port_is_an_error(tmp_path):
    with start_sandbox(seed=False) as first:
        port = int(first.base_url.rpartition(":")[2])
        with pytest.raises(OSError, match="in use"):
            start_sandbox(port=port, state_path=tmp_path / "sandbox.json")


def test_closing_ends_every_wait():
    sandbox = start_sandbox(seed=False)
    key = sandbox.state.create()
    sandbox.state.fault("hang_after", key=key, seconds=600)
    sandbox.state.fault("slow_body", key=key, interval=600)
    sandbox.state.fault("late", key=key, seconds=600)
    results = []

    def call():
        try:
            results.append(put(sandbox, key, BODY, timeout=30))
        except (OSError, http.client.HTTPException) as error:
            results.append(error)

    threads = [threading.Thread(target=call) for _ in range(3)]
    for thread in threads:
        thread.start()
    wait_until(lambda: not sandbox.state.faults.waiting and results, seconds=5)
    start = time.monotonic()
    sandbox.close()
    for thread in threads:
        thread.join(5)
    assert time.monotonic() - start < 2
    assert len(results) == 3
    sandbox.close()
