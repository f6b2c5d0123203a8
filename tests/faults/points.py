"""Exhaustive fail points: one submit after the other, each dying or failing one step later.

For every fault of PAVE: N = 1, 2, 3 … until a submit gets to its end unharmed. Afterwards the house
is "restarted": a new process reconciles, everybody looks at their page, and the checker looks at
everything. A fault of the PUT cannot matter before the PUT: those points are tried once, without
a fault, unless `whole` is asked for.
"""

import os
from dataclasses import dataclass
from itertools import count

from django.core.management import call_command

from sessions_ui.models import Edit

from .checker import Violation, check
from .leaks import leaks_anywhere
from .person import Person
from .steps import DIED, UNHARMED, Steps, counted
from .truth import facts_read
from .world import until

AT_ONCE = 4
MOST = 2000
TYPED = {"vehicle.trim": "Sport", "session.theme": "LITE"}
FAULTS = {
    "none": None,
    "lost before PAVE": ("reset_before", {}),
    "applied, answer lost": ("reset_after", {}),
    "applied after the deadline": ("hang_before", {"seconds": 1.1}),
    "hangs, never applied": ("hang_lost", {"seconds": 1.1}),
    "applied, answer after the deadline": ("hang_after", {"seconds": 1.1}),
    "reset, applied later": ("late", {"seconds": 0.9}),
    "504, applied later": ("late", {"seconds": 0.9, "answer": "status", "status": 504}),
    "reset, applied after the settle time": ("late", {"seconds": 3.0}),
    "500, not applied": ("error_before", {"status": 500}),
    "503, not applied": ("error_before", {"status": 503}),
    "502, applied": ("error_after", {"status": 502}),
    "429": ("busy", {}),
    "401": ("denied", {}),
    "403": ("denied", {"status": 403}),
    "422": ("refused", {}),
    "409": ("refused", {"status": 409, "message": "Conflict."}),
    "404": ("not_found", {}),
    "redirect 302": ("redirect", {}),
    "redirect 307": ("redirect", {"status": 307}),
    "web page, applied": ("html", {}),
    "web page, not applied": ("html", {"apply": False}),
    "half of the JSON": ("truncated", {}),
    "cut in mid-answer": ("cut", {}),
    "NaN": ("nan", {}),
    "a key twice": ("duplicate_keys", {}),
    "nested deep": ("deep", {}),
    "a long number": ("long_number", {}),
    "huge": ("huge", {}),
    "gzip bomb": ("gzip_bomb", {}),
    "headers drip": ("slow_headers", {"interval": 0.1}),
    "body drips": ("slow_body", {"interval": 0.1}),
    "another session": ("wrong_session", {}),
    "fields not shown": ("not_shown", {}),
    "one field ignored": ("ignored", {"field": "vehicle.trim"}),
    "all ignored": ("ignored", {}),
    "altered": ("altered", {"field": "vehicle.trim"}),
    "another field too": ("collateral", {}),
    "GET: reset": ("reset_before", {"method": "GET"}),
    "GET: 503": ("error_before", {"method": "GET", "times": 3}),
    "GET: web page": ("html", {"method": "GET"}),
    "GET: 404": ("not_found", {"method": "GET"}),
    "GET: another session": ("wrong_session", {"method": "GET"}),
    "GET: hangs": ("hang_lost", {"method": "GET", "seconds": 1.1}),
}
SHORT = ("none", "applied, answer lost")


@dataclass
class Series:
    """All fail points of one fault and manner: N counts up until a submit ends unharmed."""

    fault: str
    manner: str
    first: int
    tried: int = 0
    reached_end: bool = False

    def __post_init__(self):
        self.numbers = count(self.first)


def submitted(world, series, at, key, *, calls, brief=False):
    """One submit with a fail point in it, in a child: opens, reviews, and breaks while sending."""
    facts = {"fault": series.fault, "at": at, "manner": series.manner}
    person = Person(world, "alice", key, **facts)
    page = person.review(person.open(), TYPED)
    if FAULTS[series.fault]:
        kind, given = FAULTS[series.fault]
        world.pave.order(kind, key=key, **given)
    steps = Steps(at, series.manner, brief=brief)
    with counted(steps, calls=calls):
        sent = person.send(page, TYPED)
        if sent.sent_to:
            person.open(sent.sent_to)
    if series.fault == "none" and not steps.struck:
        world.note(note="steps", names=steps.names)
    return 0 if steps.struck else UNHARMED


