"""One edit in eight stops, over real HTTP to a sandbox: what is sent, kept out, asked, recorded."""

import json
from datetime import timedelta

import pytest
from django.db import OperationalError
from django.test import Client
from django.utils import timezone

from sessions_ui.domain.catalogue import CATALOGUE
from sessions_ui.models import AuditEntry, CachedSession, Draft, Edit, Kind
from sessions_ui.services.edits.settle import expire_leases
from sessions_ui.services.sessions.pave_reads import read_snapshot
from tests.pages import Agent, Page

pytestmark = pytest.mark.django_db(transaction=True)

HELD = {
    "session": {
        "theme": "PRO",
        "language": "EN",
        "redirect_url": "https://lakeshorehonda.ca/thanks",
        "client_id": "L-20871",
    },
    "vehicle": {
        "vin": "2HGFC2F7XMH018462",
        "year": "2021",
        "make": "Honda",
        "model": "Civic",
        "body_type": "Hatchback",
        "trim": "EX",
        "transmission": "CVT",
        "ext_col": "White",
        "int_col": "Black",
        "odom_reading": 84210,
        "odom_unit": "KILOMETRES",
    },
    "sms": {
        "to": "416-555-0184",
        "to_name": "Daniel Osie",
        "from": "416-555-0100",
        "by": "Lakeshore Honda",
    },
}


@pytest.fixture
def idle(sandbox):
    """A session in which every field is open: not started, its text failed."""
    return sandbox.state.create(status="IDLE", delivery="failed", **HELD)


@pytest.fixture
def agent(client, alice, idle):
    """Alice with the idle session."""
    return Agent(client, alice, idle)


def puts(sandbox):
    """The payloads that PAVE received, in order."""
    asked = [row for row in sandbox.state.journal() if row["kind"] == "request"]
    return [row["payload"] for row in asked if row["method"] == "PUT"]


def kinds():
    """The audit's entries by kind, without mere looks, oldest first."""
    return list(
        AuditEntry.objects.exclude(kind=Kind.ACCESS).order_by("id").values_list("kind", "outcome")
    )


def test_it_draws_each_of_the_nineteen_fields_once(agent):
    page = agent.open()
    wrappers = [one["data-field"] for one in page.soup.select("[data-field]")]
    assert sorted(wrappers) == sorted(spec.key for spec in CATALOGUE.writable)
    assert not any(page.fields().values())
    for spec in CATALOGUE.writable:
        assert page.control(spec.key)["name"] == spec.input_name


def test_it_greys_what_the_status_locks_and_says_why(agent, sandbox, idle):
    sandbox.state.act(idle, "start")
    page = agent.open()
    locks = page.fields()
    assert locks["session.theme"] == "STARTED"
    assert locks["sms.to"] == "STARTED"
    assert locks["session.redirect_url"] is None
    theme = page.control("session.theme")
    assert theme.has_attr("readonly")
    assert not theme.has_attr("name")
    why = page.soup.select_one(f"#{theme['aria-describedby']}").get_text(" ", strip=True)
    assert "only before the customer starts" in why
    assert "To unlock" in why
    assert "Locked" in page.soup.select_one("#session").get_text()


def test_it_sends_only_the_changed_keys_once_and_records_it(agent, sandbox):
    page = agent.edit(session_theme="LITE", vehicle_trim="Touring")
    assert page.outcome == "confirmed"
    assert puts(sandbox) == [{"session": {"theme": "LITE"}, "vehicle": {"trim": "Touring"}}]
    assert kinds() == [(Kind.INTENT, ""), (Kind.SENT, ""), (Kind.OUTCOME, "confirmed")]
    assert Edit.objects.get().state == "confirmed"
    assert page.shown("session.theme") == "LITE"
    assert '"gap_ms":' in AuditEntry.objects.get(kind=Kind.OUTCOME).detail
    intent = AuditEntry.objects.get(kind=Kind.INTENT)
    assert (intent.actor_label, intent.reason_code, intent.ticket) == (
        "alice",
        "customer_request",
        "ZD-1",
    )


