"""Submit twice in every way: each form makes one edit and one PUT. Measure the gap on the way.

The gap: PAVE has no ETag, so a foreign write between our last GET and our PUT is overwritten
unseen. Here it is the time between the two at the sandbox, without a network.
"""

import threading
from statistics import median, quantiles

from django.db import connection

from sessions_ui.domain.rules.outcomes import Outcome
from sessions_ui.models import Edit

from .checker import Violation
from .facts import edit_of
from .person import Person
from .points import finish
from .world import wait

COUNTS = {"short": 100, "hour": 1000, "long": 5000}
PROCESSES = 4
UNSENT = (Outcome.WITHDRAWN, Outcome.NOT_SENT)
"""The outcomes of an edit that never got as far as its PUT."""


def _clicked(person, review, typed):
    person.send(review, typed, label="double click")
    connection.close()


def double_click(person, page, typed):
    """Send both posts at once."""
    review = person.review(page, typed)
    other = Person(person.world, person.name, person.key)
    second = threading.Thread(target=_clicked, args=(other, review, typed))
    second.start()
    sent = person.send(review, typed)
    second.join()
    return sent


def reload(person, page, typed):
    """Reload the answer to the post, or go back and send once more."""
    review = person.review(page, typed)
    sent = person.send(review, typed)
    person.send(review, typed, label="reload")
    return sent


def two_tabs(person, page, typed):
    """Review one form in two tabs, and send it from both."""
    first, second = person.review(page, typed), person.review(page, typed)
    sent = person.send(first, typed)
    again = person.send(second, typed, label="other tab")
    if again.sent_to != sent.sent_to:
        person.world.note(note="trouble", words=f"two tabs made {sent.sent_to}, {again.sent_to}")
    return sent


def replay(person, page, typed):
    """Post the same three times more, later."""
    review = person.review(page, typed)
    sent = person.send(review, typed)
    for _ in range(3):
        person.send(review, typed, label="replay")
    return sent


WAYS = (double_click, reload, two_tabs, replay)


def _worker(world, key, count, mark):
    """Submit again and again on one session, each time in another way."""
    person = Person(world, "alice", key)
    page = person.open()
    for n in range(count):
        way = WAYS[(n + mark) % len(WAYS)]
        sent = way(person, page, {"vehicle.trim": f"T{mark}-{n}"})
        page = person.open(sent.sent_to)
    return 0


def run(world, count):
    """Let some processes submit everything twice; give (edits, violations, words)."""
    before = Edit.objects.count()
    keys = [world.session() for _ in range(PROCESSES)]
    share = -(-count // PROCESSES)
    pids = [
        world.fork(lambda n=n, key=key: _worker(world, key, share, n)) for n, key in enumerate(keys)
    ]
    codes = [wait(pid) for pid in pids]
    forms = share * PROCESSES
    made, puts = Edit.objects.count() - before, _puts(world, keys)
    posts = sum(1 for note in world.notes() if note["note"] == "asks" and note["kind"] == "send")
    unsent = Edit.objects.filter(state__in=UNSENT).count()
    made_of = f"{made} edits, {puts} PUTs, {unsent} ended before it"
    words = f"{posts} posts of {forms} forms: {made_of}; {_gap(world, keys)}"
    number, violations, words = finish(world, made, words, every=max(7, made // 400))
    if (made, puts) != (forms, forms) or any(codes):
        violations.append(Violation("I10", None, f"{forms} forms: {made_of}, {codes}"))
    return number, violations, words


def _puts(world, keys):
    return sum(1 for row in world.pave.rows() if row["kind"] == "request"
               and row["method"] == "PUT" and row["session_key"] in keys)  # fmt: skip


def _gap(world, keys):
    """Give the median and 95th percentile of the milliseconds from our GET to our PUT."""
    read, gaps = {}, []
    for row in world.pave.rows():
        if row["kind"] != "request" or row["session_key"] not in keys:
            continue
        if row["method"] == "GET":
            read[row["session_key"]] = row["monotonic"]
        elif edit_of(row["request_id"]):
            gaps.append((row["monotonic"] - read[row["session_key"]]) * 1000)
    return f"GET to PUT: median {median(gaps):.0f} ms, p95 {quantiles(gaps, n=20)[-1]:.0f} ms"


def run_part(world, options):
    """Run this part with the options of the command line."""
    return run(world, options.count or COUNTS[options.size])
