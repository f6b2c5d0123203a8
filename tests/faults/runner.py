"""Run one part of the proof on one database: `python -m tests.faults.runner points --size short`.

The last line printed is `RESULT {...}`; the exit code is 1 when a promise was broken. Import order
matters: the world sets the environment before anything imports Django's settings.
"""

import argparse
import importlib
import json
import os
import sys
import time
from collections import defaultdict

from .world import warm_up, world_opened

SHOWN = 3  # violations of a sort in full; the others are counted


def arguments():
    """Read what to run, how much of it, and with which seed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("part")
    parser.add_argument("--size", default="short", choices=("short", "hour", "long"))
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--count", type=int, help="instead of the size's own number")
    parser.add_argument("--only", help="one case of the part, or several with | between")
    parser.add_argument("--manner", help="crash or raise, instead of both")
    return parser.parse_args()


def _show(violations):
    """Print how many violations there are of each sort, and a few of them in full."""
    sorts = defaultdict(list)
    for violation in violations:
        sorts[violation.invariant, violation.words[:30]].append(violation)
    for (invariant, words), of_sort in sorts.items():
        print(f"{len(of_sort)} x {invariant}: {words}")
        for violation in of_sort[:SHOWN]:
            print(f"  {violation}")


def main():
    """Run the part, print its result, and give the exit code."""
    options, began = arguments(), time.monotonic()
    database = os.environ.get("DATABASE_URL", "")
    with world_opened(database) as world:
        warm_up(world, importlib.import_module("tests.faults.person").Person)
        module, _, variant = options.part.partition(":")
        part = importlib.import_module(f"tests.faults.{module}")
        run_part = getattr(part, f"run_part_{variant}" if variant else "run_part")
        try:
            number, violations, words = run_part(world, options)
        except BaseException:
            print(world.log.read_text("utf-8", "replace")[-6000:])
            raise
        engine = world.engine
        _show(violations)
        if violations and os.environ.get("FAULTS_KEEP"):
            print(world.log.read_text("utf-8", "replace")[-20_000:])
    result = {
        "part": options.part,
        "engine": engine,
        "number": number,
        "seed": options.seed,
        "seconds": round(time.monotonic() - began, 1),
        "violations": len(violations),
        "words": words,
    }
    print(f"RESULT {json.dumps(result)}")
    return 1 if violations else 0


if __name__ == "__main__":
    sys.exit(main())
