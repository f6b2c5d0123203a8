"""Run the random load with rate limiter and circuit breaker on, while PAVE fails again and again.

A call that is held back was not sent, and every page must say so.
"""

import signal
import threading
from dataclasses import replace

from django.conf import settings

from sessions_ui.models import AuditEntry
from sessions_ui.pave.transport import circuit_breaker, rate_limiter

from . import load
from .checker import Violation

COUNTS = {"short": 24, "hour": 400, "long": 2000}
CALLS = 4.0  # a second for each process, which would make twice as many without a limit
SCALED = (
    (circuit_breaker, "PROBE_INTERVAL", 0.2),
    (circuit_breaker, "WINDOW_SECONDS", 3.0),
    (circuit_breaker, "FAILURES_TO_OPEN", 3),
    (rate_limiter, "MAX_WAIT", 0.1),
    (load, "PAUSE", 1.0),  # people who have to wait do wait: asking at once would use up a turn
)
ENOUGH = 200  # edits, among which each of the two must have held something back
HELD_BACK = {"circuit_open": "so calls to it rest", "busy_here": "Too many calls to PAVE"}


def turn_on_guards():
    """Turn on in this process and its children what the settings of the proof turn off."""
    settings.PAVE = replace(settings.PAVE, rate=CALLS, circuit=True, get_attempts=1)
    for module, name, value in SCALED:
        setattr(module, name, value)


def _away(world, seed):
    """Let all reads of PAVE fail for half a second at a time, until SIGTERM."""
    ended, dice = threading.Event(), load.dice_for(seed)
    signal.signal(signal.SIGTERM, lambda *_: ended.set())
    while not ended.wait(dice.uniform(1.0, 2.0)):
        world.pave.order("error_before", method="GET", status=503, times=1000)
        ended.wait(0.6)
        world.pave.order_none()


def run(world, seed, count):
    """Run the load; give (edits, violations, words)."""
    turn_on_guards()
    number, violations, words = load.run(world, seed, count, beside=[lambda: _away(world, seed)])
    counts = {cause: (_pages(world, words), _edits(cause)) for cause, words in HELD_BACK.items()}
    enough = number >= ENOUGH
    violations += [Violation("run", None, f"{cause}: nothing was held back by it")
              for cause, (pages, _) in counts.items() if enough and not pages]  # fmt: skip
    held = ", ".join(
        f"{cause} {pages} pages {edits} edits" for cause, (pages, edits) in counts.items()
    )
    return number, violations, f"{held}; {words}"


def _pages(world, words):
    return sum(words in note["text"] for note in world.notes() if note["note"] == "shown")


def _edits(cause):
    return AuditEntry.objects.filter(error_code=cause).count()


def run_part(world, options):
    """Run this part with the options of the command line."""
    return run(world, options.seed, options.count or COUNTS[options.size])
