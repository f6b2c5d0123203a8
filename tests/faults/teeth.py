"""Show that the checker can fail: each seeded bug is played in a scene that brings it out.

Each bug must be found; the same scenes without the bug must be clean.
"""

import os
import time
from datetime import UTC, datetime

from sessions_ui.pave.client import PaveClient

from .bugs import BUGS, gate_set, pause, switch_on
from .checker import Violation, check
from .facts import read_facts
from .leaks import leaks
from .person import Person
from .points import reconcile
from .world import until, wait

QUICK = (
    "any 200 treated as success",
    "record after sending",
    "retry on PUT",
    "nonce not unique",
    "a refusal's own words lost",
)
TYPED = {"vehicle.trim": "Sport", "session.theme": "LITE"}
OTHER = {"vehicle.trim": "Touring"}


class Scene:
    """One session, and people whose processes all have the bug (``""``: none)."""

    def __init__(self, world, bug):
        self.world, self.bug, self.key = world, bug, world.session()

    def child(self, work, gate=()):
        """Start a child process with the bug in it; give its pid."""

        def with_bug():
            switch_on(self.bug)
            if gate:
                gate_set(*gate)
            return work()

        return self.world.fork(with_bug)

    def play(self, work):
        """Run work in a child to its end. Raises RuntimeError when the child broke down."""
        code = wait(self.child(work))
        if code:
            raise RuntimeError(f"{self.bug or 'no bug'}: a child ended with {code}")

    def order(self, kind, **given):
        """Order a fault of PAVE for this session."""
        self.world.pave.fault(kind, key=self.key, **given)

    def person(self, name="alice"):
        """Give somebody at a browser, on this session."""
        return Person(self.world, name, self.key)

    def edit(self, typed=TYPED, name="alice"):
        """Make one edit, to the page that follows."""
        self.play(lambda: self.person(name).edit(typed) and None)

    def look(self, seconds):
        """Open the page again and again for so many seconds, in one process with the bug."""

        def looking():
            until(lambda: self.person("bob").open() and False, seconds, every=0.1)

        self.play(looking)

    def look_while(self, pid):
        """Open the page again and again for as long as another child is at work."""
        ended = self.world.folder / f"{self.key}.ended"

        def looking():
            until(lambda: self.person("bob").open() and ended.exists(), 20, every=0.1)

        looker = self.child(looking)
        wait(pid)
        ended.touch()
        wait(looker)

    def paused(self, work, meanwhile):
        """Run `work` in a child up to its `pause`, then `meanwhile` here, then the rest of it."""
        reached, opened = os.pipe(), os.pipe()
        pid = self.child(work, gate=(reached[1], opened[0]))
        os.read(reached[0], 1)
        meanwhile()
        os.write(opened[1], b"g")
        code = wait(pid)
        for end in (*reached, *opened):
            os.close(end)
        if code:
            raise RuntimeError(f"{self.bug or 'no bug'}: a child ended with {code}")


def _faulty(kind, **given):
    def play(scene):
        scene.order(kind, **given)
        scene.edit()

    return play


def _late(scene):
    scene.order("late", seconds=1.0)
    scene.edit()
    scene.look(1.2)


def _slow_call(scene):
    scene.order("hang_before", seconds=0.6)
    scene.look_while(scene.child(lambda: scene.person().edit(TYPED) and None))


def _overtaken_read(scene):
    """Somebody else makes a whole edit between alice's early read and her reservation."""

    def work():
        if scene.bug != "GET before the reservation":
            pause()
        scene.person().edit(TYPED)

    scene.paused(work, lambda: scene.edit(OTHER, "bob"))


def _asleep(scene):
    """A process sleeps past its lease just before it records `sent`; others settle meanwhile."""

    def work():
        person = scene.person()
        page = person.review(person.open(), TYPED)
        _pause_at_read()
        person.send(page, TYPED)

    scene.paused(work, lambda: scene.look(scene.world.lease + 0.3))


def _pause_at_read():
    """Pause at the next read of PAVE, which is the one after the reservation."""
    read = PaveClient.session_get

    def paused(self, *args, **options):
        pause()
        return read(self, *args, **options)

    PaveClient.session_get = paused


def _put_back(scene):
    """PAVE applies the edit, cannot be read for a while, and somebody else restores the values."""
    until(lambda: _will_stamp_differ(scene), 3)
    scene.order("reset_after")
    scene.order("error_before", method="GET", skip=3, times=50)
    scene.play(lambda: scene.person().edit(TYPED) and None)
    for key, value in (("vehicle.trim", "EX"), ("session.theme", "PRO")):
        scene.world.pave.poke(scene.key, key, value)
    scene.world.pave.clear_faults()
    scene.look(scene.world.settle + 0.5)


