"""What really happened: the sandbox's journal, and what the house wrote down and showed."""

import json
from bisect import bisect_right
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime

INTENT, SENT, OUTCOME, RESOLUTION, REFUSAL = 1, 2, 3, 4, 5
CLOCKS = 0.002  # seconds; SQLite's clock has milliseconds
LATE_COMMIT = 1.0  # seconds from an entry's stamp until everybody can read it
NOW = 1  # the side of an `AuditValue` that holds the wanted value


@dataclass
class Violation:
    """A broken promise: which, of which edit, in words, and the rows that show it."""

    invariant: str
    edit: int | None
    words: str
    rows: list = field(default_factory=list)

    def __str__(self):
        """One paragraph."""
        rows = "".join(f"\n      {row}" for row in self.rows)
        return f"{self.invariant} edit {self.edit}: {self.words}{rows}"


def seconds(text):
    """A moment in ISO 8601 as seconds since the epoch."""
    return datetime.fromisoformat(text).timestamp()


def same(one, other):
    """Whether two spellings are one value: case, spaces and thousands do not count."""
    return _bare(one) == _bare(other)


def _bare(value):
    return str("" if value is None else value).casefold().replace(",", "").replace(" ", "")


def edit_of(request_id):
    """The edit that a request names, as `12-1` does; None for other requests."""
    number, _, attempt = request_id.partition("-")
    return int(number) if number.isdecimal() and attempt.isdecimal() else None


@dataclass
class Journal:
    """The sandbox's rows by edit and session, with the values in force at every moment."""

    rows: list
    births: dict
    puts: dict = field(default_factory=lambda: defaultdict(list))
    applied: dict = field(default_factory=lambda: defaultdict(list))
    reads: dict = field(default_factory=lambda: defaultdict(list))
    forbidden: dict = field(default_factory=lambda: defaultdict(list))
    strange: list = field(default_factory=list)

    def __post_init__(self):
        self._times, self._values = defaultdict(list), defaultdict(list)
        for row in self.rows:
            row["at"] = seconds(row["at"]) if isinstance(row["at"], str) else row["at"]
            self._take(row)

    def _take(self, row):
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
        """Every set of values that PAVE held at some time from `since` to `until`."""
        first, last = (bisect_right(self._times[key], at) for at in (since, until))
        return [self.births[key] if n == 0 else self._values[key][n - 1] for n in
                range(first, last + 1)]  # fmt: skip

    def changed_between(self, key, since, until):
        """Whether anything at all was applied to the session in between."""
        return any(since <= at <= until for at in self._times[key])


@dataclass
class EntryDetail:
    """One edit as the audit tells it, oldest entry first, and its working row."""

    number: int
    entries: list
    row: dict | None

    @property
    def intent(self):
        return next((one for one in self.entries if one["kind"] == INTENT), None)

    @property
    def sent(self):
        return next((one for one in self.entries if one["kind"] == SENT), None)

    @property
    def ends(self):
        """The entries that say what became of it."""
        return [one for one in self.entries if one["kind"] in (OUTCOME, RESOLUTION)]

    @property
    def key(self):
        return self.entries[0]["session_key"]

    @property
    def closed_at(self):
        """When it let go of the session's slot; None while it holds it."""
        ends = [one["ts"] for one in self.ends if one["outcome"] != "unknown"]
        return ends[0] if ends else None

    def states(self):
        """(from, until, state) in order; the last one has no end."""
        steps = [(self.entries[0]["ts"], "pending")]
        steps += [(one["ts"], one["outcome"]) for one in self.ends]
        ends = [at for at, _ in steps[1:]] + [float("inf")]
        return [(at, end, state) for (at, state), end in zip(steps, ends, strict=True)]


@dataclass
class Facts:
    """Everything that the checker may know."""

    journal: Journal
    stories: dict
    notes: list
    settle: float
    get_deadline: float
    put_deadline: float
    flight: float
    """How long a PUT may be under way of which nobody saw the end."""
    of_session: dict = field(default_factory=lambda: defaultdict(list))
    answers: dict = field(default_factory=lambda: defaultdict(list))

    def __post_init__(self):
        for story in self.stories.values():
            if story.entries:
                self.of_session[story.key].append(story)
        for note in self.notes:
            if note["note"] == "shown" and note["kind"] == "send" and note["sent_to"]:
                self.answers[note["sent_to"]].append(note)

    def wanted(self, story):
        """Field to the value that was sent, from the record; personal ones from beside it."""
        return {key: sides[NOW] for key, sides in (story.sent or story.intent)["body"].items()}

    def base(self, story):
        """Field to PAVE's value of the read just before sending."""
        return {key: sides[0] for key, sides in (story.sent or story.intent)["body"].items()}


def facts_read(world, only=()):
    """Read the journal, the audit, the working rows and the pages of a world; of `only` some
    sessions, where named."""
    from django.conf import settings

    from sessions_ui.models import AuditEntry, AuditValue, Edit

    beside = {
        (one.entry_id, one.field, one.side): one.value for one in AuditValue.objects.iterator()
    }
    entries = defaultdict(list)
    told = AuditEntry.objects.filter(action="session.update").exclude(kind=REFUSAL)
    edits = Edit.objects.all()
    if only:
        told, edits = told.filter(session_key__in=only), edits.filter(session_key__in=only)
    for entry in told.order_by("id").values():
        entries[entry["op"] or entry["id"]].append(_plain(entry, beside))
    rows = {row["entry_id"]: row for row in edits.values()}
    return Facts(
        journal=Journal(
            [row for row in world.pave.rows() if not only or row["session_key"] in only],
            world.pave.births,
        ),
        stories={n: EntryDetail(n, entries[n], rows.get(n)) for n in sorted({*entries, *rows})},
        notes=[one for one in world.notes() if not only or one.get("key") in only],
        settle=settings.PAVE_SETTLE_SECONDS,
        get_deadline=settings.PAVE.get_deadline,
        put_deadline=settings.PAVE.put_deadline,
        flight=0.0 if world.jumps else settings.PAVE.put_deadline,
    )


def _plain(entry, beside):
    body, detail = json.loads(entry["body"] or "{}"), json.loads(entry["detail"] or "{}")
    first = 2 if entry["kind"] in (OUTCOME, RESOLUTION) else 0  # a result's side is `held`
    for key, sides in body.items():
        for n, side in enumerate(sides):
            if isinstance(side, dict):
                sides[n] = beside.get((entry["id"], key, first or n))
    kept = ("id", "kind", "op", "session_key", "actor_label", "outcome", "http_status",
            "error_code", "status", "base_version", "new_version")  # fmt: skip
    return {name: entry[name] for name in kept} | {
        "ts": entry["ts"].timestamp(),
        "body": body,
        "detail": detail,
    }
