"""Edit at random under faults: several processes, two agents, the same sessions, one seed.

Half of the calls end ambiguously, some reads fail, too, and forms are posted twice in every way.
With a second writer, somebody else keeps changing the same fields of the same sessions.
"""

import os
import random
import signal
import threading
import time
from collections import Counter

from django.core.management import call_command
from django.db import connection

from sessions_ui.models import Edit

from .person import Person
from .points import finish
from .world import kill, wait

COUNTS = {"short": 40, "hour": 1000, "long": 10_000}
WRITER_COUNTS = {"short": 40, "hour": 400, "long": 3000}
KILLS = {"short": 20, "hour": 100, "long": 500}
WORKERS = 6
PER_WORKER = 12
LOOKED_AT = 400  # edits whose page is opened once more when all is settled
PAUSE = 0.03  # seconds before somebody who could not review tries another session
FAULTS = (
    (38, None, {}),
    (6, "collateral", {}),
    (6, "reset_before", {}),
    (6, "reset_after", {}),
    (3, "hang_before", {"seconds": (0.1, 1.4)}),
    (3, "hang_lost", {"seconds": (0.5, 1.4)}),
    (3, "hang_after", {"seconds": (0.1, 1.4)}),
    (4, "late", {"seconds": (0.2, 1.8)}),
    (1, "late", {"seconds": (2.2, 3.0)}),
    (4, "error_before", {"status": (500, 502, 503, 504)}),
    (4, "error_after", {"status": (500, 502, 503, 504)}),
    (2, "redirect", {"status": (301, 302, 307, 308)}),
    (2, "html", {"apply": (True, False)}),
    (2, "truncated", {}),
    (2, "cut", {}),
    (1, "duplicate_keys", {}),
    (1, "slow_body", {"interval": (0.05, 0.2)}),
    (1, "wrong_session", {}),
    (2, "ignored", {}),
    (2, "altered", {}),
    (2, "not_shown", {}),
    (1, "busy", {}),
    (2, "refused", {"status": (400, 409, 422)}),
    (1, "denied", {"status": (401, 403)}),
    (1, "not_found", {}),
)
READ_FAULTS = ("reset_before", "error_before", "html", "wrong_session", "hang_lost")
POKED = {"vehicle.trim": ("EX", "LX", "Poked"), "session.theme": ("PRO", "LITE"),
         "session.client_id": ("L-20871", "MOVED-2")}  # fmt: skip


def dice_for(seed):
    """Give a random generator for a seed; the same seed gives the same run."""
    return random.Random(seed)  # noqa: S311  not for secrets


class Worker:
    """One process at work: picks sessions and people by its seed, and breaks PAVE."""

    def __init__(self, world, seed, keys, **facts):
        self.facts = facts  # for the notes of every page
        self.world, self.keys, self.dice = world, keys, dice_for(seed)
        self.seed, self.turn, self.taken, self.last = seed, 0, 0, None

    def work(self, count):
        """Edit until so many edits have taken their session's slot."""
        while self.taken < count:
            self.submit_once()

    def submit_once(self):
        """Let one person submit an edit, with faults around it as the dice say."""
        self.turn += 1
        person, page = self._opened_page()
        typed = self._typed()
        review = person.review(page, typed)
        if not review.is_review:
            time.sleep(PAUSE)
            return
        self._order(person.key)
        sent = self._send(person, review, typed)
        if sent.sent_to:
            self.taken += 1
            self.last = (person, person.open(sent.sent_to))

    def _opened_page(self):
        """Go on, every other time, from the page of the edit before; else open a session."""
        last, self.last = self.last, None
        if last and self.dice.random() < 0.5:
            return last
        key, name = self.dice.choice(self.keys), self.dice.choice(("alice", "bob"))
        person = Person(self.world, name, key, **self.facts)
        return person, person.open()

    def _typed(self):
        mark = f"{os.getpid()}-{self.turn}"
        typed = {"vehicle.trim": f"T{mark}"}
        more = {"session.theme": ("LITE", "PRO"), "session.language": ("FR", "EN"),
                "vehicle.odom_reading": ("90210", "84,999"), "session.client_id": (f"C{mark}",),
                "sms.to_name": (f"Person {mark}",)}  # fmt: skip
        for field in self.dice.sample(list(more), self.dice.randint(0, 2)):
            typed[field] = self.dice.choice(more[field])
        return typed

    def _order(self, key):
        shares = [share for share, *_ in FAULTS]
        _, kind, given = self.dice.choices(FAULTS, shares)[0]
        if kind:
            self.world.pave.order(kind, key=key, **{n: self._pick(v) for n, v in given.items()})
        if self.dice.random() < 0.08:
            kind = self.dice.choice(READ_FAULTS)
            more = {"seconds": 1.0} if kind == "hang_lost" else {}
            skip = self.dice.randint(0, 2)
            self.world.pave.order(kind, method="GET", key=key, skip=skip, **more)

    def _pick(self, values):
        if isinstance(values[0], float):
            return round(self.dice.uniform(*values), 2)
        return self.dice.choice(values)

    def _send(self, person, review, typed):
        way = self.dice.random()
        if way < 0.06:
            return self._double_click(person, review, typed)
        sent = person.send(review, typed)
        if way < 0.15:
            again = person.send(review, typed, label="again")
            return sent if sent.sent_to else again
        if way < 0.18:
            person.send(review, {**typed, "vehicle.trim": "Smuggled"}, label="other values")
        return sent

    def _double_click(self, person, review, typed):
        """Send both posts at the same time, each with a database connection of its own."""
        other = Person(self.world, person.name, person.key, **self.facts)
        second = threading.Thread(target=_clicked, args=(other, review, typed))
        second.start()
        sent = person.send(review, typed)
        second.join()
        return sent