def test_it_shows_on_review_the_json_that_pave_gets(agent, sandbox):
    page = agent.open()
    inputs = {**page.inputs(), "vehicle-vin": "1ftew1ep3nfa73058", "vehicle-odom_reading": "90,210"}
    review = Page(agent.post(inputs, "review"))
    assert json.loads(review.payload) == {
        "vehicle": {"vin": "1FTEW1EP3NFA73058", "odom_reading": 90210}
    }
    assert not review.fields()
    assert puts(sandbox) == []
    agent.send(review)
    assert puts(sandbox) == [json.loads(review.payload)]


SAMPLES = [
    {
        "session": {
            "theme": "LITE",
            "redirect_url": "https://www.paveapi.com/thanks",
            "language": "FR",
            "client_id": "SOUTH234889",
        }
    },
    {
        "vehicle": {
            "vin": "1FTEW1EP3NFA73058",
            "year": "2011",
            "make": "FORD",
            "model": "E-350",
            "body_type": "Sedan",
            "trim": "XL Super Duty",
            "transmission": "Manual",
            "ext_col": "Silver",
            "int_col": "Grey",
            "odom_reading": 330477,
            "odom_unit": "MILES",
        }
    },
    {
        "sms": {
            "to": "647-455-0126",
            "to_name": "John Smith",
            "from": "647-455-0111",
            "by": "South Dealer",
        }
    },
    {"sms": {"to": "647-455-0199"}},
]


@pytest.mark.parametrize("sample", SAMPLES, ids=["session", "vehicle", "sms", "sms.to"])
def test_it_brings_each_sample_of_the_manual_to_pave_to_the_letter(agent, sandbox, sample):
    typed = {
        f"{section}-{name}": str(value)
        for section, fields in sample.items()
        for name, value in fields.items()
    }
    review = Page(agent.post({**agent.open().inputs(), **typed}, "review"))
    assert json.loads(review.payload) == sample
    response = agent.send(review)
    assert Page(agent.client.get(response["Location"])).outcome == "confirmed"
    assert puts(sandbox) == [sample]


def test_it_finds_no_change_when_the_page_is_posted_back(agent, sandbox):
    page = agent.review()
    assert page.status == 200
    assert "Nothing to change" in page.text
    assert puts(sandbox) == []
    assert kinds() == []


def test_it_never_takes_an_absent_key_for_a_change(agent, sandbox):
    page = agent.open()
    only = {"seen": page.inputs()["seen"], "session-theme": "LITE"}
    assert json.loads(Page(agent.post(only, "review")).payload) == {"session": {"theme": "LITE"}}


def test_it_refuses_a_forged_locked_field_and_keeps_the_rest(agent, sandbox, idle):
    sandbox.state.act(idle, "start")
    page = agent.open()
    forged = {"session-theme": "LITE", "session-redirect_url": "https://dealer.ca/thanks"}
    review = Page(agent.post({**page.inputs(), **forged}, "review"))
    assert json.loads(review.payload) == {"session": {"redirect_url": "https://dealer.ca/thanks"}}
    assert "LITE" in review.text
    refusal = AuditEntry.objects.get(kind=Kind.REFUSAL)
    assert (refusal.outcome, refusal.error_code) == ("refused_by_policy", "STARTED")
    agent.send(review)
    assert puts(sandbox) == [{"session": {"redirect_url": "https://dealer.ca/thanks"}}]


def test_it_refuses_when_only_locked_fields_or_unknown_names_are_left(agent, sandbox, idle):
    sandbox.state.act(idle, "start")
    page = agent.open()
    assert agent.post({**page.inputs(), "session-theme": "LITE"}, "review").status_code == 409
    assert agent.post({**page.inputs(), "session-status": "IDLE"}, "review").status_code == 409
    assert agent.post({**page.inputs(), "vehicle[vin]": "x"}, "review").status_code == 200
    assert AuditEntry.objects.filter(kind=Kind.REFUSAL).count() == 2
    assert puts(sandbox) == []


