"""Read what really happened: the sandbox's journal, and what the dashboard recorded and showed."""

import json
from bisect import bisect_right
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime

INTENT, SENT, OUTCOME, RESOLUTION, REFUSAL = 1, 2, 3, 4, 5
CLOCKS = 0.002  # seconds by which clocks may differ; SQLite's has milliseconds
LATE_COMMIT = 1.0  # seconds from an entry's timestamp until everybody can read it
NOW = 1  # the side of an `AuditValue` that holds the wanted value


@dataclass
class Violation:
    """A broken promise: which invariant, which edit, in words, and the rows that show it."""

    invariant: str
    edit: int | None
    words: str
    rows: list = field(default_factory=list)

    def __str__(self):
        """Give one paragraph."""
        rows = "".join(f"\n      {row}" for row in self.rows)
        return f"{self.invariant} edit {self.edit}: {self.words}{rows}"


def seconds(text):
    """Convert a time in ISO 8601 to seconds since the epoch."""
    return datetime.fromisoformat(text).timestamp()


def same(one, other):
    """Tell whether two spellings are one value, whatever their case, spaces and commas.

    It is independent of the dashboard's own comparison on purpose.
    """
    return _normalized(one) == _normalized(other)


def _normalized(value):
    return str("" if value is None else value).casefold().replace(",", "").replace(" ", "")


def edit_of(request_id):
    """Give the edit of a request id such as `12-1`; None for the id of another request."""
    number, _, attempt = request_id.partition("-")
    return int(number) if number.isdecimal() and attempt.isdecimal() else None


@dataclass
class Journal:
    """The sandbox's rows by edit and session, with the values in force at every moment.

    ``initial_values`` are by session, as it was made; ``strange`` are PUTs that name no edit.
    """

    rows: list
    initial_values: dict
    puts: dict = field(default_factory=lambda: defaultdict(list))
    applied: dict = field(default_factory=lambda: defaultdict(list))
    reads: dict = field(default_factory=lambda: defaultdict(list))
    forbidden: dict = field(default_factory=lambda: defaultdict(list))
    strange: list = field(default_factory=list)

    def __post_init__(self):
        self._times, self._values = defaultdict(list), defaultdict(list)
        for row in self.rows:
            row["at"] = seconds(row["at"]) if isinstance(row["at"], str) else row["at"]
            self._add(row)

    def _add(self, row):
        key, edit = row["session_key"], edit_of(row["request_id"])
        if row["kind"] == "application" and row["method"] == "PUT" and row["refused"]:
            self.forbidden[edit].append(row)
        if row["kind"] == "application" and row["applied"]:
            self._times[key].append(row["at"])
            self._values[key].append(row["values"])
            if row["method"] == "PUT":
                self.applied[edit].append(row)
        elif row["kind"] == "request" and row["method"] == "PUT":
            self.puts[edit].append(row)
            if edit is None:
                self.strange.append(row)
        elif row["kind"] == "request":
            self.reads[key].append(row["at"])

    def moments(self, key, since, until):
        """Give every set of values that PAVE held at some time from `since` to `until`."""
        first, last = (bisect_right(self._times[key], at) for at in (since, until))
        return [self.initial_values[key] if n == 0 else self._values[key][n - 1] for n in
                range(first, last + 1)]  # fmt: skip

    def changed_between(self, key, since, until):
        """Tell whether anything was applied to the session in between."""
        return any(since <= at <= until for at in self._times[key])


