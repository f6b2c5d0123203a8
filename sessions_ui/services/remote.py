"""The one way from the services to PAVE: read a session, and note what its answer is."""

from functools import lru_cache

from django.conf import settings
from django.utils import timezone

from sessions_ui.domain.snapshot import Snapshot
from sessions_ui.pave.client import PaveClient, PaveConfig


@lru_cache(maxsize=4)
def _client(config: PaveConfig) -> PaveClient:
    return PaveClient(config)


def pave() -> PaveClient:
    """The client for the settings in force."""
    return _client(settings.PAVE)


def snapshot_read(session_key: str) -> Snapshot:
    """PAVE's present word on a session. Raises PaveKeyError before any request, else PaveError."""
    answer = pave().session_get(session_key)
    return Snapshot.parse(answer.document, session_key, timezone.now())
