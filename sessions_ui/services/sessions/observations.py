"""What PAVE reported of a session's course: kept whenever somebody looks and it differs.

A sighting is a help for those who look back, never a condition of an edit: where it cannot be
written, the log says so and the reading goes on.
"""

import logging
from datetime import timedelta

from django.db import DatabaseError

from sessions_ui.domain.catalogue import CATALOGUE
from sessions_ui.domain.snapshot import Snapshot
from sessions_ui.domain.values.masking import personal_texts, scrub
from sessions_ui.models import Observation

logger = logging.getLogger(__name__)

LONGEST = 2000
LOOKED_AGAIN = timedelta(minutes=1)
"""How old the last look may grow before another look that finds the same is noted."""


def record_observation(snapshot: Snapshot) -> None:
    """Keep status, delivery, start, stamp and what is not personal of the fields where any of it
    differs from the last reading; where not, note, at most once a minute, that it was seen again.
    """
    told = _course(snapshot)
    try:
        last = _last(snapshot.session_key)
        if (
            last is None
            or last.seen_at <= snapshot.read_at
            and any(getattr(last, name) != value for name, value in told.items())
        ):
            now = snapshot.read_at
            Observation.objects.create(
                session_key=snapshot.session_key, seen_at=now, last_seen_at=now, **told
            )
        elif last.last_seen_at + LOOKED_AGAIN < snapshot.read_at:
            Observation.objects.filter(pk=last.pk).update(last_seen_at=snapshot.read_at)
    except DatabaseError:
        logger.warning("sighting not kept", exc_info=True)


def _last(session_key: str) -> Observation | None:
    seen = Observation.objects.filter(session_key=session_key)
    return seen.order_by("-seen_at", "-id").first()


def _course(snapshot: Snapshot) -> dict[str, object]:
    """PAVE's words as the columns hold them; the carrier's without names and numbers."""
    personal = personal_texts({spec.key: snapshot.value(spec.key) for spec in CATALOGUE})
    return {
        "status": snapshot.raw_status[:40],
        "delivery": scrub(snapshot.delivery_text, personal)[:60],
        "started_at": snapshot.text("session.inspect_started_at")[:40],
        "updated_at": snapshot.updated_at[:40],
        "texts": {
            spec.key: snapshot.text(spec.key)[:LONGEST]
            for spec in CATALOGUE.writable
            if not spec.personal and snapshot.shown(spec.key)
        },
    }
