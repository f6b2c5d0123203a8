"""Sealed entries as a file of their own: each seal, and behind it its entries as they were hashed.

JSON Lines. With the key alone, and without the database, the file can be proved like the record.
Personal values are not in it: entries hold commitments in their place.
"""

import hashlib
import json
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Any

from sessions_ui.audit.log.canonical import COLUMNS, microseconds, row_hash

from .checkpoints import Checkpoint, leaves_of, merkle_root, ranges_ids
from .entry_reader import rows_between
from .errors import IntegrityFailure
from .sealing import Progress

_MICRO = 1_000_000


@dataclass(frozen=True)
class Archived:
    """What a file holds."""

    entries: int
    size: int
    sha256: str


def archive_write(path: Path, seals: Iterable[Checkpoint], progress: Progress) -> None:
    """Write the seals and what is there of their entries into a new file. Raises OSError."""
    with path.open("x", encoding="utf-8", newline="\n") as file:
        for seal in seals:
            file.write(_line({"seal": seal.as_json()}))
            rows = rows_between(seal.first_id - 1, seal.last_id)
            file.writelines(_line({**row, "ts": _told(row["ts"])}) for row in rows)
            progress(seal.count)
        file.flush()
        os.fsync(file.fileno())


def _line(facts: Mapping[str, object]) -> str:
    return json.dumps(facts, ensure_ascii=False, separators=(",", ":")) + "\n"


def _told(moment: int) -> str:
    seconds, rest = divmod(moment, _MICRO)
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%dT%H:%M:%S}.{rest:06}Z"


def manifest_write(path: Path, facts: Mapping[str, object]) -> None:
    """Put what is told of a file beside it, as ``FILE.manifest.json``. Raises OSError."""
    beside = path.with_name(f"{path.name}.manifest.json")
    beside.write_text(json.dumps(facts, indent=2, sort_keys=True) + "\n", encoding="utf-8")


def archive_check(path: Path, seals: Iterable[Checkpoint]) -> Archived:
    """Read a file back and hold it against the seals: these and no others, all entries of each.
    Raises Doubt, and OSError."""
    sha256, size, count = hashlib.sha256(), 0, 0
    with path.open("rb") as file:
        for seal in seals:
            lines = list(islice(file, 1 + seal.count))
            _hold(lines, seal)
            sha256.update(b"".join(lines))
            size, count = size + sum(map(len, lines)), count + seal.count
        if file.read(1):
            raise IntegrityFailure("The file holds more than was to be taken out.")
    return Archived(count, size, sha256.hexdigest())


def _hold(lines: list[bytes], seal: Checkpoint) -> None:
    try:
        head, *rows = [json.loads(line) for line in lines]
        ids, hashes = [row["id"] for row in rows], [_hash(row) for row in rows]
        sound = head == {"seal": seal.as_json()} and ids == list(ranges_ids(seal.ranges))
        sound = sound and merkle_root(leaves_of(ids, hashes)) == seal.merkle_root
    except (ValueError, KeyError, TypeError):
        sound = False
    if not sound:
        raise IntegrityFailure(
            f"The file does not hold what checkpoint {seal.n} sealed.", seal.first_id
        )


def _hash(row: Mapping[str, Any]) -> bytes:
    """The hash that an entry in a file should have, whatever hash stands there."""
    moment = microseconds(datetime.fromisoformat(row["ts"]))
    return row_hash(moment if name == "ts" else row[name] for name in COLUMNS[row["hv"]])
