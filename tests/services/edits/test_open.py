"""Open a session: what it settles, and what it shows while PAVE cannot be read."""

import pytest

from sessions_ui.domain.catalogue import CATALOGUE
from sessions_ui.models import CachedSession, Edit, Kind
from tests.edits import payloads, recorded
from tests.pages import Page

pytestmark = pytest.mark.django_db(transaction=True)


def test_opening_settles_an_edit_whose_answer_was_lost(agent, sandbox):
    review = agent.review(session_theme="LITE")
    sandbox.state.fault("reset_after", method="PUT")
    sandbox.state.fault("error_before", method="GET", skip=1, times=9)
    response = agent.send(review)
    assert Edit.objects.get().state == "unknown"
    sandbox.state.clear_faults()
    page = Page(agent.client.get(response["Location"]))
    assert page.outcome == "in_effect"
    assert recorded()[-1] == (Kind.RESOLUTION, "in_effect")
    assert len(payloads(sandbox)) == 1


def test_opening_waits_for_the_settle_time_before_it_says_not_in_effect(agent, sandbox, settings):
    review = agent.review(session_theme="LITE")
    sandbox.state.fault("reset_before", method="PUT")
    response = agent.send(review)
    page = Page(agent.client.get(response["Location"]))
    assert page.outcome == "unknown"
    assert set(page.fields().values()) == {"EDIT_PENDING"}
    settings.PAVE_SETTLE_SECONDS = 0
    page = Page(agent.client.get(response["Location"]))
    assert page.outcome == "not_in_effect"
    assert page.fields()["session.theme"] is None


def test_opening_finds_an_edit_that_took_effect_late(agent, sandbox, settings, idle):
    settings.PAVE_SETTLE_SECONDS = 0
    review = agent.review(session_theme="LITE")
    sandbox.state.fault("reset_before", method="PUT")
    location = agent.send(review)["Location"]
    sandbox.state.poke(idle, "session.theme", "LITE")
    assert Page(agent.client.get(location)).outcome == "late_applied"


def test_every_field_is_locked_and_no_input_lost_while_pave_is_down(agent, sandbox):
    page = agent.open()
    sandbox.state.fault("error_before", method="GET", times=99)
    down = agent.open()
    assert down.status == 200
    assert set(down.fields().values()) == {"PAVE_UNREACHABLE"}
    assert len(down.fields()) == len(CATALOGUE.writable)
    back = Page(agent.post({**page.inputs(), "session-theme": "LITE"}, "review"))
    assert back.status == 200
    assert "LITE" in back.field_text("session.theme")
    sandbox.state.clear_faults()
    assert "You had typed something here" in agent.open().text
    assert agent.open("?draft=1").shown("session.theme") == "LITE"


def test_the_last_read_and_its_age_are_shown_while_pave_is_down(agent, sandbox, idle):
    last_read = agent.open().shown("vehicle.vin")
    sandbox.state.fault("error_before", method="GET", times=99)
    down = agent.open()
    assert down.shown("vehicle.vin") == last_read
    assert "it may have changed" in down.text
    assert last_read not in CachedSession.objects.get(session_key=idle).sealed


def test_fields_are_empty_where_pave_was_never_read(agent, sandbox):
    sandbox.state.fault("error_before", method="GET", times=99)
    down = agent.open()
    assert set(down.fields().values()) == {"PAVE_UNREACHABLE"}
    assert down.shown("vehicle.vin") == ""
