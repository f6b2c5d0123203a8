"""Build facts and observations for the tests of the history, and read its page."""

from datetime import UTC, datetime, timedelta

from bs4 import BeautifulSoup
from django.utils import timezone

from sessions_ui.audit.history.facts import Fact, Source
from sessions_ui.models import Observation
from tests.audit.authors import KEY

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
THEME = "session.theme"
STAMP = "2026-11-23T11:00:00.000000Z"


def hour(number):
    """A moment so many hours after noon."""
    return NOON + timedelta(hours=number)


def fact(number, text, key=THEME, source=Source.TOOK, edit_id=1, stamp=None):
    """A fact at a moment so many hours after noon."""
    return Fact(hour(number), key, text, source, edit_id, stamp)


def observed_facts(*looks):
    """Facts of observations, each given by its hour, status, start and delivery."""
    facts = []
    for number, status, started, delivery in looks:
        start = hour(started).isoformat() if started is not None else ""
        for key, text in (
            ("session.status", status),
            ("session.inspect_started_at", start),
            ("sms.delivery_status", delivery),
            ("sms.to_name", "Daniel"),
        ):
            facts.append(fact(number, text, key, Source.SEEN, None))
    return facts


def observe(
    status="IDLE", delivery="", started="", stamp=STAMP, key=KEY, ago=timedelta(), texts=None
):
    """Store an observation of a session from so long ago."""
    at = timezone.now() - ago
    return Observation.objects.create(
        session_key=key,
        seen_at=at,
        last_seen_at=at,
        status=status,
        delivery=delivery,
        started_at=started,
        updated_at=stamp,
        texts=texts or {},
    )


def timeline_page(client, person, query=""):
    """The history page of the session that all entries of the tests are about."""
    client.force_login(person)
    answer = client.get(f"/sessions/{KEY}/history/{query}")
    assert answer.status_code == 200
    return BeautifulSoup(answer.text, "html.parser")


def timeline_lines(soup):
    """The text of every line, in order, without times."""
    return [line.div.get_text(" ", strip=True) for line in soup.select("ol.steps > li")]
