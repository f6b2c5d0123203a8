"""Review what was typed into a form: read PAVE afresh and merge the two."""

from contextlib import suppress

from django.db import DatabaseError, InterfaceError

from sessions_ui.domain.actor import Actor
from sessions_ui.pave.errors import PaveError, PaveNotFound
from sessions_ui.services.sessions.observations import record_observation
from sessions_ui.services.sessions.pave_reads import read_snapshot

from .drafts import save_form_draft
from .form_data import FormData
from .form_state import FormState, SessionRead, form_state_of
from .form_token import FormToken
from .refused_posts import record_locked_fields
from .settle import settle_open_edit


def review_edit(
    *, actor: Actor, session_key: str, token: FormToken | None, form_data: FormData
) -> FormState:
    """Return the form state with what was typed merged into a fresh read.

    Posted fields that are locked are recorded as refused, and what was typed is saved as a draft,
    whatever is done with the page. Without a valid ``token`` nothing counts as shown, so what was
    typed is compared with PAVE's present values. Raises PaveNotFound and PaveKeyError.
    """
    read = _read(session_key)
    pending = settle_open_edit(session_key, read.snapshot)
    form_state = form_state_of(session_key, read, pending=pending, token=token, form_data=form_data)
    if read.snapshot is None:
        save_form_draft(actor, form_state, form_data, token.nonce if token else "")
    elif token:
        record_locked_fields(actor, form_state)
        with suppress(DatabaseError, InterfaceError):  # a review does not promise a draft
            save_form_draft(actor, form_state, form_data, token.nonce)
    return form_state


def _read(session_key: str) -> SessionRead:
    try:
        snapshot = read_snapshot(session_key)
    except PaveNotFound:
        raise
    except PaveError as fault:
        return SessionRead(fault=fault)
    record_observation(snapshot)
    return SessionRead(snapshot)
