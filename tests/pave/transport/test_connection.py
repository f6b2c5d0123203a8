"""The watch itself: after the deadline nothing more is written."""

import socket
import threading

import pytest

from sessions_ui.pave.errors import PaveNotSent
from sessions_ui.pave.transport.deadline import Deadline
from sessions_ui.pave.transport.exchange import error_cause
from tests.pave.scripted_server import KEY, echoes_session


@pytest.fixture
def pair():
    """Give both ends of a line."""
    ours, theirs = socket.socketpair()
    with ours, theirs:
        yield ours, theirs


def test_it_writes_nothing_once_the_deadline_has_passed():
    watch = Deadline(0)  # its timer has not even been started
    with pytest.raises(TimeoutError):
        watch.start_write()
    assert watch.expired
    assert not watch.write_started


def test_it_takes_no_line_once_the_deadline_has_passed(pair):
    with Deadline(0) as watch, pytest.raises(TimeoutError):
        watch.attach(pair[0])
    assert watch.expired


def test_it_notes_that_something_was_written():
    with Deadline(60) as watch:
        watch.start_write()
    assert watch.write_started
    assert not watch.expired


def test_it_shuts_the_line_at_the_deadline(pair):
    ours, theirs = pair
    with Deadline(0.05) as watch:
        watch.attach(ours)
        assert ours.recv(1) == b""
        assert watch.expired
    assert theirs.recv(1) == b""


def test_it_leaves_the_line_alone_when_the_call_has_ended(pair):
    ours, theirs = pair
    with Deadline(60) as watch:
        watch.attach(ours)
    watch._cut_off()  # a timer that fires in the moment of its cancellation
    assert not watch.expired
    ours.sendall(b"x")
    assert theirs.recv(1) == b"x"


def test_it_sends_nothing_on_a_line_that_came_too_late(serve, calls, monkeypatch):
    server, lines = serve(echoes_session), []

    def connect(place, seconds, **options):
        lines.append(socket.create_connection(place))
        threading.Event().wait(0.1)
        return lines[0]

    monkeypatch.setattr("sessions_ui.pave.transport.connection.create_connection", connect)
    with pytest.raises(PaveNotSent) as caught:
        calls(server, put_deadline=0.05).session_delete(KEY)
    assert caught.value.cause == "deadline"
    assert lines[0].fileno() == -1, "closed"
    assert server.asked == []


def test_it_calls_any_other_break_a_reset():
    assert error_cause(OSError(113, "No route to host")) == "reset"