def _clicked(person, review, typed):
    person.send(review, typed, label="double click")
    connection.close()


def _settling(every=0.5):
    """Run the reconcile loop, faster than in life, until SIGTERM."""
    ended = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: ended.set())
    while not ended.wait(every):
        call_command("reconcile")


def run(world, seed, count, *, writer=False, beside=()):
    """Let the workers edit; give (edits, violations, words). `beside` are functions that run in
    processes of their own meanwhile, until SIGTERM."""
    dice = dice_for(seed)
    keys = [world.session() for _ in range(WORKERS * PER_WORKER)]
    share = -(-count // WORKERS)
    loops = [world.fork(work) for work in (_settling, *beside)]
    workers = {
        world.fork(lambda n=n: Worker(world, seed * 1000 + n, keys).work(share))
        for n in range(WORKERS)
    }
    poked = _second_writer(world, dice, keys, workers) if writer else _all_ended(workers)
    for loop in loops:
        os.kill(loop, signal.SIGTERM)
        wait(loop)
    world.pave.clear_faults()
    time.sleep(3.1)  # the latest `late` fault is over: PAVE is back
    words = f"{states_in_words()}{f'; {poked} foreign writes' if writer else ''}"
    number = Edit.objects.count()
    return finish(world, number, words, every=max(7, number // LOOKED_AT))


def states_in_words():
    """Give the states of all edits with their counts, the most frequent first."""
    states = Counter(Edit.objects.values_list("state", flat=True))
    return ", ".join(f"{state} {number}" for state, number in states.most_common(6))


def _all_ended(workers):
    for pid in workers:
        wait(pid)
    return 0


def _second_writer(world, dice, keys, workers):
    """Change a field of a random session every 40 ms until the workers have ended."""
    left, poked = set(workers), 0
    while left:
        left -= {pid for pid in left if os.waitpid(pid, os.WNOHANG)[0]}
        field = dice.choice(list(POKED))
        world.pave.poke(dice.choice(keys), field, dice.choice(POKED[field]))
        poked += 1
        time.sleep(0.04)
    return poked


def killed(world, seed, kills):
    """Kill workers with -9 again and again; give (edits, violations, words)."""
    dice = dice_for(seed)
    keys = [world.session() for _ in range(60)]
    loop = world.fork(_settling)

    def started(n):
        return world.fork(lambda: Worker(world, seed * 10**6 + n, keys).work(10**6))

    workers = [started(-n) for n in (1, 2, 3)]
    for n in range(kills):
        time.sleep(dice.uniform(0.15, 0.6))
        kill(workers[n % 3])
        if n % 10 == 9:
            kill(loop)
            loop = world.fork(_settling)
        workers[n % 3] = started(n)
    for pid in (*workers, loop):
        kill(pid)
    world.pave.clear_faults()
    time.sleep(3.1)  # the latest `late` fault is over: PAVE is back
    words = f"{kills} kills, {_died_sending(world)} while sending; {states_in_words()}"
    return finish(world, Edit.objects.count(), words, every=7)


def _died_sending(world):
    """Count the posts that were never answered."""
    sends = Counter(
        (note["pid"], note["note"]) for note in world.notes() if note.get("kind") == "send"
    )
    return sum(
        count - sends[pid, "shown"] for (pid, note), count in sends.items() if note == "asks"
    )


def run_part(world, options):
    """Run this part with the options of the command line."""
    return run(world, options.seed, options.count or COUNTS[options.size])


def run_part_writer(world, options):
    """Run the part with a second writer."""
    return run(world, options.seed, options.count or WRITER_COUNTS[options.size], writer=True)


def run_part_kills(world, options):
    """Run the part whose processes are killed."""
    return killed(world, options.seed, options.count or KILLS[options.size])
