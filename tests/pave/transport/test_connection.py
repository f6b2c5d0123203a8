"""Test how a connection is made: to which address, with what time, and what happens if it fails."""

import socket
import threading

import pytest

from sessions_ui.pave.errors import PaveNotSent
from tests.pave.client_calls import KEY, READ_AND_WRITE, error_of, get
from tests.pave.scripted_server import echoes_session


@READ_AND_WRITE
def test_a_call_is_not_sent_if_the_connection_is_refused(make_client, call):
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    error = error_of(call, make_client(f"http://127.0.0.1:{port}"), PaveNotSent)
    assert (error.cause, error.http_status) == ("connect", None)


def test_a_call_is_not_sent_if_the_name_has_no_address(make_client, monkeypatch):
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_args, **_options: [])
    error = error_of(get, make_client("https://pave.invalid"), PaveNotSent)
    assert error.cause == "connect"


@READ_AND_WRITE
def test_a_call_is_not_sent_if_connecting_takes_too_long(make_client, call, full_backlog):
    error = error_of(call, make_client(full_backlog, connect_timeout=0.2), PaveNotSent)
    assert error.cause == "connect_timeout"
    assert error.duration_ms < 2000


@pytest.fixture
def full_backlog():
    """Give the URL of a listener whose backlog is full, so that connecting gets no reply."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        queue = [socket.socket() for _ in range(4)]
        for waiting in queue:
            waiting.setblocking(False)
            waiting.connect_ex(listener.getsockname())
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        for waiting in queue:
            waiting.close()


def test_the_next_address_is_tried_if_one_is_dead(serve, make_client, monkeypatch):
    server, attempts = serve(echoes_session), []

    def connect(address, seconds, **options):
        attempts.append(address[0])
        if address[0] == "127.9.9.9":
            raise ConnectionRefusedError
        return socket.create_connection(address, seconds)

    client = make_client(server.url("localhost"))
    module = "sessions_ui.pave.transport.connection"
    monkeypatch.setattr(f"{module}.resolve_host", lambda *_: ["127.9.9.9", "127.0.0.1"])
    monkeypatch.setattr(f"{module}.create_connection", connect)
    assert get(client).document["session_key"] == KEY
    assert attempts == ["127.9.9.9", "127.0.0.1"]


def test_an_ipv6_address_is_called(serve, make_client):
    try:
        server = serve(echoes_session, host="::1")
    except OSError:
        pytest.skip("no IPv6 on this machine")
    assert get(make_client(server.url("[::1]"))).document["session_key"] == KEY


def test_nothing_is_sent_on_a_connection_that_came_too_late(serve, make_client, monkeypatch):
    server, sockets = serve(echoes_session), []

    def connect(address, seconds, **options):
        sockets.append(socket.create_connection(address))
        threading.Event().wait(0.1)
        return sockets[0]

    monkeypatch.setattr("sessions_ui.pave.transport.connection.create_connection", connect)
    with pytest.raises(PaveNotSent) as caught:
        make_client(server, put_deadline=0.05).session_delete(KEY)
    assert caught.value.cause == "deadline"
    assert sockets[0].fileno() == -1, "closed"
    assert server.requests == []