def test_it_ignores_a_locked_field_posted_with_the_value_seen(agent, sandbox, idle):
    sandbox.state.act(idle, "start")
    page = agent.open()
    held = page.shown("session.theme").split(" · ")[-1]
    inputs = {**page.inputs(), "session-theme": held, "session-language": "FR"}
    assert json.loads(Page(agent.post(inputs, "review")).payload) == {"session": {"language": "FR"}}
    assert not AuditEntry.objects.filter(kind=Kind.REFUSAL).exists()


def test_it_keeps_the_rest_when_the_customer_starts_before_review(agent, sandbox, idle):
    page = agent.open()
    sandbox.state.act(idle, "start")
    typed = {"session-theme": "LITE", "session-language": "FR"}
    review = Page(agent.post({**page.inputs(), **typed}, "review"))
    assert json.loads(review.payload) == {"session": {"language": "FR"}}
    assert "Kept out, because locked" in review.text


def test_it_refuses_the_whole_edit_when_a_field_locks_before_sending(agent, sandbox, idle):
    review = agent.review(session_theme="LITE", session_language="FR")
    sandbox.state.act(idle, "start")
    response = agent.send(review)
    page = Page(response)
    assert page.status == 409
    assert puts(sandbox) == []
    assert page.fields()["session.theme"] == "STARTED"
    assert "LITE" in page.field_text("session.theme")
    assert page.shown("session.language") == "FR"
    assert kinds() == [(Kind.INTENT, ""), (Kind.OUTCOME, "refused_by_policy")]
    again = Page(agent.post(page.inputs(), "review"))
    assert agent.send(again).status_code == 303
    assert puts(sandbox) == [{"session": {"language": "FR"}}]


def test_it_leaves_alone_what_somebody_else_changed_in_another_field(agent, sandbox, idle):
    page = agent.open()
    sandbox.state.poke(idle, "vehicle.trim", "Sport")
    review = Page(agent.post({**page.inputs(), "session-theme": "LITE"}, "review"))
    assert "Changed elsewhere" in review.text
    assert "Sport" in review.text
    assert agent.send(review).status_code == 303
    assert puts(sandbox) == [{"session": {"theme": "LITE"}}]
    assert agent.open().shown("vehicle.trim") == "Sport"


def test_it_asks_when_somebody_else_changed_the_same_field(agent, sandbox, idle):
    page = agent.open()
    sandbox.state.poke(idle, "vehicle.trim", "Sport")
    conflict = Page(agent.post({**page.inputs(), "vehicle-trim": "Touring"}, "review"))
    assert conflict.status == 409
    assert conflict.shown("vehicle.trim") == "Touring"
    assert "Sport" in conflict.field_text("vehicle.trim")
    assert puts(sandbox) == []
    mine = Page(agent.post(conflict.inputs(), "review"))
    assert json.loads(mine.payload) == {"vehicle": {"trim": "Touring"}}
    theirs = Page(agent.post({**conflict.inputs(), "vehicle-trim": "Sport"}, "review"))
    assert "Nothing to change" in theirs.text


def test_it_shows_three_values_and_takes_either_choice(agent, sandbox, idle):
    page = agent.open()
    sandbox.state.poke(idle, "vehicle.trim", "Sport")
    sandbox.state.poke(idle, "vehicle.model", "Accord")
    typed = {"vehicle-trim": "Touring", "session-theme": "LITE"}
    conflict = Page(agent.post({**page.inputs(), **typed}, "review"))
    rows = [row.get_text(" ", strip=True) for row in conflict.soup.select("main tbody tr")]
    assert rows[0] == "Trim EX Sport Touring Trim: choose one Send yours Keep PAVE's"
    assert "Will be sent" in rows[1]
    assert "Left as PAVE has it" in rows[2]
    theirs = {**conflict.inputs(), "choose-vehicle-trim": "theirs"}
    assert json.loads(Page(agent.post(theirs, "review")).payload) == {"session": {"theme": "LITE"}}
    mine = {**conflict.inputs(), "choose-vehicle-trim": "mine"}
    assert json.loads(Page(agent.post(mine, "review")).payload)["vehicle"] == {"trim": "Touring"}


def broken_record(*_, **__):
    raise OperationalError("database or disk is full")


