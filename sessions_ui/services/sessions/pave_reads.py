"""Read sessions from PAVE, and cache the last read of each."""

from datetime import timedelta
from functools import lru_cache

from django.conf import settings
from django.utils import timezone

from sessions_ui.crypto import decrypt, encrypt
from sessions_ui.domain.snapshot import Snapshot
from sessions_ui.models import CachedSession
from sessions_ui.pave.client import ClientState, PaveClient, PaveConfig

CACHED_FOR = timedelta(days=30)


@lru_cache(maxsize=4)
def _client(config: PaveConfig) -> PaveClient:
    return PaveClient(config)


def pave_client() -> PaveClient:
    """The client for the current settings, shared by the threads of this process."""
    return _client(settings.PAVE)


def pave_state() -> ClientState:
    """Whether PAVE answers and accepts us, judged by the last calls of this process; no request.

    Each worker process judges by its own calls, so a page may lag one call behind.
    """
    return pave_client().state


def read_snapshot(session_key: str) -> Snapshot:
    """Read a session from PAVE. Raises PaveKeyError before any request, otherwise PaveError.

    Writes nothing: between the last read and the PUT, a wait for our own database would widen the
    gap in which another client's change goes unnoticed.
    """
    asked_at = timezone.now()
    answer = pave_client().session_get(session_key)
    return Snapshot.parse(answer.document, session_key, timezone.now(), asked_at=asked_at)


def cache_snapshot(snapshot: Snapshot) -> None:
    """Store the snapshot, encrypted, in place of the one before."""
    CachedSession.objects.update_or_create(
        session_key=snapshot.session_key,
        defaults={"sealed": encrypt(snapshot.document), "read_at": snapshot.read_at},
    )


def cached_snapshot(session_key: str) -> Snapshot | None:
    """The last read of a session; None where there was none within 30 days."""
    fresh = CachedSession.objects.filter(read_at__gte=timezone.now() - CACHED_FOR)
    row = fresh.filter(session_key=session_key).first()
    document = decrypt(row.sealed) if row else None
    return Snapshot.parse(document, session_key, row.read_at) if row and document else None


def delete_expired_snapshots() -> None:
    """Delete the cached reads that are older than 30 days."""
    CachedSession.objects.filter(read_at__lt=timezone.now() - CACHED_FOR).delete()
