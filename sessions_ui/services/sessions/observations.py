"""Record what PAVE reports of a session whenever somebody reads it and something has changed.

An observation helps those who look back and is never a condition of an edit: where it cannot be
written, the log says so and the read goes on.
"""

import logging
from datetime import timedelta

from django.db import DatabaseError

from sessions_ui.domain.catalogue import CATALOGUE
from sessions_ui.domain.snapshot import Snapshot
from sessions_ui.domain.values.masking import personal_texts, scrub
from sessions_ui.models import Observation

logger = logging.getLogger(__name__)

MAX_TEXT = 2000
MIN_INTERVAL = timedelta(minutes=1)
"""Between two updates of `last_seen_at`, so that reading a session often writes little."""


def record_observation(snapshot: Snapshot) -> None:
    """Store status, delivery, start, stamp and the fields that are not personal, where any of them
    differs from the last observation; else note when that was last seen to hold."""
    columns = _observed_columns(snapshot)
    read_at = snapshot.read_at
    try:
        last = _last_observation(snapshot.session_key)
        # An answer that arrives late may be older than the last observation: it is not news.
        if (
            last is None
            or last.seen_at <= read_at
            and any(getattr(last, name) != value for name, value in columns.items())
        ):
            Observation.objects.create(
                session_key=snapshot.session_key, seen_at=read_at, last_seen_at=read_at, **columns
            )
        elif last.last_seen_at + MIN_INTERVAL < read_at:
            Observation.objects.filter(pk=last.pk).update(last_seen_at=read_at)
    except DatabaseError:
        logger.warning("sighting not kept", exc_info=True)


def _last_observation(session_key: str) -> Observation | None:
    observations = Observation.objects.filter(session_key=session_key)
    return observations.order_by("-seen_at", "-id").first()


def _observed_columns(snapshot: Snapshot) -> dict[str, object]:
    """The columns of an observation; the carrier's words without names and numbers."""
    personal = personal_texts({spec.key: snapshot.value(spec.key) for spec in CATALOGUE})
    return {
        "status": snapshot.raw_status[:40],
        "delivery": scrub(snapshot.delivery_text, personal)[:60],
        "started_at": snapshot.text("session.inspect_started_at")[:40],
        "updated_at": snapshot.updated_at[:40],
        "texts": {
            spec.key: snapshot.text(spec.key)[:MAX_TEXT]
            for spec in CATALOGUE.writable
            if not spec.personal and snapshot.shown(spec.key)
        },
    }
