"""What happened: one seeded stream of edits, the same for us and for every peer.

An edit changes 3 of a session's 19 fields. There are N/20 sessions and 51 people: one does a tenth
of all edits, one made a hundred long ago. One value was set twenty times, one every few edits.
"""

import random
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from sessions_ui.domain.catalogue import CATALOGUE

BUSY, RARE_PERSON, PEOPLE = 1, 51, 51
RARE_FIELD, RARE_VALUE = "vehicle.trim", "Rare-Edition-1"
COMMON_FIELD, COMMON_VALUE = "session.theme", "PRO"
RARE_REASON, RARE_STATUS, RARE_OUTCOME = "test_cleanup", "QC_PASSED", "late_applied"
RARE_TIMES, OLD_TIMES = 20, 100
APART = timedelta(seconds=31)
EDITED = (
    "session.redirect_url", "session.language", "session.theme", "vehicle.vin", "vehicle.trim",
    "vehicle.odom_reading", "vehicle.ext_col", "sms.to",
)  # fmt: skip
OUTCOMES = {"confirmed": 90, "refused": 4, "partial": 2, "unknown": 2, "withdrawn": 2}
REASONS = ["customer_request", "typo_at_creation", "wrong_number", "vin_correction"]
STATUSES = ["IDLE"] * 18 + ["STARTED", "CONFIRM"]
_OUTCOMES = [outcome for outcome, share in OUTCOMES.items() for _ in range(share)]
_COLOURS = ("White", "Black", "Silver", "Oxford Blue", "Platinum Pearl", "Race Red")
_LETTERS = "ABCDEFGHJKLMNPRSTUVWXYZ0123456789"


@dataclass(slots=True)
class Fact:
    """One edit. ``state`` is the session after it, by field, and is changed by the next."""

    number: int
    session: int
    person: int
    at: datetime
    changes: dict[str, tuple[str, str]]
    state: dict[str, str]
    outcome: str
    reason: str
    status: str
    ticket: str
    op_key: uuid.UUID


def session_key(number):
    """The key of a session, as PAVE spells one."""
    return f"BEN-{number:07d}CH"


def _vin(chance):
    return "".join(chance.choices(_LETTERS, k=17))


def _value(chance, key):
    match key:
        case "session.redirect_url":
            return f"https://www.dealer{chance.randrange(200)}.ca/done?ref={chance.randrange(9999)}"
        case "session.language":
            return chance.choice(("EN", "FR", "ES"))
        case "session.theme":
            return chance.choice(("LITE", "PRO", "CAPT"))
        case "vehicle.vin":
            return _vin(chance)
        case "vehicle.trim":
            return f"Trim {chance.randrange(300)}"
        case "vehicle.odom_reading":
            return str(chance.randrange(400_000))
        case "vehicle.ext_col":
            return chance.choice(_COLOURS)
        case "sms.to":
            return f"+1647{chance.randrange(2_000_000, 9_999_999)}"
    return CATALOGUE[key].examples[0]


def new_state(chance):
    """A session before its first edit."""
    return {spec.key: _value(chance, spec.key) for spec in CATALOGUE.writable}


def _changed(chance, state, rare):
    fields = chance.sample(EDITED, 3)
    if rare and RARE_FIELD not in fields:
        fields[0] = RARE_FIELD
    changes = {}
    for key in fields:
        now = state[key]
        while now == state[key]:
            now = RARE_VALUE if rare and key == RARE_FIELD else _value(chance, key)
            rare = rare and now != state[key]
        changes[key] = (state[key], now)
        state[key] = now
    return changes


class Stream:
    """N edits that end at ``until``. ``states`` are the sessions, as they are after the last."""

    def __init__(self, size, until, seed=7):
        self.size, self._until, self._chance = size, until, random.Random(seed)  # noqa: S311
        self.states = [new_state(self._chance) for _ in range(max(size // 20, 1))]

    def __iter__(self):
        chance, size = self._chance, self.size
        rare = set(chance.sample(range(size), min(RARE_TIMES, size)))
        seldom = set(chance.sample(range(size), min(RARE_TIMES, size)))
        old = set(chance.sample(range(size // 10), min(OLD_TIMES, size // 10)))
        for number in range(size):
            session = chance.randrange(len(self.states))
            person = BUSY if chance.random() < 0.1 else chance.randrange(2, PEOPLE)
            yield Fact(
                number=number,
                session=session,
                person=RARE_PERSON if number in old else person,
                at=self._until - (size - number) * APART,
                changes=_changed(chance, self.states[session], number in rare),
                state=self.states[session],
                outcome=RARE_OUTCOME if number in seldom else chance.choice(_OUTCOMES),
                reason=RARE_REASON if number in seldom else chance.choice(REASONS),
                status=RARE_STATUS if number in seldom else chance.choice(STATUSES),
                ticket=f"T-{number}" if chance.random() < 0.3 else "",
                op_key=uuid.UUID(int=chance.getrandbits(128), version=4),
            )
