"""Everything that is not PAVE's: the customer's pages, and the switches and faults behind them."""

from .exchange import Reply, Request, json_reply, message
from .state import SandboxState


def answer(state: SandboxState, request: Request) -> Reply:
    """Answer one call from a browser or a test on this machine."""
    if request.path == "/sandbox/sessions.json":
        return json_reply(state.listing())
    if request.path == "/sandbox/journal.json":
        return json_reply(state.journal(int(request.query.get("since", "0"))))
    return message(404, "Not found.")
