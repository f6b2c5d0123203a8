"""Try every fail point: one submit after the other dies, or fails, one step later.

For every fault of PAVE: N = 1, 2, 3 … until a submit ends unharmed. Afterwards the dashboard is
"restarted": a new process reconciles, everybody opens their page, and the checker looks at
everything. A fault of the PUT cannot matter before the PUT, so the points before it are tried once,
without a fault, unless `whole` says otherwise.
"""

import os
from dataclasses import dataclass
from itertools import count

from django.core.management import call_command

from sessions_ui.models import Edit

from .checker import Violation, check
from .facts import read_facts
from .leaks import leaks_anywhere
from .person import Person
from .steps import DIED, UNHARMED, Steps, counted
from .world import until

AT_ONCE = 4
MOST = 2000  # submits per fault and manner, in case none ends unharmed
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
    """Count up the fail points of one fault and manner until a submit ends unharmed."""

    fault: str
    manner: str
    first: int
    tried: int = 0
    reached_end: bool = False

    def __post_init__(self):
        self.numbers = count(self.first)


def submit(world, series, at, key, *, calls, brief=False):
    """Open, review and send in a child process, with a fail point in the sending."""
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


def _try_all(world, todo, **how):
    """Run every series to its end, a few children at a time."""
    running, todo = {}, list(todo)
    turn = 0
    while todo or running:
        while todo and len(running) < AT_ONCE:
            turn += 1
            series = todo[turn % len(todo)]
            at, key = next(series.numbers), world.session()
            pid = world.fork(lambda s=series, n=at, k=key: submit(world, s, n, k, **how))
            running[pid] = series
        pid, status = os.wait()
        series, code = running.pop(pid), os.waitstatus_to_exitcode(status)
        series.tried += 1
        if code not in (0, DIED, UNHARMED):
            world.note(note="trouble", words=f"{series} ended with {code}")
        if code not in (0, DIED) or series.tried > MOST:
            series.reached_end = True
            todo = [other for other in todo if other is not series]


def _first_points(world):
    """Give, for a submit without a fault, the first step of its GET and PUT, and the last step."""
    names = next(note["names"] for note in world.notes() if note["note"] == "steps")
    connects = [n for n, name in enumerate(names, 1) if name == "before connect"]
    return connects[0], connects[1], len(names)


def reconcile(world):
    """Settle everything in a new process, as after a restart, with its second looks."""
    wait = world.settle + world.lease

    def done():
        world.run(lambda: call_command("reconcile"))
        return not Edit.objects.filter(state__in=("intent", "sent", "unknown")).exists()

    until(done, wait + 30, every=0.3)
    until(lambda: not looks_due(world), world.looks + 20, every=0.3)


def looks_due(world):
    """Reconcile once more; tell whether an edit is still to be looked at again."""
    world.run(lambda: call_command("reconcile"))
    return Edit.objects.filter(next_look_at__isnull=False).exists()


def look_at_all(world, every=1):
    """Open the page of every edit (or of each n-th) as its author; seal and verify the audit, and
    give the exit code of that."""
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
    """Try every fail point of every fault; give (submits, violations, words)."""
    probe = [Series("none", manner, 1) for manner in manners]
    _try_all(world, probe, calls=calls, brief=brief)
    get, put, steps = _first_points(world)
    todo = [
        Series(fault, manner, 1 if whole else get if fault.startswith("GET") else put)
        for fault in faults
        if fault != "none"
        for manner in manners
    ]
    _try_all(world, todo, calls=calls, brief=brief)
    number = sum(series.tried for series in probe + todo)
    return finish(world, number, f"{len(faults)} faults, {steps} steps", every=25 if calls else 10)


def _last_words(world):
    return world.log.read_text("utf-8", "replace")[-1500:]


def finish(world, number, words, *, every=1):
    """Restart, settle, look and check; give (number, violations, words)."""
    reconcile(world)
    exit_code = look_at_all(world, every)
    violations = check(read_facts(world))
    if exit_code:
        violations.append(Violation("I5", None, "the audit does not verify", [_last_words(world)]))
    violations += leaks_anywhere(world)
    violations += [
        Violation("run", None, note["words"]) for note in world.notes() if note["note"] == "trouble"
    ]
    return number, violations, words


def run_part(world, options):
    """Run this part with the options of the command line.

    short: two faults, dying. hour: all faults, dying and failing. long: the same, with each read of
    our own database and each function as a step, and from the first step on for every fault.
    """
    manners = (options.manner,) if options.manner else ("crash", "raise")
    if options.only:
        return run(world, faults=tuple(options.only.split("|")), manners=manners)
    if options.size == "short":
        return run(world, faults=SHORT, manners=("crash",), brief=True)
    if options.size == "long":
        return run(world, manners=manners, calls=True, whole=True)
    return run(world, manners=manners, brief=True)


def run_part_calls(world, options):
    """Run the part with each function of ours as a step, for a few faults."""
    manners = ("crash", "raise") if options.size == "long" else ("crash",)
    return run(world, faults=SHORT, manners=manners, calls=True)
