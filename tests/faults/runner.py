"""One part of the proof on one database: `python -m tests.faults.runner points --short`.

Prints one line, `RESULT {...}`, and ends with 1 when a promise was broken. The order matters: the
world sets the environment before anything of Django's settings is imported.
"""

import argparse
import importlib
import json
import os
import sys
import time
from collections import defaultdict

from .world import warm, world_opened

SHOWN = 3  # violations of a sort in full; the others are counted


def arguments():
    """What to run, how much of it, with which seed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("part")
    parser.add_argument("--size", default="short", choices=("short", "hour", "long"))
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--count", type=int, help="instead of the size's own number")
    parser.add_argument("--only", help="one case of the part, or several with | between")
    parser.add_argument("--manner", help="crash or raise, instead of both")
    return parser.parse_args()


def _show(found):
    """A few violations of each sort in full, and how many there are of each."""
    sorts = defaultdict(list)
    for violation in found:
        sorts[violation.invariant, violation.words[:30]].append(violation)
    for (invariant, words), of_sort in sorts.items():
        print(f"{len(of_sort)} x {invariant}: {words}")
        for violation in of_sort[:SHOWN]:
            print(f"  {violation}")


def main():
    """Run the part, tell, and give the exit code."""
    asked, began = arguments(), time.monotonic()
    database = os.environ.get("DATABASE_URL", "")
    with world_opened(database) as world:
        warm(world, importlib.import_module("tests.faults.person").Person)
        module, _, variant = asked.part.partition(":")
        part = importlib.import_module(f"tests.faults.{module}")
        sized = getattr(part, f"sized_{variant}" if variant else "sized")
        try:
            number, found, words = sized(world, asked)
        except BaseException:
            print(world.log.read_text("utf-8", "replace")[-6000:])
            raise
        engine = world.engine
        _show(found)
        if found and os.environ.get("FAULTS_KEEP"):
            print(world.log.read_text("utf-8", "replace")[-20_000:])
    told = {
        "part": asked.part,
        "engine": engine,
        "number": number,
        "seed": asked.seed,
        "seconds": round(time.monotonic() - began, 1),
        "violations": len(found),
        "words": words,
    }
    print(f"RESULT {json.dumps(told)}")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
