"""The one way from the services to PAVE: read a session, and keep PAVE's last word on it."""

from datetime import timedelta
from functools import lru_cache

from django.conf import settings
from django.utils import timezone

from sessions_ui.domain.snapshot import Snapshot
from sessions_ui.models import LastRead
from sessions_ui.pave.client import ClientState, PaveClient, PaveConfig

from .cipher import decrypt, encrypt
from .sightings import sighting_keep

LAST_READ_KEPT = timedelta(days=30)


@lru_cache(maxsize=4)
def _client(config: PaveConfig) -> PaveClient:
    return PaveClient(config)


def pave() -> PaveClient:
    """The client for the settings in force."""
    return _client(settings.PAVE)


def pave_state() -> ClientState:
    """How PAVE stands, by the calls of this process alone: another worker tells it by its own, so
    a page may be one call behind. Nothing is asked of PAVE.
    """
    return pave().state


def snapshot_read(session_key: str) -> Snapshot:
    """PAVE's present word on a session, of which the course is kept. Raises PaveKeyError before
    any request, else PaveError."""
    answer = pave().session_get(session_key)
    snapshot = Snapshot.parse(answer.document, session_key, timezone.now())
    sighting_keep(snapshot)
    return snapshot


def last_read_keep(snapshot: Snapshot) -> None:
    """Keep the snapshot, encrypted, in place of the one before."""
    LastRead.objects.update_or_create(
        session_key=snapshot.session_key,
        defaults={"sealed": encrypt(snapshot.document), "read_at": snapshot.read_at},
    )


def last_read_of(session_key: str) -> Snapshot | None:
    """The session as PAVE showed it last; None when it was not read for a month."""
    fresh = LastRead.objects.filter(read_at__gte=timezone.now() - LAST_READ_KEPT)
    row = fresh.filter(session_key=session_key).first()
    document = decrypt(row.sealed) if row else None
    return Snapshot.parse(document, session_key, row.read_at) if document else None


def last_reads_expire() -> None:
    """Forget what is older than a month."""
    LastRead.objects.filter(read_at__lt=timezone.now() - LAST_READ_KEPT).delete()
