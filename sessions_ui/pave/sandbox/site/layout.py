"""Build the page frame and notices that all pages of the site share."""

from typing import Final

from sessions_ui.pave.sandbox.server.http_messages import Response

from .rendering import Html, render

POLICY: Final = (
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)
HEADERS: Final = {
    "Content-Type": "text/html; charset=utf-8",
    "Content-Security-Policy": POLICY,
    "Cache-Control": "no-store",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
}


def page(title: str, main: Html, status: int = 200) -> Response:
    """Build a whole page around its main part."""
    document = render("page", title=title, main=main)
    return Response(status, document.encode(), dict(HEADERS))


def not_found_page(explanation: str) -> Response:
    """Build the page for an unknown address or session."""
    return page("Not found", render("not_found", explanation=explanation), status=404)


def notices(done: str, refused: str) -> list[Html]:
    """Build the notices of what was just done and of what was refused; "" builds none."""
    texts = {"notice_done": done, "notice_refused": refused}
    return [render(template, text=text) for template, text in texts.items() if text]