def _same_second(scene):
    """The same within the second of PAVE's earlier stamp, which then proves nothing."""

    def work():
        person = scene.person()
        page = person.review(person.open(), {"vehicle.trim": "Sport"})
        order, poke = scene.world.pave.order, scene.world.pave.poke_from_child
        order("reset_after", key=scene.key)
        order("error_before", method="GET", key=scene.key, skip=1, times=50)
        until(lambda: time.time() % 1 < 0.05, 2, every=0.005)
        poke(scene.key, "vehicle.trim", "EX")
        person.send(page, {"vehicle.trim": "Sport"})
        poke(scene.key, "vehicle.trim", "EX")

    scene.play(work)
    scene.world.pave.clear_faults()
    scene.look(scene.world.settle + 0.5)


def _will_stamp_differ(scene):
    """Tell whether PAVE's stamp, in whole seconds, will differ after the next change."""
    stamp = scene.world.pave.session(scene.key)["updated_at"]
    return not stamp or datetime.fromisoformat(stamp).second != datetime.now(UTC).second


def _started(scene):
    """The customer starts between review and send."""

    def work():
        person = scene.person()
        page = person.review(person.open(), TYPED)
        pause()
        person.send(page, TYPED)

    scene.paused(work, lambda: scene.world.pave.act(scene.key, "start"))


def _sent_twice(scene):
    def work():
        person = scene.person()
        page = person.review(person.open(), TYPED)
        person.send(page, TYPED)
        person.send(page, TYPED, label="again")

    scene.play(work)


def _endless(scene):
    """A call hangs for longer than lease and settle time; bob edits meanwhile."""
    scene.order("hang_lost", seconds=8.0)
    pid = scene.child(lambda: scene.person().edit(TYPED) and None)
    scene.look(scene.world.settle + 1.0)
    scene.edit(OTHER, "bob")
    wait(pid)


SCENES = {
    "time-out treated as failure": _faulty("hang_after", seconds=1.1),
    "5xx treated as failure": _faulty("error_after"),
    "any 200 treated as success": _faulty("ignored"),
    "record after sending": _faulty("hang_after", seconds=0.2),
    "retry on PUT": _faulty("reset_after"),
    "no settle time": _late,
    "lease shorter than the call": _slow_call,
    "GET before the reservation": _overtaken_read,
    "guard result ignored": _asleep,
    "cause claimed from value": _put_back,
    "policy from the form": _started,
    "nonce not unique": _sent_twice,
    "deadline that does not bite": _endless,
    "secret in the record": _faulty("error_after"),
    "words of another outcome": _faulty("reset_before"),
    "a refusal's own words lost": _faulty("busy"),
    "ignored field shown as applied": _faulty("ignored", field="vehicle.trim"),
    "sent, and called turned away": _faulty("not_shown"),
    "what was typed is lost": _faulty("busy"),
    "kept is said of nothing": _faulty("busy"),
}
# Scenes in which the dashboard itself was once wrong: played without any bug.
CONTROLS = {f"within one second, {n}": _same_second for n in (1, 2, 3)}


def play_all(world, names=tuple(BUGS)):
    """Play every scene without its bug and with it; give (played, violations, words)."""
    played = [(name, bug) for name in names for bug in ("", name)]
    played += [(name, "") for name in CONTROLS if set(names) == set(BUGS)]
    scenes = [(name, Scene(world, bug)) for name, bug in played]
    for name, scene in scenes:
        {**SCENES, **CONTROLS}[name](scene)
    reconcile(world)
    violations, caught = [], 0
    for name, scene in scenes:
        of_scene = check(read_facts(world, only={scene.key}))
        if name == "secret in the record":
            of_scene += leaks(world, only={scene.key})
        if not scene.bug:
            violations += of_scene
        elif {violation.invariant for violation in of_scene} - {"500"}:
            caught += 1
        else:
            violations.append(Violation("teeth", None, f"not noticed: {scene.bug}"))
        print(f"{name:<30} {'bug' if scene.bug else 'no bug':<7} {_summary(of_scene)}", flush=True)
    return len(scenes), violations, f"{caught} of {len(names)} seeded bugs caught"


def _summary(violations):
    if not violations:
        return "clean"
    kinds = sorted({violation.invariant for violation in violations})
    return f"{len(violations)} found: {', '.join(kinds)} {violations[0].words[:60]}"


def run_part(world, options):
    """Run this part with the options of the command line."""
    if options.only:
        return play_all(world, tuple(options.only.split("|")))
    return play_all(world, QUICK if options.size == "short" else tuple(BUGS))
