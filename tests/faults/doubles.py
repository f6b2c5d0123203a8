"""Double submits of every kind: each form is one edit and one PUT. Measures the gap on the way.

The gap: a foreign write between our last GET and our PUT is overwritten unseen, since PAVE has no
ETag. Here it is the time from the one to the other at the sandbox, without any network between.
"""

import threading
from statistics import median, quantiles

from django.db import connection

from sessions_ui.domain.rules.outcomes import Outcome
from sessions_ui.models import Edit

from .checker import Violation
from .person import Person
from .points import finished
from .truth import edit_of
from .world import wait

COUNTS = {"short": 100, "hour": 1000, "long": 5000}
PROCESSES = 4
UNSENT = (Outcome.WITHDRAWN, Outcome.NOT_SENT)
"""How an edit ends that never got as far as its PUT."""


def _clicked(person, review, typed):
    person.send(review, typed, label="double click")
    connection.close()


def double_click(person, page, typed):
    """Both posts at once."""
    review = person.review(page, typed)
    other = Person(person.world, person.name, person.key)
    second = threading.Thread(target=_clicked, args=(other, review, typed))
    second.start()
    sent = person.send(review, typed)
    second.join()
    return sent


def reload(person, page, typed):
    """F5 on the post, or back and send once more."""
    review = person.review(page, typed)
    sent = person.send(review, typed)
    person.send(review, typed, label="reload")
    return sent


def two_tabs(person, page, typed):
    """One form, reviewed in two tabs, sent from both."""
    one, other = person.review(page, typed), person.review(page, typed)
    sent = person.send(one, typed)
    again = person.send(other, typed, label="other tab")
    if again.sent_to != sent.sent_to:
        person.world.note(note="trouble", words=f"two tabs made {sent.sent_to}, {again.sent_to}")
    return sent


def replay(person, page, typed):
    """The post is played three times more, later."""
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
    """Let some processes submit everything twice; gives (edits, violations, words)."""
    before = Edit.objects.count()
    keys = [world.session() for _ in range(PROCESSES)]
    share = -(-count // PROCESSES)
    pids = [
        world.fork(lambda n=n, key=key: _worker(world, key, share, n)) for n, key in enumerate(keys)
    ]
    codes = [wait(pid) for pid in pids]
    asked = share * PROCESSES
    made, puts = Edit.objects.count() - before, _puts(world, keys)
    posts = sum(1 for one in world.notes() if one["note"] == "asks" and one["kind"] == "send")
    unsent = Edit.objects.filter(state__in=UNSENT).count()
    made_of = f"{made} edits, {puts} PUTs, {unsent} ended before it"
    words = f"{posts} posts of {asked} forms: {made_of}; {_gap(world, keys)}"
    number, found, words = finished(world, made, words, every=max(7, made // 400))
    if (made, puts) != (asked, asked) or any(codes):
        found.append(Violation("I10", None, f"{asked} forms: {made_of}, {codes}"))
    return number, found, words


def _puts(world, keys):
    return sum(1 for row in world.pave.rows() if row["kind"] == "request"
               and row["method"] == "PUT" and row["session_key"] in keys)  # fmt: skip


def _gap(world, keys):
    """Median and 95th percentile of the milliseconds from our GET to our PUT."""
    read, gaps = {}, []
    for row in world.pave.rows():
        if row["kind"] != "request" or row["session_key"] not in keys:
            continue
        if row["method"] == "GET":
            read[row["session_key"]] = row["monotonic"]
        elif edit_of(row["request_id"]):
            gaps.append((row["monotonic"] - read[row["session_key"]]) * 1000)
    return f"GET to PUT: median {median(gaps):.0f} ms, p95 {quantiles(gaps, n=20)[-1]:.0f} ms"


def sized(world, asked):
    """Run with what was asked for on the command line."""
    return run(world, asked.count or COUNTS[asked.size])