@pytest.mark.parametrize("step", ["submit.record_intent", "transitions.record_sent"])
def test_it_sends_nothing_that_it_cannot_record(agent, sandbox, monkeypatch, step):
    review = agent.review(session_theme="LITE")
    monkeypatch.setattr(f"sessions_ui.services.edits.{step}", broken_record)
    response = agent.send(review)
    page = Page(response)
    assert page.status == 503
    assert "so none is sent" in page.text
    assert "LITE" in page.text
    assert puts(sandbox) == []
    monkeypatch.undo()
    retry = {tag["name"]: tag["value"] for tag in page.soup.select("main input")}
    assert retry.pop("action") == "review"
    Edit.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    again = Page(agent.post(retry, "review"))
    assert json.loads(again.payload) == {"session": {"theme": "LITE"}}


def test_it_keeps_an_edit_whose_outcome_it_cannot_record(agent, sandbox, monkeypatch):
    review = agent.review(session_theme="LITE")
    monkeypatch.setattr("sessions_ui.services.edits.transitions.record_outcome", broken_record)
    response = agent.send(review)
    assert response.status_code == 303
    page = Page(agent.client.get(response["Location"]))
    assert page.outcome == "pending"
    assert "not written down yet" in page.text
    monkeypatch.undo()
    Edit.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    page = Page(agent.client.get(response["Location"]))
    assert page.outcome == "in_effect"
    assert len(puts(sandbox)) == 1


def test_it_withdraws_a_conflict_found_at_send(agent, sandbox, idle):
    review = agent.review(vehicle_trim="Touring")
    sandbox.state.poke(idle, "vehicle.trim", "Sport")
    page = Page(agent.send(review))
    assert page.status == 409
    assert page.shown("vehicle.trim") == "Touring"
    assert kinds() == [(Kind.INTENT, ""), (Kind.OUTCOME, "withdrawn")]
    assert puts(sandbox) == []


def test_it_withdraws_when_pave_already_holds_it_at_send(agent, sandbox, idle):
    review = agent.review(vehicle_trim="Touring")
    sandbox.state.poke(idle, "vehicle.trim", "Touring")
    page = Page(agent.send(review))
    assert page.status == 200
    assert "Nothing to change" in page.text
    assert puts(sandbox) == []


def test_it_sends_nothing_without_a_valid_seen(agent, client, alice, bob, sandbox, idle):
    page = agent.open()
    typed = {**page.inputs(), "session-theme": "LITE"}
    for seen in ("", "forged", typed["seen"][:-2] + "xx"):
        back = Page(agent.post({**typed, "seen": seen}, "review"))
        assert back.status == 409
        assert back.shown("session.theme") == "LITE"
    client.force_login(bob)
    assert agent.post(typed, "review").status_code == 409
    other = sandbox.state.create(status="IDLE", delivery="failed")
    client.force_login(alice)
    assert client.post(f"/sessions/{other}/", {**typed, "action": "review"}).status_code == 409
    assert puts(sandbox) == []


def test_it_reviews_a_send_that_was_not_reviewed(agent, sandbox):
    page = agent.open()
    straight = Page(agent.post({**page.inputs(), "session-theme": "LITE"}, "send"))
    assert json.loads(straight.payload) == {"session": {"theme": "LITE"}}
    given = {"reason_code": "customer_request", "session-theme": "CAPT"}
    swapped = Page(agent.post({**straight.inputs("send"), **given}, "send"))
    assert json.loads(swapped.payload) == {"session": {"theme": "CAPT"}}
    assert puts(sandbox) == []


def test_it_gives_one_edit_for_one_nonce(agent, sandbox):
    review = agent.review(session_theme="LITE")
    first, second = agent.send(review), agent.send(review, reason="other", note="x" * 20)
    assert first["Location"] == second["Location"]
    assert len(puts(sandbox)) == 1
    assert AuditEntry.objects.get(kind=Kind.INTENT).reason_code == "customer_request"
    form = agent.open()
    one = Page(agent.post({**form.inputs(), "session-theme": "PRO"}, "review"))
    other = Page(agent.post({**form.inputs(), "session-theme": "CAPT"}, "review"))
    assert agent.send(one).status_code == 303
    late = Page(agent.send(other))
    assert late.status == 409
    assert late.shown("session.theme") == "CAPT"
    assert len(puts(sandbox)) == 2


