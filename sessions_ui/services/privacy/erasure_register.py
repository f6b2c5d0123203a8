"""Register what was erased, as keyed hashes in the database and in a file outside it.

A database that was restored from a backup has lost its latest rows; the file has not.
"""

import json
from collections.abc import Iterable
from pathlib import Path

from django.conf import settings
from django.utils import timezone

from sessions_ui.audit.privacy.subjects import Subject
from sessions_ui.domain.actor import Actor
from sessions_ui.models import Erasure

SHOWN = 20


class ErasureError(Exception):
    """Nothing was erased; the message says why, in a sentence."""


def list_erasures() -> list[Erasure]:
    """The latest erasures, newest first."""
    return list(Erasure.objects.order_by("-asked_at")[:SHOWN])


def register_erasure(actor: Actor, subject: Subject, basis: str) -> Erasure:
    """Register an erasure before anything is erased. Raises ErasureError if the file fails."""
    now = timezone.now()
    try:
        _append_to_file(subject, now.isoformat(timespec="seconds"))
    except OSError as error:
        raise ErasureError(
            f"The list of erasures could not be written, so nothing was erased: {error}"
        ) from error
    values = {"kind": subject.kind, "basis": basis, "asked_by": actor.label, "asked_at": now}
    return Erasure.objects.get_or_create(token=subject.hash, defaults=values)[0]


def _append_to_file(subject: Subject, at: str) -> None:
    if not settings.AUDIT_ERASURE_COPY:
        return
    path = Path(settings.AUDIT_ERASURE_COPY)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a", encoding="utf-8") as file:
        file.write(json.dumps({"kind": subject.kind, "token": subject.hash, "at": at}) + "\n")


def read_erased_hashes(lists: Iterable[Path]) -> set[tuple[str, str]]:
    """Kind and hash of everything that was ever erased, from the database, these lists, and the
    list of AUDIT_ERASURE_COPY. Raises ErasureError for a list that cannot be read."""
    hashes = {(erasure.kind, erasure.token) for erasure in Erasure.objects.all()}
    own = Path(settings.AUDIT_ERASURE_COPY) if settings.AUDIT_ERASURE_COPY else None
    for path in (*lists, *([own] if own and own.exists() else ())):
        hashes |= _read_file(path)
    return hashes


def _read_file(path: Path) -> set[tuple[str, str]]:
    try:
        rows = [json.loads(line) for line in path.read_text("utf-8").splitlines() if line.strip()]
        return {(str(row["kind"]), str(row["token"])) for row in rows}
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ErasureError(f"{path} is no list of erasures: {error}") from error
