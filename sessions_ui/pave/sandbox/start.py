"""Start and stop a sandbox: its state, its HTTP server and its routing."""

import threading
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from .sandbox_state import SandboxState
from .server import api
from .server.http_messages import Request, Response
from .server.http_server import SandboxServer
from .site import routes

POLL_SECONDS: Final = 0.02  # longest wait of `close` for the thread that accepts connections


class Sandbox:
    """A running sandbox: `base_url`, `state`, `close()`; also a context manager."""

    def __init__(self, state: SandboxState, host: str, port: int) -> None:
        """Listen and serve in a thread of this process. Raises OSError for a busy port."""
        self.state = state
        self._server = SandboxServer((host, port), self._respond, state.closing)
        bound_port = self._server.server_address[1]
        self.base_url = f"http://{host}:{bound_port}"
        self._thread = threading.Thread(
            target=self._server.serve_forever,
            args=(POLL_SECONDS,),
            name="sandbox-accept",
            daemon=True,
        )
        self._thread.start()

    def _respond(self, request: Request) -> Response:
        is_pave = request.path.startswith(("/v1/", "/v2/")) or request.path in ("/v1", "/v2")
        respond = api.respond if is_pave else routes.respond
        return respond(self.state, request)

    def close(self) -> None:
        """End every connection and save the state. A second call does nothing."""
        if self.state.closing.is_set():
            return
        self.state.closing.set()
        self._server.end()
        self._thread.join()
        self.state.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


def start_sandbox(
    port: int = 0,
    state_path: Path | str | None = None,
    seed: bool = True,
    *,
    host: str = "127.0.0.1",
    mode: str | None = None,
) -> Sandbox:
    """Start a sandbox in this process; port 0 takes a free one.

    With `state_path` the state outlives the process. `mode` (strict or ignore) overrides the
    saved switch. Raises OSError for a busy port and StateFileError for an unreadable file.
    """
    state = SandboxState(path=Path(state_path) if state_path else None, seed=seed, mode=mode)
    try:
        return Sandbox(state, host, port)
    except OSError:
        state.close()
        raise
