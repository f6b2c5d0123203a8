"""Fixtures of the site's tests: a sandbox with its seeds, and a session to play with."""

import pytest

from sessions_ui.pave.sandbox import start_sandbox


@pytest.fixture(scope="module")
def running():
    """Start one sandbox for all tests of a module, with seeds."""
    with start_sandbox() as sandbox:
        yield sandbox


@pytest.fixture
def key(failed):
    """Give the key of an idle session whose text failed."""
    return failed