def test_it_asks_for_a_reason_and_for_a_note(agent, sandbox):
    review = agent.review(session_theme="LITE")
    page = Page(agent.send(review, reason="", note=""))
    assert page.status == 422
    assert page.payload
    assert "Choose the reason" in page.text
    assert Page(agent.send(review, reason="other", note="short")).status == 422
    sms = agent.review(sms_by="Another Dealer")
    assert Page(agent.send(sms, note="")).status == 422
    assert puts(sandbox) == []
    assert kinds() == []
    assert agent.send(page).status_code == 303


def test_it_carries_the_reason_back_to_the_form_and_forth(agent):
    review = agent.review(session_theme="LITE")
    given = {"reason_code": "wrong_number", "reason_note": "A long enough note", "ticket": "ZD-7"}
    form = Page(agent.post({**review.inputs("send"), **given}, "edit"))
    assert form.shown("session.theme") == "LITE"
    assert "Was" in form.field_text("session.theme")
    again = Page(agent.post(form.inputs(), "review"))
    assert again.inputs("send").items() >= given.items()


ERRORS = [
    ("vehicle-vin", "2HGFC2F7XMHO18462", "Did you mean"),
    ("vehicle-vin", "SHORT", "17 characters"),
    ("vehicle-year", "21", "four digits"),
    ("vehicle-odom_reading", "many", "digits"),
    ("sms-to", "416-555-01", "digits"),
    ("sms-to", "call me", "digits, spaces, dashes"),
    ("session-redirect_url", "http://dealer.ca/", "https"),
    ("session-theme", "NEON", "not on the list"),
    ("vehicle-make", "", "no way to empty"),
    ("vehicle-trim", "x" * 256, "255"),
]


@pytest.mark.parametrize(("name", "text", "words"), ERRORS)
def test_it_says_what_is_wrong_and_keeps_what_was_typed(agent, sandbox, name, text, words):
    page = agent.open()
    key = name.replace("-", ".", 1)
    back = Page(agent.post({**page.inputs(), name: text, "session-client_id": "K-9"}, "review"))
    assert back.status == 422
    assert words in back.field_text(key)
    assert back.shown("session.client_id") == "K-9"
    assert back.control(key)["aria-invalid"] == "true"
    assert back.soup.title.get_text().startswith("Error:")
    assert back.soup.select_one('[role="alert"] a')["href"] == f"#id_{name}"
    if back.control(key).name == "input":
        assert back.shown(key) == text
    assert puts(sandbox) == []


def test_it_judges_only_what_was_changed(agent, sandbox, idle):
    sandbox.state.poke(idle, "session.redirect_url", "http://10.0.0.1/old")
    sandbox.state.poke(idle, "vehicle.vin", "UNKNOWN")
    sandbox.state.poke(idle, "session.language", "de")
    review = agent.review(session_theme="LITE")
    assert json.loads(review.payload) == {"session": {"theme": "LITE"}}


def test_it_sends_nothing_once_the_edit_was_let_go(agent, sandbox, idle, monkeypatch):
    review = agent.review(session_theme="LITE")

    def slow_read(session_key):
        Edit.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
        expire_leases()
        return read_snapshot(session_key)

    monkeypatch.setattr("sessions_ui.services.edits.submit.read_snapshot", slow_read)
    page = Page(agent.client.get(agent.send(review)["Location"]))
    assert page.outcome == "not_sent"
    assert puts(sandbox) == []
    assert kinds() == [(Kind.INTENT, ""), (Kind.OUTCOME, "not_sent")]


def test_it_warns_and_does_not_block(agent, sandbox):
    page = agent.open()
    odd = {
        "vehicle-vin": "1M8GDM9A1KP042788",
        "vehicle-transmission": "Warp drive",
        "vehicle-odom_reading": "1",
        "sms-to": "647-455-0199",
    }
    review = Page(agent.post({**page.inputs(), **odd}, "review"))
    for words in ("check digit", "not a usual value", "goes down", "cannot be taken back"):
        assert words in review.text
    assert agent.send(review).status_code == 303


