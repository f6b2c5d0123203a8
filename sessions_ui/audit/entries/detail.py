"""Present one edit step by step, from its intent to its latest end, for its page."""

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
    build_changes,
    build_entry_row,
    describe_detail,
    describe_locks,
    in_sentence,
    load_personal_values,
    parse_detail,
)

SHORT_HASH = 16


@dataclass(frozen=True)
class Step:
    """One entry of an edit: icon, heading and text; ``outcome`` is the edit's as of this step."""

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
        """The latest step with an outcome; notes may follow it."""
        return next((step for step in reversed(self.steps) if step.outcome), None)


def load_entry_detail(entry_id: int, *, plain: bool = False) -> EntryDetail | None:
    """The edit, refusal or access with this id; None where there is none, or where the entry is a
    later step of an edit. ``plain`` as of `rows.build_entry_row`."""
    first = AuditEntry.objects.filter(id=entry_id, op__isnull=True).first()
    if first is None:
        return None
    entries = [first, *AuditEntry.objects.filter(op=entry_id).order_by("id")]
    values = load_personal_values(entry.id for entry in entries)
    ends = [entry for entry in entries if entry.kind in END_KINDS]
    sent = next((entry for entry in entries if entry.kind == Kind.SENT), None)
    row = build_entry_row(first, ends[-1] if ends else None, values, plain=plain)
    return EntryDetail(
        row=row,
        steps=[build_step(entry) for entry in entries],
        sent=_format_payload(build_changes(sent, None, values)) if sent else "",
    )


def find_edit_of_step(entry_id: int) -> int | None:
    """The id of the edit that an entry is a later step of; None for any other id."""
    return AuditEntry.objects.filter(id=entry_id).values_list("op", flat=True).first()


def _format_payload(changes: Sequence[Change]) -> str:
    document = payload({change.spec.key: change.now for change in changes})
    return json.dumps(document, indent=2, ensure_ascii=False)


def build_step(entry: AuditEntry) -> Step:
    """Present one entry as a step."""
    icon, heading, text = _DESCRIBE[Kind(entry.kind)](entry)
    return Step(entry, _outcome_at(entry), icon, heading, text)


def _name_with_role(entry: AuditEntry) -> str:
    return ", ".join(filter(None, (entry.actor_label, entry.actor_role)))


def _outcome_at(entry: AuditEntry) -> Outcome | None:
    if entry.kind in (Kind.INTENT, Kind.SENT):
        return Outcome.PENDING
    return Outcome(entry.outcome) if entry.outcome else None


def _describe_intent(entry: AuditEntry) -> tuple[str, str, str]:
    note = f" “{entry.reason_note}”" if entry.reason_note else ""
    return "doc", "Intent recorded", f"{_name_with_role(entry)}.{note}"


def _describe_sent(entry: AuditEntry) -> tuple[str, str, str]:
    detail = parse_detail(entry)
    sha256, keyed = text_of(detail.get("payload_sha256")), text_of(detail.get("payload_keyed"))
    hash_ = f"SHA-256 {sha256[:SHORT_HASH]}…" if sha256 else f"keyed hash {keyed}"
    status = f" PAVE’s status was {entry.status}." if entry.status else ""
    return "send", "Sent, once", f"PUT, {hash_}{'' if sha256 else '.'}{status}"


def _describe_answer(entry: AuditEntry) -> tuple[str, str, str]:
    took = f" after {entry.duration_ms:,} ms" if entry.duration_ms is not None else ""
    answer = f"PAVE answered {entry.http_status}{took}." if entry.http_status else ""
    icon, heading, text = _describe_end(entry, answer or (f"No answer{took}." if took else ""))
    return icon, heading, " ".join(filter(None, (text, _describe_gap(entry))))


def _describe_gap(entry: AuditEntry) -> str:
    """Say for how long a change by somebody else would have gone unseen, as PAVE has no ETag."""
    gap = parse_detail(entry).get("gap_ms")
    if not isinstance(gap, int):
        return ""
    return (
        f"Our last read began {gap:,} ms before this answer; "
        "a change by somebody else in between would not have been seen."
    )


def _describe_read_back(entry: AuditEntry) -> tuple[str, str, str]:
    if entry.error_code == CLOSED:
        note = text_of(parse_detail(entry).get("note"))
        text = f"{_name_with_role(entry)}. “{note}”"
        return "person", f"Closed: {Outcome(entry.outcome).label}", text
    status = f", status {entry.status}" if entry.status else ""
    return _describe_end(entry, f"Read back from PAVE{status}.")


def _describe_refusal(entry: AuditEntry) -> tuple[str, str, str]:
    return _describe_end(entry, f"{_name_with_role(entry)}.")


def _describe_end(entry: AuditEntry, opening: str) -> tuple[str, str, str]:
    outcome = Outcome(entry.outcome)
    parts = (opening, _count_results(entry), _describe_cause(entry))
    return outcome.icon, outcome.label, " ".join(filter(None, parts))


def _count_results(entry: AuditEntry) -> str:
    """The results of the fields in a few words: "2 applied, 1 ignored by PAVE."."""
    if entry.kind == Kind.REFUSAL:
        return ""
    results = Counter(FieldResult(result) for result, _ in json.loads(entry.body).values())
    counts = [
        f"{count} {in_sentence(result.label)}"
        for result in FieldResult
        if (count := results[result])
    ]
    return f"{', '.join(counts)}." if counts else ""


def _describe_cause(entry: AuditEntry) -> str:
    detail = parse_detail(entry)
    message, names = text_of(detail.get("pave_message")), detail.get("unknown_names") or []
    locks: dict[str, str] = detail.get("locks") or {}
    collateral = detail.get("collateral") or []
    parts = [f"PAVE said: “{message}”" if message else ""]
    parts.append(describe_locks(locks))
    parts.append(f"Names that PAVE does not have: {', '.join(names)}." if names else "")
    parts.append(f"Changed at PAVE unasked: {', '.join(collateral)}." if collateral else "")
    silent = not (message or locks or names)
    parts.append(cause_words(entry.error_code) if entry.error_code and silent else "")
    return " ".join(filter(None, parts))


def _describe_access(entry: AuditEntry) -> tuple[str, str, str]:
    words = ACCESS.get(entry.action, entry.action)
    return "eye", f"{entry.actor_label} {words}", describe_detail(parse_detail(entry))


def _describe_note(entry: AuditEntry) -> tuple[str, str, str]:
    words = ACCESS.get(entry.action, entry.action)
    who = f" ({entry.actor_role})" if entry.actor_role else ""
    icon = ICONS.get(entry.action, "eye")
    return icon, f"{entry.actor_label}{who} {words}", describe_detail(parse_detail(entry))


_DESCRIBE = {
    Kind.INTENT: _describe_intent,
    Kind.SENT: _describe_sent,
    Kind.OUTCOME: _describe_answer,
    Kind.RESOLUTION: _describe_read_back,
    Kind.REFUSAL: _describe_refusal,
    Kind.ACCESS: _describe_access,
    Kind.NOTE: _describe_note,
}
