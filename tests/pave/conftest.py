"""Fixtures of the client's tests: scripted servers, and a client that calls them."""

from time import monotonic, sleep

import pytest

from sessions_ui.pave.client import PaveClient, PaveConfig, Secret
from tests.pave.fake_clock import Clock
from tests.pave.scripted_server import Scripted


@pytest.fixture
def serve():
    """Give a function that starts a scripted server; all are closed at the end."""
    servers = []

    def start(script, **options):
        servers.append(Scripted(script, **options))
        return servers[-1]

    yield start
    for server in servers:
        server.close()


@pytest.fixture
def time():
    """Give a clock that stands still but for pauses."""
    return Clock()


@pytest.fixture
def calls():
    """Give a function that makes a client for a server or an address. Each call is one attempt,
    and nothing is held back, unless a test asks for it.
    """

    def make(server, *, clock=None, timer=monotonic, pause=sleep, **options):
        config = PaveConfig(
            **{
                "base_url": server if isinstance(server, str) else server.url(),
                "username": "acme",
                "api_key": "11111111-2222-3333-4444-555555555555",
                "api_secret": Secret("s3cr3t-key"),
                "get_attempts": 1,
                "rate": 0,
                "circuit": False,
                **options,
            }
        )
        clocks = {"clock": clock} if clock else {}
        return PaveClient(config, timer=timer, pause=pause, **clocks)

    return make