def test_it_reports_a_refusal_in_paves_words_and_keeps_the_draft(agent, sandbox, idle):
    review = agent.review(session_theme="LITE")
    sandbox.state.fault("refused", method="PUT", status=422, message="The theme is <odd>.")
    page = Page(agent.client.get(agent.send(review)["Location"]))
    assert page.outcome == "refused"
    assert "The theme is <odd>." in page.text
    assert "LITE" not in Draft.objects.get().sealed
    restored = agent.open("?draft=1")
    assert restored.shown("session.theme") == "LITE"
    assert json.loads(Page(agent.post(restored.inputs(), "review")).payload)


def test_it_calls_a_lost_answer_unknown_and_settles_it_by_reading(agent, sandbox, settings, idle):
    review = agent.review(session_theme="LITE")
    sandbox.state.fault("reset_after", method="PUT")
    sandbox.state.fault("error_before", method="GET", skip=1, times=9)
    response = agent.send(review)
    assert Edit.objects.get().state == "unknown"
    sandbox.state.clear_faults()
    page = Page(agent.client.get(response["Location"]))
    assert page.outcome == "in_effect"
    assert kinds()[-1] == (Kind.RESOLUTION, "in_effect")
    assert len(puts(sandbox)) == 1


def test_it_waits_for_the_settle_time_before_it_says_not_in_effect(agent, sandbox, settings, idle):
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


def test_it_never_believes_an_answer_that_shows_another_value(agent, sandbox, idle):
    review = agent.review(session_theme="LITE", session_language="FR")
    sandbox.state.fault("ignored", method="PUT", field="session.theme")
    page = Page(agent.client.get(agent.send(review)["Location"]))
    assert page.outcome == "partial"
    banner = page.soup.select_one("[data-outcome]").get_text(" ", strip=True)
    assert "Ignored by PAVE" in banner
    assert "Applied" in banner


def test_it_locks_everything_and_loses_nothing_while_pave_is_down(agent, sandbox, idle):
    page = agent.open()
    sandbox.state.fault("error_before", method="GET", times=99)
    down = agent.open()
    assert down.status == 200
    assert set(down.fields().values()) == {"PAVE_UNREACHABLE"}
    assert len(down.fields()) == 19
    back = Page(agent.post({**page.inputs(), "session-theme": "LITE"}, "review"))
    assert back.status == 200
    assert "LITE" in back.field_text("session.theme")
    sandbox.state.clear_faults()
    assert "You had typed something here" in agent.open().text
    assert agent.open("?draft=1").shown("session.theme") == "LITE"


def test_it_shows_paves_last_word_and_its_age_while_pave_is_down(agent, sandbox, idle):
    held = agent.open().shown("vehicle.vin")
    sandbox.state.fault("error_before", method="GET", times=99)
    down = agent.open()
    assert down.shown("vehicle.vin") == held
    assert "it may have changed" in down.text
    assert held not in CachedSession.objects.get(session_key=idle).sealed


def test_it_draws_empty_fields_where_pave_was_never_read(agent, sandbox):
    sandbox.state.fault("error_before", method="GET", times=99)
    down = agent.open()
    assert set(down.fields().values()) == {"PAVE_UNREACHABLE"}
    assert down.shown("vehicle.vin") == ""


def test_it_withdraws_when_pave_cannot_be_read_at_send(agent, sandbox, idle):
    review = agent.review(session_theme="LITE")
    sandbox.state.fault("error_before", method="GET", times=99)
    page = Page(agent.send(review))
    assert page.status == 200
    assert "could not be read" in page.text
    assert kinds() == [(Kind.INTENT, ""), (Kind.OUTCOME, "withdrawn")]
    assert puts(sandbox) == []


def test_it_says_so_when_pave_refuses_our_credentials(agent, sandbox, idle):
    sandbox.state.fault("denied", method="GET", times=99)
    page = agent.open()
    assert page.status == 200
    assert "not authorised at PAVE" in page.text


