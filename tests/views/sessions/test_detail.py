"""What an outside tester stumbled over at the desk: no false word, nothing lost on the way."""

import json
from datetime import timedelta

import pytest
from django.contrib.sessions.backends.base import UpdateError
from django.contrib.sessions.backends.db import SessionStore
from django.db import OperationalError
from django.test import Client
from django.utils import timezone

from sessions_ui.models import AuditEntry, Edit, Kind
from sessions_ui.services.edits import submit
from sessions_ui.services.edits.drafts import find_draft
from tests.pages import Agent, Page
from tests.services.edits.test_submit import HELD, broken_record, puts

pytestmark = pytest.mark.django_db(transaction=True)

GIVEN = {"reason_code": "other", "reason_note": "A long enough note", "ticket": "ZD-7"}


@pytest.fixture
def idle(sandbox):
    """A session in which every field is open."""
    return sandbox.state.create(status="IDLE", delivery="failed", **HELD)


@pytest.fixture
def agent(client, alice, idle):
    """Alice with the idle session."""
    return Agent(client, alice, idle)


def body_of(entry):
    return json.loads(entry.body)


def test_a_post_without_the_right_is_recorded_by_what_differs(agent, carol, idle):
    inputs = {**agent.open().inputs(), "vehicle-trim": "Touring"}
    manager = Agent(Client(), carol, idle)
    assert manager.post(inputs, "review").status_code == 403
    assert body_of(AuditEntry.objects.get(kind=Kind.REFUSAL)) == {"vehicle.trim": ["EX", "Touring"]}


def test_a_post_without_a_page_claims_no_values(carol, client, idle):
    manager = Agent(client, carol, idle)
    assert manager.post({"vehicle-vin": "X"}, "review").status_code == 403
    refusal = AuditEntry.objects.get(kind=Kind.REFUSAL)
    assert body_of(refusal) == {}
    assert json.loads(refusal.detail)["fields"] == ["vehicle.vin"]


def test_a_read_back_says_effect_and_never_cause(agent, sandbox, settings):
    settings.PAVE_SETTLE_SECONDS = 0
    review = agent.review(session_theme="LITE")
    sandbox.state.fault("reset_before", method="PUT")
    page = Page(agent.client.get(agent.send(review)["Location"]))
    assert page.outcome == "not_in_effect"
    banner = page.soup.select_one("[data-outcome]").get_text(" ", strip=True)
    assert "Ignored" not in banner
    assert "Not in effect" in banner
    assert "Put it back into the form" in page.text


def test_a_late_effect_is_seen_on_opening_the_session(agent, sandbox, settings, idle):
    settings.PAVE_SETTLE_SECONDS = 0
    review = agent.review(session_theme="LITE")
    sandbox.state.fault("reset_before", method="PUT")
    location = agent.send(review)["Location"]
    sandbox.state.poke(idle, "session.theme", "LITE")
    assert Page(agent.client.get(location)).outcome == "late_applied"


def test_what_is_called_sent_is_what_was_sent(agent):
    typed = {"vehicle-vin": "1ftew1ep3nfa73058", "vehicle-odom_reading": "90,123"}
    review = Page(agent.post({**agent.open().inputs(), **typed}, "review"))
    page = Page(agent.client.get(agent.send(review)["Location"]))
    banner = page.soup.select_one("[data-outcome]").get_text(" ", strip=True)
    assert "1FTEW1EP3NFA73058" in banner
    assert "1ftew" not in banner
    intent = AuditEntry.objects.get(kind=Kind.INTENT)
    assert body_of(intent)["vehicle.odom_reading"][1] == "90123"


REFUSALS = [
    ({"kind": "denied", "status": 401}, "not authorised at PAVE"),
    ({"kind": "busy", "retry_after": 20}, "in 20 s"),
    ({"kind": "not_found"}, "no longer knows this session"),
    ({"kind": "refused", "status": 422}, "PAVE refused the change"),
]


