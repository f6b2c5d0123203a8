"""The list of what was erased: kept as keyed hashes in the database, and in a file beside it, since
a database that is restored from an older copy has forgotten the latest."""

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
    """Nothing was erased; the text says why, in a sentence."""


def erasures_listed() -> list[Erasure]:
    """What was erased lately, newest first; without the values, which nobody has any more."""
    return list(Erasure.objects.order_by("-asked_at")[:SHOWN])


def erasure_remember(actor: Actor, subject: Subject, basis: str) -> Erasure:
    """Noted before anything goes, in the database and in the file beside it."""
    now = timezone.now()
    try:
        _copy(subject, now.isoformat(timespec="seconds"))
    except OSError as error:
        raise ErasureError(
            f"The list of erasures could not be written, so nothing was erased: {error}"
        ) from error
    known = {"kind": subject.kind, "basis": basis, "asked_by": actor.label, "asked_at": now}
    return Erasure.objects.get_or_create(token=subject.token, defaults=known)[0]


def _copy(subject: Subject, at: str) -> None:
    if not settings.AUDIT_ERASURE_COPY:
        return
    path = Path(settings.AUDIT_ERASURE_COPY)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a", encoding="utf-8") as file:
        file.write(json.dumps({"kind": subject.kind, "token": subject.token, "at": at}) + "\n")


def erasures_known(lists: Iterable[Path]) -> set[tuple[str, str]]:
    """Kind and hash of all that was ever erased: what the database remembers, and what the lists
    say (that of AUDIT_ERASURE_COPY too). Raises ErasureError for a list that cannot be read."""
    known = {(one.kind, one.token) for one in Erasure.objects.all()}
    kept = Path(settings.AUDIT_ERASURE_COPY) if settings.AUDIT_ERASURE_COPY else None
    for path in (*lists, *([kept] if kept and kept.exists() else ())):
        known |= _listed(path)
    return known


def _listed(path: Path) -> set[tuple[str, str]]:
    try:
        rows = [json.loads(line) for line in path.read_text("utf-8").splitlines() if line.strip()]
        return {(str(row["kind"]), str(row["token"])) for row in rows}
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ErasureError(f"{path} is no list of erasures: {error}") from error
