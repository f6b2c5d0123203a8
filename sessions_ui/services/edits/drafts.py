"""What an agent typed and did not send: kept a day, offered, never sent by itself.

One draft per person and session. It joins what was typed on several pages, field by field; each
field knows its form, by the form's nonce, so that a later post of that form takes its place.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.utils import timezone

from sessions_ui.crypto import decrypt, encrypt
from sessions_ui.domain.actor import Actor
from sessions_ui.domain.catalogue import CATALOGUE
from sessions_ui.domain.rules.merge import Merge, merge
from sessions_ui.models import Draft, Edit

from .form_data import FormData
from .form_state import FormState

KEPT = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class DraftContents:
    """A draft, opened: by field key the text that was typed, the one that the page showed (None:
    nobody knows) and the form's nonce; the reason's inputs, which edit was being taken back, when.
    """

    fields: Mapping[str, tuple[str, str | None, str]]
    reason: Mapping[str, str]
    reverts: int
    kept_at: datetime

    @property
    def typed(self) -> dict[str, str]:
        """What was typed, by field key."""
        return {key: text for key, (text, _, _) in self.fields.items()}

    @property
    def labels(self) -> list[str]:
        """The names of its fields, in the catalogue's order."""
        return [spec.label for spec in CATALOGUE if spec.key in self.fields]

    @property
    def saw(self) -> dict[str, str]:
        """What the pages showed where it was typed, as far as that is known."""
        return {key: saw for key, (_, saw, _) in self.fields.items() if saw is not None}

    @property
    def nonce(self) -> str:
        """The nonce of the one form that all of it is of; ``""`` for several forms."""
        nonces = {nonce for _, _, nonce in self.fields.values()}
        return nonces.pop() if len(nonces) == 1 else ""


def save_draft(
    *,
    actor_id: int,
    session_key: str,
    typed: Mapping[str, str],
    saw: Mapping[str, str] | None = None,
    nonce: str = "",
    reason: Mapping[str, str] | None = None,
    reverts: int = 0,
) -> None:
    """Keep ``typed`` (by field key) with what its page showed and the ``reason``'s inputs, in place
    of what the same form left before, and of the same fields of other forms."""
    delete_expired_drafts()
    old = find_draft(actor_id=actor_id, session_key=session_key)
    left = {key: one for key, one in old.fields.items() if one[2] != nonce} if old else {}
    new = {key: (text, (saw or {}).get(key), nonce) for key, text in typed.items()}
    given = {name: text for name, text in (reason or {}).items() if text}
    _store(
        actor_id,
        session_key,
        fields={**left, **new},
        reason=given or (old.reason if old else {}),
        reverts=reverts or (old.reverts if old else 0),
    )


def save_form_draft(actor: Actor, form_state: FormState, posted: FormData, *, nonce: str) -> None:
    """Keep what was typed into a sheet and PAVE does not hold yet, in place of what the form of
    this nonce left before."""
    wanted = {key: one for key, one in form_state.touched.items() if one.merge is not Merge.SAME}
    save_draft(
        actor_id=actor.id,
        session_key=form_state.session_key,
        typed={key: one.mine for key, one in wanted.items()},
        saw={key: one.seen for key, one in wanted.items()},
        nonce=nonce,
        reason=posted.reason,
        reverts=posted.reverts,
    )


def save_edit_draft(edit: Edit, *, reverts: int = 0) -> None:
    """Keep for its author what an edit carried that came to nothing. What the author typed in the
    meantime is newer, and stays."""
    old = find_draft(actor_id=edit.actor_id, session_key=edit.session_key)
    carried = {key: (wanted, None, edit.nonce) for key, (_, wanted) in edit.changes.items()}
    _store(
        edit.actor_id,
        edit.session_key,
        fields={**carried, **(old.fields if old else {})},
        reason=old.reason if old else {},
        reverts=old.reverts if old else reverts,
    )


def _store(
    actor_id: int, session_key: str, *, fields: Mapping[str, object], **rest: object
) -> None:
    drafts = Draft.objects.filter(actor_id=actor_id, session_key=session_key)
    if not fields:
        drafts.delete()
        return
    kept = {"sealed": encrypt({"fields": fields, **rest}), "kept_at": timezone.now()}
    Draft.objects.update_or_create(actor_id=actor_id, session_key=session_key, defaults=kept)


def delete_expired_drafts() -> None:
    """Forget what is older than a day."""
    Draft.objects.filter(kept_at__lt=timezone.now() - KEPT).delete()


def find_draft(*, actor_id: int, session_key: str) -> DraftContents | None:
    """The person's draft for this session, at most a day old; one of an older form is passed by."""
    fresh = Draft.objects.filter(kept_at__gte=timezone.now() - KEPT)
    row = fresh.filter(actor_id=actor_id, session_key=session_key).first()
    kept = decrypt(row.sealed) if row else None
    return DraftContents(**kept, kept_at=row.kept_at) if kept and "fields" in kept else None


def delete_draft(*, actor_id: int, session_key: str) -> None:
    """Forget the draft: its author does not want it."""
    Draft.objects.filter(actor_id=actor_id, session_key=session_key).delete()


def remove_sent_fields(
    *, actor_id: int, session_key: str, nonce: str, keys: Collection[str]
) -> None:
    """Forget what was sent: all of its form, and the same fields of other forms."""
    old = find_draft(actor_id=actor_id, session_key=session_key)
    if old is None:
        return
    left = {k: one for k, one in old.fields.items() if one[2] != nonce and k not in keys}
    _store(actor_id, session_key, fields=left, reason=old.reason, reverts=old.reverts)


def form_state_with_draft(form_state: FormState, draft: DraftContents) -> FormState:
    """The sheet with the draft typed into it, merged from what its author saw then."""
    merges = merge({**form_state.texts, **draft.saw}, form_state.texts, draft.typed)
    return replace(form_state, typed=draft.typed, merges=merges, reverts=draft.reverts)
