"""Test that an unknown host name fails a call, and that a slow resolver cannot hold it up."""

import socket
import threading
from time import monotonic

import pytest

from sessions_ui.pave.errors import PaveNotSent
from tests.pave.client_calls import READ_AND_WRITE, error_of

DEADLINE = 0.3
SLACK = 1.0  # far below the five seconds that the resolver takes


@READ_AND_WRITE
@pytest.mark.parametrize(
    "failure", [socket.gaierror(-2, "unknown"), UnicodeError("label too long")]
)
def test_a_call_is_not_sent_if_the_name_is_unknown(make_client, call, monkeypatch, failure):
    def look_up(*_args, **_options):
        raise failure

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    error = error_of(call, make_client("https://pave.invalid"), PaveNotSent)
    assert (error.cause, error.http_status) == ("dns", None)


@READ_AND_WRITE
def test_the_deadline_cuts_off_a_look_up_that_hangs(make_client, call, monkeypatch):
    release = threading.Event()
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_args, **_options: release.wait(5) and [])
    client = make_client("https://pave.invalid", get_deadline=DEADLINE, put_deadline=DEADLINE)
    started = monotonic()
    error = error_of(call, client, PaveNotSent)
    # The look-up ends at the deadline itself, so either may be the cause.
    assert error.cause in ("dns", "deadline")
    assert monotonic() - started < DEADLINE + SLACK
    release.set()