@pytest.mark.parametrize("key", ["XXX-NOSUCHKEY1", "lower-case", "AB", "A" * 41, "A B"])
def test_it_has_a_page_for_a_key_that_pave_does_not_know(client, alice, sandbox, key):
    client.force_login(alice)
    page = Page(client.get(f"/sessions/{key}/"))
    assert page.status == 404
    assert "Find a session" in page.text


def test_it_has_the_house_page_for_a_key_with_a_slash(client, alice):
    client.force_login(alice)
    page = Page(client.get("/sessions/XXX%2FABC/"))
    assert page.status == 404
    assert "never a slash" in page.text


def test_it_withdraws_when_pave_no_longer_knows_the_session(agent, sandbox, idle):
    review = agent.review(session_theme="LITE")
    sandbox.state.fault("not_found", method="GET", times=1)
    page = Page(agent.send(review))
    assert page.status == 404
    assert "Nothing was sent" in page.text
    assert kinds()[-1] == (Kind.OUTCOME, "withdrawn")


def test_it_makes_a_second_agent_wait(agent, bob, sandbox, django_user_model, idle):
    review = agent.review(session_theme="LITE")
    second = Agent(Client(), bob, idle)
    theirs = second.review(session_theme="CAPT")
    sandbox.state.fault("reset_before", method="PUT")
    agent.send(review)
    page = Page(second.send(theirs))
    assert page.status == 409
    assert "still open" in page.text
    assert "alice" in page.text
    assert len(puts(sandbox)) == 1
    refusal = AuditEntry.objects.get(kind=Kind.REFUSAL)
    assert (refusal.actor_label, refusal.error_code) == ("bob", "EDIT_PENDING")


def test_it_keeps_what_was_typed_when_the_log_in_has_ended(
    agent, client, alice, bob, sandbox, idle
):
    page = agent.open()
    client.logout()
    typed = {**page.inputs(), "session-theme": "LITE"}
    response = agent.post(typed, "review")
    assert response.status_code == 302
    assert "/accounts/login/?next=" in response["Location"]
    client.force_login(bob)
    assert "You had typed" not in agent.open().text
    client.force_login(alice)
    assert "You had typed" in agent.open().text
    assert agent.open("?draft=1").shown("session.theme") == "LITE"
    assert agent.post({}, "discard").status_code == 302
    assert "You had typed" not in agent.open().text
    assert Draft.objects.count() == 0


def test_it_keeps_what_a_closing_tab_sends(agent, sandbox):
    page = agent.open()
    typed = {**page.inputs(), "session-theme": "LITE"}
    assert agent.post(typed, "keep").status_code == 204
    assert agent.post({**typed, "seen": "forged"}, "keep").status_code == 204
    assert agent.open("?draft=1").shown("session.theme") == "LITE"
    assert puts(sandbox) == []
    agent.send(Page(agent.post(agent.open("?draft=1").inputs(), "review")))
    assert not Draft.objects.exists()


def test_it_keeps_nothing_for_a_stranger_without_a_valid_seen(client, sandbox, idle):
    response = client.post(f"/sessions/{idle}/", {"session-theme": "LITE", "seen": "x"})
    assert response.status_code == 302
    assert not Draft.objects.exists()


def test_it_lets_a_manager_look_and_not_touch(client, carol, sandbox, idle):
    manager = Agent(client, carol, idle)
    page = manager.open()
    assert set(page.fields().values()) == {"NO_PERMISSION"}
    response = manager.post({**page.inputs(), "session-theme": "LITE"}, "review")
    assert response.status_code == 403
    refusal = AuditEntry.objects.get(kind=Kind.REFUSAL)
    assert refusal.error_code == "NO_PERMISSION"
    client.post(f"/sessions/{idle}/", {"session-theme": "LITE", "vehicle-make": "Kia"})
    assert (
        "tried to change the theme and make" in Page(client.get("/audit/?field=vehicle.make")).text
    )
    assert puts(sandbox) == []


def test_it_records_once_an_hour_that_personal_values_were_shown(agent):
    agent.open()
    agent.open()
    assert AuditEntry.objects.filter(action="personal.seen").count() == 1