@dataclass
class EditRecord:
    """One edit as the audit has it, oldest entry first, and its working row."""

    number: int
    entries: list
    row: dict | None

    @property
    def intent(self):
        return next((entry for entry in self.entries if entry["kind"] == INTENT), None)

    @property
    def sent(self):
        return next((entry for entry in self.entries if entry["kind"] == SENT), None)

    @property
    def ends(self):
        """The entries with an outcome."""
        return [entry for entry in self.entries if entry["kind"] in (OUTCOME, RESOLUTION)]

    @property
    def key(self):
        return self.entries[0]["session_key"]

    @property
    def closed_at(self):
        """When it released the session's slot; None while it holds it."""
        ends = [end["ts"] for end in self.ends if end["outcome"] != "unknown"]
        return ends[0] if ends else None

    def states(self):
        """Give (from, until, state) in order; the last one has no end."""
        steps = [(self.entries[0]["ts"], "pending")]
        steps += [(end["ts"], end["outcome"]) for end in self.ends]
        ends = [at for at, _ in steps[1:]] + [float("inf")]
        return [(at, end, state) for (at, state), end in zip(steps, ends, strict=True)]


@dataclass
class Facts:
    """Everything that the checker may know."""

    journal: Journal
    records: dict
    notes: list
    settle: float
    get_deadline: float
    put_deadline: float
    flight: float
    """How long a PUT may be under way if nobody saw its end, seconds."""
    of_session: dict = field(default_factory=lambda: defaultdict(list))
    answers: dict = field(default_factory=lambda: defaultdict(list))

    def __post_init__(self):
        for record in self.records.values():
            if record.entries:
                self.of_session[record.key].append(record)
        for note in self.notes:
            if note["note"] == "shown" and note["kind"] == "send" and note["sent_to"]:
                self.answers[note["sent_to"]].append(note)

    def wanted(self, record):
        """Give the values that were sent, by field key."""
        return {key: sides[NOW] for key, sides in (record.sent or record.intent)["body"].items()}

    def base(self, record):
        """Give PAVE's values of the read just before sending, by field key."""
        return {key: sides[0] for key, sides in (record.sent or record.intent)["body"].items()}


def read_facts(world, only=()):
    """Read the journal, the audit, the working rows and the pages of a world, or of the sessions
    `only`, where some are named."""
    from django.conf import settings

    from sessions_ui.models import AuditEntry, AuditValue, Edit

    personal = {
        (value.entry_id, value.field, value.side): value.value
        for value in AuditValue.objects.iterator()
    }
    by_edit = defaultdict(list)
    entries = AuditEntry.objects.filter(action="session.update").exclude(kind=REFUSAL)
    edits = Edit.objects.all()
    if only:
        entries, edits = entries.filter(session_key__in=only), edits.filter(session_key__in=only)
    for entry in entries.order_by("id").values():
        by_edit[entry["op"] or entry["id"]].append(_with_values(entry, personal))
    rows = {row["entry_id"]: row for row in edits.values()}
    return Facts(
        journal=Journal(
            [row for row in world.pave.rows() if not only or row["session_key"] in only],
            world.pave.initial_values,
        ),
        records={n: EditRecord(n, by_edit[n], rows.get(n)) for n in sorted({*by_edit, *rows})},
        notes=[note for note in world.notes() if not only or note.get("key") in only],
        settle=settings.PAVE_SETTLE_SECONDS,
        get_deadline=settings.PAVE.get_deadline,
        put_deadline=settings.PAVE.put_deadline,
        flight=0.0 if world.jumps else settings.PAVE.put_deadline,
    )


def _with_values(entry, personal):
    """Give the entry with its body and detail decoded, personal values included."""
    body, detail = json.loads(entry["body"] or "{}"), json.loads(entry["detail"] or "{}")
    held = 2 if entry["kind"] in (OUTCOME, RESOLUTION) else 0  # the side of a result
    for key, sides in body.items():
        for n, side in enumerate(sides):
            if isinstance(side, dict):
                sides[n] = personal.get((entry["id"], key, held or n))
    columns = ("id", "kind", "op", "session_key", "actor_label", "outcome", "http_status",
               "error_code", "status", "base_version", "new_version")  # fmt: skip
    return {name: entry[name] for name in columns} | {
        "ts": entry["ts"].timestamp(),
        "body": body,
        "detail": detail,
    }
