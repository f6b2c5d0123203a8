"""Provide fixtures for the client's tests: scripted servers, and clients that call them."""

from time import monotonic, sleep

import pytest

from sessions_ui.pave.client import PaveClient, PaveConfig, Secret
from tests.pave.fake_clock import FakeClock
from tests.pave.scripted_server import ScriptedServer


@pytest.fixture
def serve():
    """Give a function that starts a scripted server; all of them are closed after the test."""
    servers = []

    def start(script, **options):
        servers.append(ScriptedServer(script, **options))
        return servers[-1]

    yield start
    for server in servers:
        server.close()


@pytest.fixture
def clock():
    """Give a clock that only pauses move."""
    return FakeClock()


@pytest.fixture
def make_client():
    """Give a function that makes a client for a server or a base URL.

    Unless a test asks for it, a read is attempted once, and no call is held back.
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
