"""Fixtures of the sandbox's tests: one running sandbox per module, and states without a server."""

import pytest

from sessions_ui.pave.sandbox import SandboxState, start_sandbox
from sessions_ui.pave.sandbox.rules.switches import Switches


@pytest.fixture(scope="module")
def running():
    """Start one sandbox for all tests of a module, without seeds."""
    with start_sandbox(seed=False) as sandbox:
        yield sandbox


@pytest.fixture
def sandbox(running):
    """Give the running sandbox without faults, and with every switch in its first position."""
    running.state.clear_faults()
    for name, position in Switches().as_dict().items():
        running.state.turn(name, position)
    return running


@pytest.fixture
def key(sandbox):
    """Give the key of an idle session whose text was accepted."""
    return sandbox.state.create()


@pytest.fixture
def failed(sandbox):
    """Give the key of an idle session whose text failed, so that every field is open."""
    return sandbox.state.create(delivery="failed")


@pytest.fixture(scope="module")
def seeded():
    """Give a state with its seeds, for tests that change nothing."""
    return SandboxState()


@pytest.fixture
def state():
    """Give an empty state of the test's own."""
    return SandboxState(seed=False)
