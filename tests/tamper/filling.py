"""Fill a long audit fast, with the rows that `audit.log.record` would write, many at once.

A seed gives the same entries each time, except for salts. All hashes are correct.
"""

import hashlib
import random
import uuid
from datetime import UTC, datetime, timedelta

from django.db import transaction

from sessions_ui.audit.log.canonical import COLUMNS, HASH_VERSION, canonical_json, row_hash
from sessions_ui.audit.log.index_terms import change_terms
from sessions_ui.audit.log.insert import PersonalValues
from sessions_ui.models import AuditEntry, AuditTerm, AuditValue, Kind

NAMES = COLUMNS[HASH_VERSION]
EMPTY = dict.fromkeys(NAMES, "") | dict.fromkeys(
    ("op", "op_key", "actor_id", "http_status", "duration_ms")
)
AT_ONCE = 1000
BEGINNING = datetime(2025, 11, 23, 13, 0, tzinfo=UTC)
PEOPLE = [(n, f"Person {n}") for n in range(1, 52)]
MAKES = ("Ford", "Honda", "Toyota", "Škoda", "Hyundai")
REASONS = ("customer_request", "typo_at_creation", "wrong_number", "vin_correction")


def _phone(chance):
    return f"647-555-{chance.randrange(10000):04}"


def _changes(chance):
    """The changes of one edit: the phone number in 3 of 10, else one or two vehicle fields."""
    if chance.random() < 0.3:
        return {"sms.to": (_phone(chance), _phone(chance))}
    changes = {"vehicle.make": (chance.choice(MAKES), f"Make {chance.randrange(9999)}")}
    if chance.random() < 0.5:
        changes["vehicle.year"] = ("", str(chance.randrange(1990, 2027)))
    return changes


class Edits:
    """Many edits at once, each with an intent, a sent and an outcome."""

    def __init__(self, chance, count, moment):
        self._chance, self._moment = chance, moment
        self._keys = [f"LKS-{chance.randrange(16**8):08X}" for _ in range(count)]
        self._people = [chance.choice(PEOPLE) for _ in range(count)]
        self._changes = [_changes(chance) for _ in range(count)]

    def _entry(self, place, **columns):
        """One entry, not saved."""
        actor_id, label = self._people[place]
        self._moment += timedelta(milliseconds=self._chance.randrange(1, 9000))
        row = EMPTY | {"hv": HASH_VERSION, "ts": self._moment, "detail": "{}", "body": "{}"}
        row |= {"actor_id": actor_id, "actor_label": label, "actor_role": "Agent"}
        row |= {"remote_addr": f"203.0.113.{actor_id}", "session_key": self._keys[place]}
        row |= {"action": "session.update", "request_id": f"{self._chance.getrandbits(64):016x}"}
        row |= {"status": "IDLE", **columns}
        return AuditEntry(**row, hash=row_hash(row[name] for name in NAMES))

    def _sides(self, place, values):
        return {
            key: [values.commit(key, 0, was), values.commit(key, 1, now)]
            if key.startswith("sms.")
            else [was, now]
            for key, (was, now) in self._changes[place].items()
        }

    def _step(self, facts):
        rows, all_values = [], []
        for place in range(len(self._keys)):
            all_values.append(PersonalValues())
            rows.append(self._entry(place, **facts(place, all_values[-1])))
        AuditEntry.objects.bulk_create(rows)
        AuditValue.objects.bulk_create(
            AuditValue(entry_id=row.id, field=field, side=side, salt=salt, value=value)
            for row, values in zip(rows, all_values, strict=True)
            for field, side, salt, value in values.rows
        )
        return [row.id for row in rows]

    def write(self):
        """Save the entries and their related rows; gives the moment of the last entry."""
        chance = self._chance
        base = self._moment.isoformat()
        intents = self._step(
            lambda place, values: {
                "kind": Kind.INTENT.value,
                "op_key": uuid.UUID(int=chance.getrandbits(128)),
                "body": canonical_json(self._sides(place, values)),
                "reason_code": chance.choice(REASONS),
                "base_version": base,
            }
        )
        self._step(
            lambda place, values: {
                "kind": Kind.SENT.value,
                "op": intents[place],
                "body": canonical_json(self._sides(place, values)),
                "detail": canonical_json(
                    {"payload_sha256": hashlib.sha256(base.encode()).hexdigest()}
                ),
                "base_version": base,
            }
        )
        self._step(
            lambda place, values: {
                "kind": Kind.OUTCOME.value,
                "op": intents[place],
                "body": canonical_json(
                    {key: ["applied", sides[1]] for key, sides in self._held(place, values)}
                ),
                "outcome": "confirmed",
                "http_status": 200,
                "duration_ms": chance.randrange(80, 900),
                "new_version": base,
            }
        )
        AuditTerm.objects.bulk_create(
            AuditTerm(field=field, val=val, entry_id=intent)
            for intent, changes in zip(intents, self._changes, strict=True)
            for field, val in {("@outcome", "confirmed"), *change_terms(changes)}
        )
        return self._moment

    def _held(self, place, values):
        for key, (_, now) in self._changes[place].items():
            yield key, [None, values.commit(key, 2, now) if key.startswith("sms.") else now]


def fill_audit(entries, seed=1, progress=lambda _: None):
    """Write ``entries`` unsealed entries, rounded up to whole edits of three."""
    chance, moment = random.Random(seed), BEGINNING  # noqa: S311
    left = -(-entries // 3)
    while left:
        count = min(AT_ONCE, left)
        with transaction.atomic():
            moment = Edits(chance, count, moment).write()
        left -= count
        progress(count * 3)
