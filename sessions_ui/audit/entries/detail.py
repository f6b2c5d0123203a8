"""One edit from its intent to its latest outcome, step by step, for its page."""

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from sessions_ui.domain.rules.error_messages import ACCESS, ICONS, cause_words
from sessions_ui.domain.rules.outcomes import CLOSED, FieldResult, Outcome
from sessions_ui.domain.snapshot import payload
from sessions_ui.domain.values.text import text_of
from sessions_ui.models import END_KINDS, AuditEntry, Kind

from .rows import (
    Change,
    EntryRow,
    access_words,
    changes_of,
    detail_of,
    entry_row,
    in_sentence,
    locked_words,
    values_of,
)

SHORT_HASH = 16


@dataclass(frozen=True)
class Step:
    """One entry of an edit: icon, heading and what it tells; ``outcome`` as it was known then."""

    entry: AuditEntry
    outcome: Outcome | None
    icon: str
    heading: str
    text: str


@dataclass(frozen=True)
class EntryDetail:
    """An edit, a refusal or an access. ``sent`` is the JSON that PAVE was sent, masked; empty
    when nothing was sent."""

    row: EntryRow
    steps: Sequence[Step]
    sent: str

    @property
    def ending(self) -> Step | None:
        """The latest step that tells how it stands; notes may follow it."""
        return next((step for step in reversed(self.steps) if step.outcome), None)


def entry_detail(entry_id: int, *, plain: bool = False) -> EntryDetail | None:
    """The story that begins with this entry; None when there is no such entry or it is a step.
    ``plain``: its fields with their personal values, as of `rows.entry_row`."""
    entries = list(AuditEntry.objects.filter(id=entry_id, op__isnull=True))
    if not entries:
        return None
    first = entries[0]
    entries += AuditEntry.objects.filter(op=entry_id).order_by("id")
    values = values_of(entry.id for entry in entries)
    ends = [entry for entry in entries if entry.kind in END_KINDS]
    sent = next((entry for entry in entries if entry.kind == Kind.SENT), None)
    row = entry_row(first, ends[-1] if ends else None, values, plain=plain)
    return EntryDetail(
        row=row,
        steps=[step_of(entry) for entry in entries],
        sent=_payload(changes_of(sent, None, values)) if sent else "",
    )


def first_of(entry_id: int) -> int | None:
    """The id of the edit that an entry is a step of; None when it is none or is not there."""
    return AuditEntry.objects.filter(id=entry_id).values_list("op", flat=True).first()


def _payload(changes: Sequence[Change]) -> str:
    document = payload({change.spec.key: change.now for change in changes})
    return json.dumps(document, indent=2, ensure_ascii=False)


def step_of(entry: AuditEntry) -> Step:
    """One entry as a step: what happened, and what it tells."""
    icon, heading, text = _TELL[Kind(entry.kind)](entry)
    return Step(entry, _known_then(entry), icon, heading, text)


def _known_then(entry: AuditEntry) -> Outcome | None:
    if entry.kind in (Kind.INTENT, Kind.SENT):
        return Outcome.PENDING
    return Outcome(entry.outcome) if entry.outcome else None


def _intent(entry: AuditEntry) -> tuple[str, str, str]:
    who = ", ".join(filter(None, (entry.actor_label, entry.actor_role)))
    note = f" “{entry.reason_note}”" if entry.reason_note else ""
    return "doc", "Intent recorded", f"{who}.{note}"


def _sent(entry: AuditEntry) -> tuple[str, str, str]:
    told = detail_of(entry)
    sha256, keyed = text_of(told.get("payload_sha256")), text_of(told.get("payload_keyed"))
    hash_ = f"SHA-256 {sha256[:SHORT_HASH]}…" if sha256 else f"keyed hash {keyed}"
    status = f" PAVE’s status was {entry.status}." if entry.status else ""
    return "send", "Sent, once", f"PUT, {hash_}{'' if sha256 else '.'}{status}"


def _answer(entry: AuditEntry) -> tuple[str, str, str]:
    took = f" after {entry.duration_ms:,} ms" if entry.duration_ms is not None else ""
    answer = f"PAVE answered {entry.http_status}{took}." if entry.http_status else ""
    icon, heading, text = _end(entry, answer or (f"No answer{took}." if took else ""))
    return icon, heading, " ".join(filter(None, (text, _gap(entry))))


def _gap(entry: AuditEntry) -> str:
    """How long somebody else's change could have gone unseen: PAVE has no ETag to rule it out."""
    gap = detail_of(entry).get("gap_ms")
    if not isinstance(gap, int):
        return ""
    return (
        f"Our last read began {gap:,} ms before this answer; "
        "a change by somebody else in between would not have been seen."
    )


def _read_back(entry: AuditEntry) -> tuple[str, str, str]:
    if entry.error_code == CLOSED:
        who = ", ".join(filter(None, (entry.actor_label, entry.actor_role)))
        note = text_of(detail_of(entry).get("note"))
        return "person", f"Closed: {Outcome(entry.outcome).label}", f"{who}. “{note}”"
    status = f", status {entry.status}" if entry.status else ""
    return _end(entry, f"Read back from PAVE{status}.")


def _refusal(entry: AuditEntry) -> tuple[str, str, str]:
    who = ", ".join(filter(None, (entry.actor_label, entry.actor_role)))
    return _end(entry, f"{who}.")


def _end(entry: AuditEntry, opening: str) -> tuple[str, str, str]:
    outcome = Outcome(entry.outcome)
    parts = (opening, _counted(entry), _cause(entry))
    return outcome.icon, outcome.label, " ".join(filter(None, parts))


def _counted(entry: AuditEntry) -> str:
    """The results of the fields in a few words: "2 applied, 1 ignored by PAVE."."""
    if entry.kind == Kind.REFUSAL:
        return ""
    results = Counter(FieldResult(result) for result, _ in json.loads(entry.body).values())
    told = [
        f"{count} {in_sentence(result.label)}"
        for result in FieldResult
        if (count := results[result])
    ]
    return f"{', '.join(told)}." if told else ""


def _cause(entry: AuditEntry) -> str:
    detail = detail_of(entry)
    message, names = text_of(detail.get("pave_message")), detail.get("unknown_names") or []
    locks: dict[str, str] = detail.get("locks") or {}
    collateral = detail.get("collateral") or []
    parts = [f"PAVE said: “{message}”" if message else ""]
    parts.append(locked_words(locks))
    parts.append(f"Names that PAVE does not have: {', '.join(names)}." if names else "")
    parts.append(f"Changed at PAVE unasked: {', '.join(collateral)}." if collateral else "")
    silent = not (message or locks or names)
    parts.append(cause_words(entry.error_code) if entry.error_code and silent else "")
    return " ".join(filter(None, parts))


def _access(entry: AuditEntry) -> tuple[str, str, str]:
    words = ACCESS.get(entry.action, entry.action)
    return "eye", f"{entry.actor_label} {words}", access_words(detail_of(entry))


def _note(entry: AuditEntry) -> tuple[str, str, str]:
    words = ACCESS.get(entry.action, entry.action)
    who = f" ({entry.actor_role})" if entry.actor_role else ""
    icon = ICONS.get(entry.action, "eye")
    return icon, f"{entry.actor_label}{who} {words}", access_words(detail_of(entry))


_TELL = {
    Kind.INTENT: _intent,
    Kind.SENT: _sent,
    Kind.OUTCOME: _answer,
    Kind.RESOLUTION: _read_back,
    Kind.REFUSAL: _refusal,
    Kind.ACCESS: _access,
    Kind.NOTE: _note,
}
