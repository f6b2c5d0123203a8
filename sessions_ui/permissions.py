"""Name every permission once, and guard views with them."""

from collections.abc import Callable

from django.contrib.auth.decorators import login_required, permission_required
from django.http import HttpResponseBase

VIEW_SESSIONS = "sessions_ui.view_session_pages"
EDIT_SESSION = "sessions_ui.edit_session"
VIEW_HISTORY = "sessions_ui.view_session_history"
VIEW_FIELDS = "sessions_ui.view_fields"
READ_AUDIT = "sessions_ui.read_audit"
EXPORT_AUDIT = "sessions_ui.export_audit"
REVIEW_AUDIT = "sessions_ui.review_audit"
REVEAL_PERSONAL = "sessions_ui.reveal_personal"
ERASE_PERSONAL = "sessions_ui.erase_personal"

View = Callable[..., HttpResponseBase]


def requires(*permissions: str) -> Callable[[View], View]:
    """Decorate a view: anonymous visitors are redirected to the log-in page, people who lack one
    of the permissions get 403."""

    def decorate(view: View) -> View:
        return login_required(permission_required(permissions, raise_exception=True)(view))

    return decorate
