"""A pretend PAVE: its own process, its own rules, written from PAVE's manual alone.

with start_sandbox() as sandbox:
    key = sandbox.state.create(status="IDLE", delivery="failed")
    sandbox.state.fault("reset_after", key=key)
    ...  # talk to sandbox.base_url
    sandbox.state.applied(key)
"""

from .server import Sandbox, start_sandbox
from .signing import API_KEY, API_SECRET, USERNAME
from .state import SandboxState
from .statefile import StateFileError

__all__ = [
    "API_KEY",
    "API_SECRET",
    "USERNAME",
    "Sandbox",
    "SandboxState",
    "StateFileError",
    "start_sandbox",
]
