"""Test that a call fails before anything is sent if no thread can be started."""

import threading

import pytest

from sessions_ui.pave.errors import PaveNotSent
from tests.pave.client_calls import READ_AND_WRITE, error_of
from tests.pave.scripted_server import echoes_session


@READ_AND_WRITE
@pytest.mark.parametrize("allowed", [0, 1], ids=["timer", "look-up"])
def test_nothing_is_sent_if_a_thread_cannot_start(serve, make_client, call, monkeypatch, allowed):
    server, attempts = serve(echoes_session), []
    client, start = make_client(server), threading.Thread.start

    def start_some(thread):
        if thread.name.startswith("pave-"):
            attempts.append(thread)
            if len(attempts) > allowed:
                raise RuntimeError("can't start new thread")
        start(thread)

    monkeypatch.setattr(threading.Thread, "start", start_some)
    assert error_of(call, client, PaveNotSent).cause == "thread"
    assert server.connection_count == 0
