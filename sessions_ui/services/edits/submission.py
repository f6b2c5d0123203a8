"""Hold what one press of Send submits, and what comes of it."""

from dataclasses import dataclass

from sessions_ui.domain.actor import Actor
from sessions_ui.domain.rules.edit_reasons import ReasonGiven
from sessions_ui.models import Edit

from .drafts import save_form_draft
from .form_data import FormData
from .form_state import FormState
from .form_token import FormToken


@dataclass(frozen=True, slots=True)
class Submission:
    """Hold what one press of Send submits. ``token`` is a review page's and binds ``form_data``."""

    actor: Actor
    token: FormToken
    form_data: FormData
    reason: ReasonGiven

    @property
    def session_key(self) -> str:
        """The key of the session to be edited."""
        return self.token.session_key


@dataclass(frozen=True, slots=True)
class SubmitResult:
    """Hold the edit whose page is to be shown, or why there is none and the form to show again."""

    edit: Edit | None = None
    form_state: FormState | None = None
    code: str = ""


def edit_by_nonce(nonce: str) -> Edit | None:
    """Return the edit that used this form's nonce."""
    return Edit.objects.filter(nonce=nonce).first()


def save_submission_draft(submission: Submission, form_state: FormState) -> None:
    """Save as a draft what was submitted and PAVE does not hold yet."""
    save_form_draft(submission.actor, form_state, submission.form_data, submission.token.nonce)
