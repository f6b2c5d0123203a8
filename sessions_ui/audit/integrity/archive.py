"""Write sealed entries to an archive file, and verify such a file.

JSON Lines: each checkpoint, followed by its entries as they were hashed. The file can be verified
with the key alone, without the database. It holds no personal values: entries hold commitments
in their place.
"""

import hashlib
import json
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Any

from sessions_ui.audit.log.canonical import COLUMNS, microseconds, row_hash
from sessions_ui.domain.values.timestamps import iso_utc

from .checkpoints import Checkpoint, leaf_hashes, merkle_root, parse_ranges
from .entry_reader import read_rows
from .errors import IntegrityFailure
from .sealing import Progress

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Archive:
    """A verified archive file: the number of its entries, its bytes, and its hash."""

    entries: int
    size: int
    sha256: str


def write_archive(path: Path, checkpoints: Iterable[Checkpoint], progress: Progress) -> None:
    """Write the checkpoints and those of their entries that are stored into a new file.

    Raises OSError, FileExistsError among them.
    """
    with path.open("x", encoding="utf-8", newline="\n") as file:
        for checkpoint in checkpoints:
            file.write(_format_line({"seal": checkpoint.as_json()}))
            rows = read_rows(checkpoint.first_id - 1, checkpoint.last_id)
            file.writelines(_format_line({**row, "ts": _format_moment(row["ts"])}) for row in rows)
            progress(checkpoint.count)
        file.flush()
        os.fsync(file.fileno())


def _format_line(values: Mapping[str, object]) -> str:
    return json.dumps(values, ensure_ascii=False, separators=(",", ":")) + "\n"


def _format_moment(microseconds_since_epoch: int) -> str:
    moment = _EPOCH + timedelta(microseconds=microseconds_since_epoch)
    return iso_utc(moment, "microseconds")


def write_manifest(path: Path, values: Mapping[str, object]) -> None:
    """Write the description of an archive to ``FILE.manifest.json``. Raises OSError."""
    manifest = path.with_name(f"{path.name}.manifest.json")
    manifest.write_text(json.dumps(values, indent=2, sort_keys=True) + "\n", encoding="utf-8")


def verify_archive(path: Path, checkpoints: Iterable[Checkpoint]) -> Archive:
    """Read an archive back and compare it with these checkpoints: it must hold all entries of
    each, and nothing else. Raises IntegrityFailure and OSError."""
    sha256, size, count = hashlib.sha256(), 0, 0
    with path.open("rb") as file:
        for checkpoint in checkpoints:
            lines = list(islice(file, 1 + checkpoint.count))
            _verify_lines(lines, checkpoint)
            sha256.update(b"".join(lines))
            size, count = size + sum(map(len, lines)), count + checkpoint.count
        if file.read(1):
            raise IntegrityFailure("The file holds more than was to be taken out.")
    return Archive(count, size, sha256.hexdigest())


def _verify_lines(lines: list[bytes], checkpoint: Checkpoint) -> None:
    try:
        head, *rows = [json.loads(line) for line in lines]
        ids, hashes = [row["id"] for row in rows], [_hash_row(row) for row in rows]
        intact = head == {"seal": checkpoint.as_json()}
        intact = intact and ids == list(parse_ranges(checkpoint.ranges))
        intact = intact and merkle_root(leaf_hashes(ids, hashes)) == checkpoint.merkle_root
    except (ValueError, KeyError, TypeError):
        intact = False
    if not intact:
        raise IntegrityFailure(
            f"The file does not hold what checkpoint {checkpoint.n} sealed.", checkpoint.first_id
        )


def _hash_row(row: Mapping[str, Any]) -> bytes:
    """Compute the hash of an archived entry; the hash that its line claims is not trusted."""
    moment = microseconds(datetime.fromisoformat(row["ts"]))
    return row_hash(moment if name == "ts" else row[name] for name in COLUMNS[row["hv"]])
