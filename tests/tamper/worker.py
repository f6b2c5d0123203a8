"""Tamper with the audit of one database: `python -m tests.tamper.worker --count N --seed N`.

``--fill N`` only fills and seals an audit of N entries, in the database of DATABASE_URL.
"""

import argparse
import json
import os
import random
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
django.setup()

from django.conf import settings  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402

from sessions_ui.audit.integrity import sealing  # noqa: E402
from sessions_ui.audit.integrity.errors import IntegrityFailure  # noqa: E402
from sessions_ui.audit.integrity.seal_copy import update_copy  # noqa: E402
from sessions_ui.audit.integrity.triggers import remove_triggers  # noqa: E402
from sessions_ui.audit.integrity.verify import verify_entries  # noqa: E402
from tests.audit.authors import PHONE, edit, intent, undone  # noqa: E402

from .deeds import KINDS, Deeds  # noqa: E402
from .filling import fill_audit  # noqa: E402
from .tools import forget  # noqa: E402

KEY = "a-seal-key-that-only-the-tampering-knows-01"
SMALL_SEAL = 40


def make_audit(chance, entries, copy):
    """Make an audit with unused ids, checkpoints of many sizes, empty ones among them, and
    unsealed entries at its end."""
    sealing.ENTRIES_PER_CHECKPOINT = SMALL_SEAL
    fill_audit(entries, seed=chance.randrange(10**6))
    for _ in range(30):
        for _ in range(chance.randrange(6)):
            edit(PHONE if chance.random() < 0.4 else None)
        gap = intent()
        edit()
        forget(gap)
        sealing.seal_entries(key=KEY)
    update_copy(copy)
    intent()
    edit(PHONE)


def fill(entries):
    """Fill and seal a long audit with the development key, for timing `manage.py audit_verify`."""
    fill_audit(entries)
    began = time.monotonic()
    checkpoints = sealing.seal_entries(key=settings.AUDIT_SEAL_KEY)
    each = 1000 * (time.monotonic() - began) / len(checkpoints)
    size = sealing.ENTRIES_PER_CHECKPOINT
    print(f"{entries:,} entries under {len(checkpoints)} seals of {size:,}, {each:.1f} ms each")


def tampered(deeds, kind, copy):
    """Tamper once, say whether verification names the right entry, and undo it."""
    with undone():
        expected = getattr(deeds, kind)()
        try:
            verify_entries(key=KEY, copy=copy)
        except IntegrityFailure as failure:
            right = failure.entry_id == expected
            return "named" if right else f"named #{failure.entry_id} for #{expected}: {failure}"
    return f"NOT FOUND (#{expected})"


def main():
    """Print one JSON line: how many tamperings of each kind were done and named, and seconds."""
    options = argparse.ArgumentParser()
    options.add_argument("--count", type=int, default=1000)
    options.add_argument("--entries", type=int, default=1500)
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--fill", type=int, metavar="N", help="only make and seal N entries")
    options = options.parse_args()
    chance = random.Random(options.seed)  # noqa: S311
    call_command("migrate", verbosity=0)
    if options.fill:
        fill(options.fill)
        return
    remove_triggers(connection)
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "seals.jsonl"
        make_audit(chance, options.entries, copy)
        deeds = Deeds(chance, KEY)
        untouched = verify_entries(key=KEY, copy=copy)
        done, named, seconds, wrong = Counter(), Counter(), Counter(), []
        for turn in range(options.count):
            kind = KINDS[turn % len(KINDS)]
            began = time.monotonic()
            verdict = tampered(deeds, kind, copy)
            seconds[kind] += time.monotonic() - began
            done[kind] += 1
            named[kind] += verdict == "named"
            if verdict != "named":
                wrong.append(f"{kind}, turn {turn}: {verdict}")
            if sys.stderr.isatty() and turn % 20 == 0:
                print(f"\r{connection.vendor}: {turn}", end="", file=sys.stderr)
        verify_entries(key=KEY, copy=copy)  # all was undone
    facts = {
        "vendor": connection.vendor,
        "entries": untouched.sealed,
        "seals": untouched.checkpoints,
    }
    print(json.dumps(facts | {"done": done, "named": named, "seconds": seconds, "wrong": wrong}))


if __name__ == "__main__":
    main()
