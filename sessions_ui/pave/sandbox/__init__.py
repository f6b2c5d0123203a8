"""Run a pretend PAVE whose rules are written from PAVE's manual alone, apart from the dashboard's.

with start_sandbox() as sandbox:
    key = sandbox.state.create(status="IDLE", delivery="failed")
    sandbox.state.fault("reset_after", key=key)
    ...  # send requests to sandbox.base_url
    sandbox.state.applied(key)
"""

from .sandbox_state import SandboxState
from .server.signing import API_KEY, API_SECRET, USERNAME
from .start import Sandbox, start_sandbox
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
