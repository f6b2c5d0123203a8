"""A pretend PAVE: its own process, its own rules, written from PAVE's manual alone.

with start_sandbox() as sandbox:
    key = sandbox.state.create(status="IDLE", delivery="failed")
    sandbox.state.fault("reset_after", key=key)
    ...  # talk to sandbox.base_url
    sandbox.state.applied(key)
"""

from .server.listener import Sandbox, start_sandbox
from .server.signing import API_KEY, API_SECRET, USERNAME
from .state.sandbox_state import SandboxState
from .state.state_file import StateFileError

__all__ = [
    "API_KEY",
    "API_SECRET",
    "USERNAME",
    "Sandbox",
    "SandboxState",
    "StateFileError",
    "start_sandbox",
]
