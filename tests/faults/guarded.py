"""The random load as in life, with rate and circuit on, while PAVE goes away again and again.

What is held back here was not sent, and no page says anything else.
"""

import signal
import threading
from dataclasses import replace

from django.conf import settings as house

from sessions_ui.models import AuditEntry
from sessions_ui.pave.transport import circuit_breaker, rate_limiter

from . import load
from .checker import Violation

COUNTS = {"short": 24, "hour": 400, "long": 2000}
CALLS = 4.0  # a second for each process, which would make twice as many
SCALED = (
    (circuit_breaker, "PROBE_INTERVAL", 0.2),
    (circuit_breaker, "WINDOW_SECONDS", 3.0),
    (circuit_breaker, "FAILURES_TO_OPEN", 3),
    (rate_limiter, "MAX_WAIT", 0.1),
    (load, "BREATH", 1.0),  # who is told to wait waits: asking at once takes the next turn away
)
SURELY = 200  # edits, among which each of the two must have held something back
HELD_BACK = {"circuit_open": "so calls to it rest", "busy_here": "Too many calls to PAVE"}


def switched_on():
    """Turn on in this process, and so in its children, what the settings of the proof turn off."""
    house.PAVE = replace(house.PAVE, rate=CALLS, circuit=True, get_attempts=1)
    for module, name, value in SCALED:
        setattr(module, name, value)


def _away(world, seed):
    """Let PAVE fail for whoever reads it, for half a second at a time, until SIGTERM."""
    ended, dice = threading.Event(), load.dice_of(seed)
    signal.signal(signal.SIGTERM, lambda *_: ended.set())
    while not ended.wait(dice.uniform(1.0, 2.0)):
        world.pave.order("error_before", method="GET", status=503, times=1000)
        ended.wait(0.6)
        world.pave.order_none()


def run(world, seed, count):
    """Give (edits, violations, words)."""
    switched_on()
    number, found, words = load.run(world, seed, count, beside=[lambda: _away(world, seed)])
    told = {cause: (_pages(world, words), _edits(cause)) for cause, words in HELD_BACK.items()}
    enough = number >= SURELY
    found += [Violation("run", None, f"{cause}: nothing was held back by it")
              for cause, (pages, _) in told.items() if enough and not pages]  # fmt: skip
    held = ", ".join(
        f"{cause} {pages} pages {edits} edits" for cause, (pages, edits) in told.items()
    )
    return number, found, f"{held}; {words}"


def _pages(world, words):
    return sum(words in one["text"] for one in world.notes() if one["note"] == "shown")


def _edits(cause):
    return AuditEntry.objects.filter(error_code=cause).count()


def sized(world, asked):
    """Run with what was asked for on the command line."""
    return run(world, asked.seed, asked.count or COUNTS[asked.size])