@pytest.mark.parametrize(("fault", "words"), REFUSALS)
def test_each_refusal_has_its_own_words(agent, sandbox, fault, words):
    review = agent.review(session_theme="LITE")
    sandbox.state.fault(fault.pop("kind"), method="PUT", **fault)
    page = Page(agent.client.get(agent.send(review)["Location"]))
    assert page.outcome == "refused"
    assert words in page.soup.select_one("[data-outcome]").get_text(" ", strip=True)


def test_no_name_of_the_session_gets_into_the_record_by_way_of_words(agent, sandbox):
    review = agent.review(session_theme="LITE")
    sandbox.state.fault("refused", method="PUT", status=422, message="Daniel Osie has no theme.")
    agent.send(review, note="Mr Osie (416-555-0184) asked for it.")
    for entry in AuditEntry.objects.all():
        told = f"{entry.reason_note} {entry.detail} {entry.body}"
        assert "Osie" not in told
        assert "416-555" not in told


def test_a_field_that_changed_unasked_is_named(agent, sandbox):
    review = agent.review(session_theme="LITE")
    sandbox.state.fault("collateral", method="PUT", field="session.client_id", value="MOVED-1")
    page = Page(agent.client.get(agent.send(review)["Location"]))
    assert page.outcome == "confirmed"
    assert "Also changed in PAVE, though nobody sent it: Client ID" in page.text


def test_the_reason_is_kept_with_the_draft(agent, alice, client):
    review = agent.review(session_theme="LITE")
    client.logout()
    agent.post({**review.inputs("send"), **GIVEN}, "send")
    client.force_login(alice)
    again = Page(agent.post(agent.open("?draft=1").inputs(), "review"))
    assert again.inputs("send").items() >= GIVEN.items()


def test_a_session_that_is_gone_at_review_keeps_the_draft(agent, alice, sandbox, idle):
    page = agent.open()
    sandbox.state.fault("not_found", method="GET")
    assert agent.post({**page.inputs(), "session-theme": "LITE"}, "review").status_code == 404
    assert find_draft(actor_id=alice.id, session_key=idle).typed == {"session.theme": "LITE"}


def test_a_character_that_cannot_be_kept_is_refused_and_not_replaced(agent, sandbox):
    page = Page(agent.post({**agent.open().inputs(), "vehicle-make": "a\0b"}, "review"))
    assert page.status == 422
    assert puts(sandbox) == []


def test_a_used_form_with_other_values_comes_back(agent, sandbox):
    review = agent.review(session_theme="LITE")
    agent.send(review)
    page = Page(agent.send(review, **{"session-theme": "CAPT"}))
    assert page.status == 409
    assert "This form was sent before" in page.text
    assert page.shown("session.theme") == "CAPT"
    assert len(puts(sandbox)) == 1


def test_a_form_that_comes_back_while_pave_is_away_claims_no_fresh_read(agent, sandbox):
    review = agent.review(session_theme="LITE")
    agent.send(review)
    sandbox.state.fault("error_before", method="GET", times=99)
    used = Page(agent.send(review, **{"session-theme": "CAPT"}))
    stale = Page(agent.post({"seen": "", "session-theme": "CAPT"}, "review"))
    assert "This form was sent before" in used.text
    assert "This page was too old" in stale.text
    for page in (used, stale):
        assert "PAVE gave no answer" in page.text
        assert "as PAVE holds it" not in page.text


def test_the_second_agent_reads_that_the_other_edit_is_over(agent, bob, sandbox, monkeypatch, idle):
    review = agent.review(session_theme="LITE")
    theirs = Agent(Client(), bob, idle)
    second = theirs.review(vehicle_trim="Touring")
    sandbox.state.fault("reset_after", method="PUT")
    sandbox.state.fault("error_before", method="GET", status=500, skip=1)
    agent.send(review)
    assert Edit.objects.get().state == "unknown"
    page = Page(theirs.send(second))
    assert page.status == 409
    assert "Another edit came first" in page.text
    assert page.shown("vehicle.trim") == "Touring"


