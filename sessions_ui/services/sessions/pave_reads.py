"""The one way from the services to PAVE: read a session, and keep PAVE's last word on it."""

from datetime import timedelta
from functools import lru_cache

from django.conf import settings
from django.utils import timezone

from sessions_ui.crypto import decrypt, encrypt
from sessions_ui.domain.snapshot import Snapshot
from sessions_ui.models import CachedSession
from sessions_ui.pave.client import ClientState, PaveClient, PaveConfig

LAST_READ_KEPT = timedelta(days=30)


@lru_cache(maxsize=4)
def _client(config: PaveConfig) -> PaveClient:
    return PaveClient(config)


def pave_client() -> PaveClient:
    """The client for the settings in force."""
    return _client(settings.PAVE)


def pave_state() -> ClientState:
    """How PAVE stands, by the calls of this process alone: another worker tells it by its own, so
    a page may be one call behind. Nothing is asked of PAVE.
    """
    return pave_client().state


def read_snapshot(session_key: str) -> Snapshot:
    """PAVE's present word on a session. Raises PaveKeyError before any request, else PaveError.

    Nothing is written here: between our last read and the PUT, a wait for our own database would
    widen the gap in which a change by somebody else goes unseen.
    """
    asked_at = timezone.now()
    answer = pave_client().session_get(session_key)
    return Snapshot.parse(answer.document, session_key, timezone.now(), asked_at=asked_at)


def cache_snapshot(snapshot: Snapshot) -> None:
    """Keep the snapshot, encrypted, in place of the one before."""
    CachedSession.objects.update_or_create(
        session_key=snapshot.session_key,
        defaults={"sealed": encrypt(snapshot.document), "read_at": snapshot.read_at},
    )


def cached_snapshot(session_key: str) -> Snapshot | None:
    """The session as PAVE showed it last; None when it was not read for a month."""
    fresh = CachedSession.objects.filter(read_at__gte=timezone.now() - LAST_READ_KEPT)
    row = fresh.filter(session_key=session_key).first()
    document = decrypt(row.sealed) if row else None
    return Snapshot.parse(document, session_key, row.read_at) if document else None


def delete_expired_snapshots() -> None:
    """Forget what is older than a month."""
    CachedSession.objects.filter(read_at__lt=timezone.now() - LAST_READ_KEPT).delete()
