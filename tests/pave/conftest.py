"""Fixtures of the client's tests: scripted servers, and a client that calls them."""

import pytest

from sessions_ui.pave.client import PaveClient, PaveConfig, Secret
from tests.pave.scripted import Scripted


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
def calls():
    """Give a function that makes a client for a server or an address, with short times."""

    def make(server, *, clock=None, **options):
        config = PaveConfig(
            **{
                "base_url": server if isinstance(server, str) else server.url(),
                "username": "acme",
                "api_key": "11111111-2222-3333-4444-555555555555",
                "api_secret": Secret("s3cr3t-key"),
                **options,
            }
        )
        return PaveClient(config, clock=clock) if clock else PaveClient(config)

    return make