@pytest.fixture
def clicked_twice(alice, bob, idle, sandbox, monkeypatch):
    """Plays both presses of a double click, another edit between them: one finds the slot taken,
    and when it has done ``behind`` for its page, the other one sends. Gives both answers."""

    def played(behind):
        click = Agent(Client(), alice, idle).review(session_theme="LITE")
        theirs = Agent(Client(), bob, idle)
        sandbox.state.fault("reset_after", method="PUT")
        second = theirs.review(vehicle_trim="Touring")
        sandbox.state.fault("error_before", method="GET", status=500, skip=1)
        theirs.send(second)
        done, other = getattr(submit, behind), []

        def overtaken(*args, **given):
            monkeypatch.setattr(submit, behind, done)
            given_back = done(*args, **given)
            other.append(Agent(Client(), alice, idle).send(click))
            return given_back

        monkeypatch.setattr(submit, behind, overtaken)
        page = Agent(Client(), alice, idle).send(click)
        assert len(puts(sandbox)) == 2
        return page, *other

    return played


def test_a_double_click_that_another_edit_came_between_is_told_once(clicked_twice):
    page, other = clicked_twice("review_edit")
    assert other.status_code == 303
    assert page.status_code == 303, Page(page).text
    assert page["Location"] == other["Location"]


def test_a_press_that_is_turned_away_speaks_of_itself_alone(clicked_twice):
    """The other press sends when this one's page is as good as drawn."""
    page, other = clicked_twice("save_submission_draft")
    assert other.status_code == 303
    assert page.status_code == 409
    text = Page(page).text
    assert "This press of Send sent nothing" in text
    assert "Nothing was sent" not in text


def test_a_page_that_was_never_read_says_so_and_claims_nothing(agent, sandbox):
    sandbox.state.fault("error_before", method="GET", status=500, times=99)
    page = agent.open()
    assert "never read here before" in page.text
    assert "Not set" not in page.text
    assert "Nothing was sent" not in page.text
    assert not page.soup.select("[data-review]")


def refuse_writes(*_, **__):
    try:
        raise OperationalError("attempt to write a readonly database")
    except OperationalError:
        raise UpdateError from None


def test_a_page_stands_when_the_log_in_cannot_be_renewed(agent, monkeypatch):
    monkeypatch.setattr(SessionStore, "save", refuse_writes)
    assert agent.open().status == 200


def test_a_log_in_that_was_ended_meanwhile_is_still_refused(agent, monkeypatch):
    def ended(*_, **__):
        raise UpdateError

    monkeypatch.setattr(SessionStore, "save", ended)
    assert agent.open().status == 400


def test_a_page_that_cannot_be_shown_claims_nothing_of_an_edit(agent, monkeypatch):
    monkeypatch.setattr("sessions_ui.views.sessions.detail.open_session", broken_record)
    page = agent.open("?edit=1")
    assert page.status == 503
    assert "cannot be shown now" in page.text
    assert "sent" not in page.text


def test_an_edit_on_an_unreadable_page_claims_nothing_of_pave(agent, sandbox):
    location = agent.send(agent.review(session_theme="LITE"))["Location"]
    sandbox.state.fault("error_before", method="GET", status=500, times=99)
    page = Page(agent.client.get(location))
    assert page.outcome == "confirmed"
    assert "Nothing was sent" not in page.text
    row = page.soup.select_one("[data-outcome] tbody tr")
    assert row.select_one('[data-label="PAVE holds now"]').get_text() == "–"


def test_the_review_says_nobody_else_changed_it_only_when_nothing_moved(agent, sandbox, idle):
    page = agent.open()
    sandbox.state.act(idle, "start")
    typed = {"session-theme": "LITE", "session-language": "FR"}
    review = Page(agent.post({**page.inputs(), **typed}, "review"))
    assert "Nobody else changed" not in review.text


def test_an_edit_whose_process_died_gives_back_the_slot(agent, sandbox):
    review = agent.review(session_theme="LITE")
    agent.send(review)
    Edit.objects.update(state="intent", lease_until=timezone.now() - timedelta(seconds=1))
    AuditEntry.objects.filter(kind=Kind.OUTCOME).delete()
    assert not any(agent.open().fields().values())
