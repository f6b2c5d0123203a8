"""Keep what an agent typed and did not send, encrypted, for a day.

A draft is offered when its author opens the session again, and is never sent by itself. There is
one per person and session. It joins the fields of several forms: each field is stored with the
nonce of its form, so that a later post of the same form replaces it.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.utils import timezone

from sessions_ui.crypto import decrypt, encrypt
from sessions_ui.domain.actor import Actor
from sessions_ui.domain.catalogue import CATALOGUE
from sessions_ui.domain.rules.merge import Merge, merge
from sessions_ui.models import Draft, Edit

from .form_data import FormData
from .form_state import FormState

KEEP_FOR = timedelta(hours=24)


class DraftField(NamedTuple):
    """One field of a draft: the typed text, the text that the page showed (None: not known), and
    the nonce of the form. Stored in this order."""

    typed: str
    shown: str | None
    nonce: str


@dataclass(frozen=True, slots=True)
class DraftContents:
    """A decrypted draft: its fields by key, the inputs of the reason, the id of the edit that was
    being reverted (0 for none), and when it was saved."""

    fields: Mapping[str, DraftField]
    reason: Mapping[str, str]
    reverts: int
    kept_at: datetime

    @property
    def typed(self) -> dict[str, str]:
        """What was typed, by field key."""
        return {key: field.typed for key, field in self.fields.items()}

    @property
    def labels(self) -> list[str]:
        """The labels of its fields, in the catalogue's order."""
        return [spec.label for spec in CATALOGUE if spec.key in self.fields]

    @property
    def shown(self) -> dict[str, str]:
        """What the pages showed, by field key, as far as that is known."""
        return {key: field.shown for key, field in self.fields.items() if field.shown is not None}

    @property
    def nonce(self) -> str:
        """The nonce of the form that all fields come from; ``""`` if they come from several."""
        nonces = {field.nonce for field in self.fields.values()}
        return nonces.pop() if len(nonces) == 1 else ""


def save_draft(
    *,
    actor_id: int,
    session_key: str,
    form_data: FormData,
    shown: Mapping[str, str] | None = None,
    nonce: str = "",
) -> None:
    """Save what was typed into one form, with what its page showed, by field key.

    It replaces what was saved of the same form (``nonce``), and the same fields of other forms. An
    empty reason leaves the saved one.
    """
    delete_expired_drafts()
    old = find_draft(actor_id=actor_id, session_key=session_key)
    others = (
        {key: field for key, field in old.fields.items() if field.nonce != nonce} if old else {}
    )
    fields = {
        key: DraftField(text, (shown or {}).get(key), nonce)
        for key, text in form_data.typed.items()
    }
    reason = {name: text for name, text in form_data.reason.items() if text}
    _store(
        actor_id,
        session_key,
        fields={**others, **fields},
        reason=reason or (old.reason if old else {}),
        reverts=form_data.reverts or (old.reverts if old else 0),
    )


def save_form_draft(actor: Actor, form_state: FormState, form_data: FormData, nonce: str) -> None:
    """Save what was typed into a form and PAVE does not hold yet."""
    unsent = {
        key: merged for key, merged in form_state.touched.items() if merged.merge is not Merge.SAME
    }
    save_draft(
        actor_id=actor.person_id,
        session_key=form_state.session_key,
        form_data=replace(form_data, typed={key: merged.mine for key, merged in unsent.items()}),
        shown={key: merged.seen for key, merged in unsent.items()},
        nonce=nonce,
    )


def save_edit_draft(edit: Edit, *, reverts: int = 0) -> None:
    """Save the values of an edit that changed nothing, for its author.

    What the author has typed in the meantime is newer, so it stays.
    """
    old = find_draft(actor_id=edit.actor_id, session_key=edit.session_key)
    fields = {
        key: DraftField(wanted, None, edit.nonce) for key, (_, wanted) in edit.changes.items()
    }
    _store(
        edit.actor_id,
        edit.session_key,
        fields={**fields, **(old.fields if old else {})},
        reason=old.reason if old else {},
        reverts=old.reverts if old else reverts,
    )


def _store(
    actor_id: int,
    session_key: str,
    *,
    fields: Mapping[str, DraftField],
    reason: Mapping[str, str],
    reverts: int,
) -> None:
    drafts = Draft.objects.filter(actor_id=actor_id, session_key=session_key)
    if not fields:
        drafts.delete()
        return
    sealed = encrypt({"fields": fields, "reason": reason, "reverts": reverts})
    values = {"sealed": sealed, "kept_at": timezone.now()}
    Draft.objects.update_or_create(actor_id=actor_id, session_key=session_key, defaults=values)


def delete_expired_drafts() -> None:
    """Delete the drafts that are older than a day."""
    Draft.objects.filter(kept_at__lt=timezone.now() - KEEP_FOR).delete()


def find_draft(*, actor_id: int, session_key: str) -> DraftContents | None:
    """Return the person's draft for this session.

    None if there is none, or it is older than a day, cannot be decrypted, or was written by an
    older release in another form.
    """
    unexpired = Draft.objects.filter(kept_at__gte=timezone.now() - KEEP_FOR)
    row = unexpired.filter(actor_id=actor_id, session_key=session_key).first()
    if row is None:
        return None
    contents: Any = decrypt(row.sealed)
    if not contents or "fields" not in contents:
        return None
    fields = {key: DraftField(*values) for key, values in contents["fields"].items()}
    return DraftContents(fields, contents["reason"], contents["reverts"], row.kept_at)


def delete_draft(*, actor_id: int, session_key: str) -> None:
    """Delete the person's draft for this session."""
    Draft.objects.filter(actor_id=actor_id, session_key=session_key).delete()


def remove_sent_fields(
    *, actor_id: int, session_key: str, nonce: str, keys: Collection[str]
) -> None:
    """Remove from the draft all fields of the form that was sent, and the fields ``keys`` of other
    forms."""
    old = find_draft(actor_id=actor_id, session_key=session_key)
    if old is None:
        return
    left = {
        key: field for key, field in old.fields.items() if field.nonce != nonce and key not in keys
    }
    _store(actor_id, session_key, fields=left, reason=old.reason, reverts=old.reverts)


def form_state_with_draft(form_state: FormState, draft: DraftContents) -> FormState:
    """Return the form state with the draft typed into it, merged with what its author saw then."""
    merges = merge({**form_state.texts, **draft.shown}, form_state.texts, draft.typed)
    return replace(form_state, typed=draft.typed, merges=merges, reverts=draft.reverts)