def _tried(world, todo, **how):
    """Run every series to its end, a few children at a time; how many submits that took."""
    running, todo = {}, list(todo)
    turn = 0
    while todo or running:
        while todo and len(running) < AT_ONCE:
            turn += 1
            series = todo[turn % len(todo)]
            at, key = next(series.numbers), world.session()
            pid = world.fork(lambda s=series, n=at, k=key: submitted(world, s, n, k, **how))
            running[pid] = series
        pid, status = os.wait()
        series, code = running.pop(pid), os.waitstatus_to_exitcode(status)
        series.tried += 1
        if code not in (0, DIED, UNHARMED):
            world.note(note="trouble", words=f"{series} ended with {code}")
        if code not in (0, DIED) or series.tried > MOST:
            series.reached_end = True
            todo = [one for one in todo if one is not series]


def _first_points(world):
    """Where GET and PUT begin in a submit without any fault: the numbers of their first steps."""
    names = next(note["names"] for note in world.notes() if note["note"] == "steps")
    lines = [n for n, name in enumerate(names, 1) if name == "before connect"]
    return lines[0], lines[1], len(names)


def reconciled(world):
    """A new process settles everything, as after a restart, and takes its second looks."""
    wait = world.settle + world.lease

    def done():
        world.run(lambda: call_command("reconcile"))
        return not Edit.objects.filter(state__in=("intent", "sent", "unknown")).exists()

    until(done, wait + 30, every=0.3)
    until(lambda: not looks_due(world), world.looks + 20, every=0.3)


def looks_due(world):
    """Reconcile once more; whether an edit is still to be looked at again."""
    world.run(lambda: call_command("reconcile"))
    return Edit.objects.filter(next_look_at__isnull=False).exists()


def looked_at(world, every=1):
    """Every edit's page (or each n-th) as its author sees it after all is settled, and the audit,
    sealed and proved."""
    rows = Edit.objects.order_by("entry_id")
    edits = list(rows.values_list("entry_id", "session_key", "actor_label"))[::every]

    def look():
        for entry, key, author in edits:
            Person(world, author, key).open(entry)

    world.run(look)
    world.run(lambda: call_command("audit_seal"))
    return world.run(lambda: call_command("audit_verify"))


def run(
    world,
    *,
    faults=tuple(FAULTS),
    manners=("crash", "raise"),
    calls=False,
    whole=False,
    brief=False,
):
    """Try every fail point of every fault; gives (submits, violations, words)."""
    probe = [Series("none", manner, 1) for manner in manners]
    _tried(world, probe, calls=calls, brief=brief)
    get, put, steps = _first_points(world)
    todo = [
        Series(fault, manner, 1 if whole else get if fault.startswith("GET") else put)
        for fault in faults
        if fault != "none"
        for manner in manners
    ]
    _tried(world, todo, calls=calls, brief=brief)
    number = sum(one.tried for one in probe + todo)
    return finished(
        world, number, f"{len(faults)} faults, {steps} steps", every=25 if calls else 10
    )


def _last_words(world):
    return world.log.read_text("utf-8", "replace")[-1500:]


def finished(world, number, words, *, every=1):
    """Restart, settle, look, check; gives (number, violations, words)."""
    reconciled(world)
    broken = looked_at(world, every)
    found = check(facts_read(world))
    if broken:
        found.append(Violation("I5", None, "the audit does not verify", [_last_words(world)]))
    found += leaks_anywhere(world)
    found += [Violation("run", None, one["words"]) for one in world.notes()
              if one["note"] == "trouble"]  # fmt: skip
    return number, found, words


def sized(world, asked):
    """Run with what was asked for on the command line.

    short: two faults, dying. hour: all faults, dying and failing; and for two of them every read
    of our own database and every function of the house is a step. long: that for all of them.
    """
    manners = (asked.manner,) if asked.manner else ("crash", "raise")
    if asked.only:
        return run(world, faults=tuple(asked.only.split("|")), manners=manners)
    if asked.size == "short":
        return run(world, faults=SHORT, manners=("crash",), brief=True)
    if asked.size == "long":
        return run(world, manners=manners, calls=True, whole=True)
    return run(world, manners=manners, brief=True)


def sized_calls(world, asked):
    """The same with every function of the house as a step, for a few faults."""
    manners = ("crash", "raise") if asked.size == "long" else ("crash",)
    return run(world, faults=SHORT, manners=manners, calls=True)
