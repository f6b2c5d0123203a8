"""Convert typed values to what PAVE is sent."""

import json

import pytest

from sessions_ui.models import AuditEntry, Kind
from sessions_ui.services.edits.form_data import sent_text
from tests.pages import Page


@pytest.mark.django_db(transaction=True)
def test_the_banner_and_the_audit_show_what_was_sent(agent):
    typed = {"vehicle-vin": "1ftew1ep3nfa73058", "vehicle-odom_reading": "90,123"}
    review = Page(agent.post({**agent.open().inputs(), **typed}, "review"))
    page = Page(agent.client.get(agent.send(review)["Location"]))
    banner = page.soup.select_one("[data-outcome]").get_text(" ", strip=True)
    assert "1FTEW1EP3NFA73058" in banner
    assert "1ftew" not in banner
    intent = AuditEntry.objects.get(kind=Kind.INTENT)
    assert json.loads(intent.body)["vehicle.odom_reading"][1] == "90123"


@pytest.mark.parametrize(
    ("key", "typed", "sent"),
    [
        ("vehicle.vin", "1ftew1ep3nfa73058", "1FTEW1EP3NFA73058"),
        ("vehicle.odom_reading", "90,123", "90123"),
        ("vehicle.year", "2021", "2021"),
        ("session.language", "fr", "FR"),
    ],
)
def test_a_typed_value_is_sent_in_paves_spelling(key, typed, sent):
    assert sent_text(key, typed) == sent
