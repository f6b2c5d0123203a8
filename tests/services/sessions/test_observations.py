"""Test observations of what PAVE reports: recorded with each read, never in the way of an edit."""

from datetime import timedelta

import pytest
from django.db import OperationalError
from django.utils import timezone

from sessions_ui.domain.catalogue import CATALOGUE
from sessions_ui.domain.snapshot import Snapshot
from sessions_ui.models import Edit, Observation
from sessions_ui.services.sessions.observations import record_observation
from tests.pages import Agent

pytestmark = pytest.mark.django_db(transaction=True)

KEY = "LKS-7Q2M9XK4RD"
NOON = timezone.now().replace(hour=12, minute=0, second=0, microsecond=0)


def read(minutes, status="IDLE", started="", delivery="201 Created", **sms):
    """Read the session so many minutes after noon."""
    document = {
        "session_key": KEY,
        "status": status,
        "inspect_started_at": started,
        "updated_at": "2026-11-23T11:00:00.000000Z",
        "options": {"sms": {"delivery_status": delivery, **sms}},
    }
    record_observation(Snapshot(KEY, document, NOON + timedelta(minutes=minutes)))


def recorded():
    """The observations, oldest first, in minutes after noon."""
    rows = Observation.objects.order_by("seen_at").values_list("seen_at", "last_seen_at", "status")
    return [
        (round((seen - NOON).total_seconds() / 60), round((last - NOON).total_seconds() / 60), code)
        for seen, last, code in rows
    ]


def test_a_change_is_a_new_observation_and_a_repetition_moves_the_last_time():
    read(0)
    read(30)
    read(60, "STARTED", started="2026-11-23T12:40:00Z")
    read(65, "STARTED", started="2026-11-23T12:40:00Z")
    assert recorded() == [(0, 30, "IDLE"), (60, 65, "STARTED")]


def test_a_second_read_within_a_minute_writes_nothing(django_assert_num_queries):
    read(0)
    with django_assert_num_queries(1):
        read(0.5)
    assert recorded() == [(0, 0, "IDLE")]


def test_a_late_answer_is_not_taken_for_a_later_state():
    read(0)
    read(60, "STARTED")
    read(59, "IDLE")
    assert recorded() == [(0, 0, "IDLE"), (60, 60, "STARTED")]


def test_names_and_numbers_in_the_carriers_words_are_removed():
    read(0, delivery="Daniel at +1 647-555-0184 unreachable", to_name="Daniel Osei")
    text = Observation.objects.get().delivery
    assert "Daniel" not in text
    assert "555-0184" not in text
    assert "unreachable" in text


@pytest.fixture
def agent(client, alice, sandbox):
    """Alice with a session in which every field is open."""
    return Agent(client, alice, sandbox.state.create(status="IDLE", delivery="failed"))


def test_every_read_of_a_session_is_observed(agent, sandbox):
    key = agent.url.split("/")[2]
    agent.open()
    agent.edit(session_theme="CAPT")
    sandbox.state.act(key, "start")
    agent.open()
    seen = Observation.objects.order_by("id").values_list("status", flat=True)
    assert seen[0] == "IDLE"
    assert seen.last() == "STARTED"
    # The random key and the microseconds of `seen_at` may contain these digits, too.
    columns = ("status", "delivery", "started_at", "updated_at", "texts")
    assert "555" not in str(list(Observation.objects.values(*columns)))
    texts = Observation.objects.latest("id").texts
    assert texts["session.theme"] == "CAPT"
    assert sorted(spec.key for spec in CATALOGUE.writable if not spec.personal) == sorted(texts)


def test_a_field_that_pave_does_not_show_is_not_recorded_as_empty(agent, sandbox):
    sandbox.state.poke(agent.url.split("/")[2], "vehicle.trim", None)
    agent.open()
    texts = Observation.objects.get().texts
    assert texts.get("vehicle.trim", "") == ""
    assert "vehicle.make" in texts


def test_an_edit_succeeds_where_no_observation_can_be_stored(agent, monkeypatch, caplog):
    def refuse(*_, **__):
        raise OperationalError("disk full")

    monkeypatch.setattr(Observation.objects, "create", refuse)
    assert agent.edit(session_theme="CAPT").outcome == "confirmed"
    assert Edit.objects.get().state == "confirmed"
    assert not Observation.objects.exists()
    assert "sighting not kept" in caplog.text


def test_nothing_is_recorded_between_the_last_read_and_the_put(agent, sandbox):
    """A wait for our own database there would widen the gap in which a change goes unnoticed."""
    review = agent.review(session_theme="CAPT")
    before = Observation.objects.count()
    sandbox.state.poke(agent.url.split("/")[2], "vehicle.trim", "Sport Touring")
    assert agent.send(review).status_code == 303
    assert Observation.objects.count() == before
    agent.open()
    assert Observation.objects.count() == before + 1
