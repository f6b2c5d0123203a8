"""Taking an edit back: the way of any edit, from old values to PAVE, linked to its origin."""

import ast
import json

import pytest
from bs4 import BeautifulSoup

from paveadmin import ROOT
from sessions_ui.audit.entries.reverts import inverse_of
from sessions_ui.models import AuditEntry, AuditValue, Draft, Edit, Kind
from tests.audit.authors import ended, intent, resolved, sent
from tests.pages import Agent, Page

pytestmark = pytest.mark.django_db(transaction=True)

HELD = {
    "session": {"theme": "PRO", "language": "EN"},
    "vehicle": {"trim": "EX", "odom_reading": 84210, "make": "Honda"},
    "sms": {"to": "416-555-0184", "to_name": "Daniel Osei", "by": "Lakeshore Honda"},
}


@pytest.fixture
def key(sandbox):
    """A session in which every field is open."""
    return sandbox.state.create(status="IDLE", delivery="failed", **HELD)


@pytest.fixture
def agent(client, alice, key):
    """Alice with the session."""
    return Agent(client, alice, key)


def puts(sandbox):
    """The payloads that PAVE received, in order."""
    asked = [row for row in sandbox.state.journal() if row["kind"] == "request"]
    return [row["payload"] for row in asked if row["method"] == "PUT"]


def edited(agent, **typed):
    """An edit that PAVE took; gives its number."""
    page = agent.edit(**typed)
    assert page.outcome == "confirmed"
    return int(page.soup.select_one("[data-entry-id]")["data-entry-id"])


def revert(agent, edit_id, *fields):
    """Press revert in the history: the page that comes back."""
    return Page(agent.client.post(f"/audit/{edit_id}/revert/", {"field": list(fields)}))


def intents():
    """The details of all intents, oldest first."""
    found = AuditEntry.objects.filter(kind=Kind.INTENT).order_by("id")
    return [json.loads(one.detail) for one in found]


def history(agent):
    key = agent.url.split("/")[2]
    return BeautifulSoup(agent.client.get(f"/sessions/{key}/history/").text, "html.parser")


# --- the round trip -------------------------------------------------------------------------------


def test_a_revert_brings_back_what_was_and_is_linked(agent, carol, sandbox, key):
    first = edited(agent, session_theme="LITE", vehicle_odom_reading="90,000")
    review = revert(agent, first)
    assert review.status == 200
    assert json.loads(review.payload) == {
        "session": {"theme": "PRO"},
        "vehicle": {"odom_reading": 84210},
    }
    given = review.inputs("send")
    assert (given["reason_code"], given["reason_note"]) == ("other", f"Revert of #{first}")
    assert f"takes back edit #{first}" in review.text
    response = agent.post(given, "send")
    page = Page(agent.client.get(response["Location"]))
    assert page.outcome == "confirmed"
    assert puts(sandbox)[-1] == json.loads(review.payload)
    assert sandbox.state.document(key)["theme"] == "PRO"
    second = Edit.objects.latest("entry_id").entry_id
    assert intents() == [{}, {"reverts": first}]
    assert AuditEntry.objects.get(id=second).reason_note == f"Revert of #{first}"
    soup = history(agent)
    assert f"Reverts #{first:,}" in soup.select_one(f"#entry-{second}").get_text(" ", strip=True)
    assert f"Reverted by #{second:,}" in soup.select_one(f"#entry-{first}").get_text(
        " ", strip=True
    )
    agent.client.force_login(carol)
    for one, words in ((first, f"Reverted by #{second:,}"), (second, f"Reverts #{first:,}")):
        text = Page(agent.client.get(f"/audit/{one}/")).text
        assert words in text
        assert "Support agents can take this edit back" in text


def test_a_revert_of_a_revert_brings_back_the_edit(agent, sandbox, key):
    first = edited(agent, session_theme="LITE", session_language="FR")
    agent.post(revert(agent, first).inputs("send"), "send")
    second = Edit.objects.latest("entry_id").entry_id
    agent.post(revert(agent, second).inputs("send"), "send")
    assert puts(sandbox) == [
        {"session": {"theme": "LITE", "language": "FR"}},
        {"session": {"theme": "PRO", "language": "EN"}},
        {"session": {"theme": "LITE", "language": "FR"}},
    ]
    assert intents() == [{}, {"reverts": first}, {"reverts": second}]


def test_one_field_can_be_taken_back_alone(agent, sandbox):
    first = edited(agent, session_theme="LITE", vehicle_trim="Sport")
    row = history(agent).select_one(f"#entry-{first}")
    assert [one.get("value") for one in row.select("form button")] == [
        None,
        "session.theme",
        "vehicle.trim",
    ]
    assert row.form.button.get_text(strip=True) == "Both fields"
    assert row.form["action"] == f"/audit/{first}/revert/"
    assert json.loads(revert(agent, first, "vehicle.trim").payload) == {"vehicle": {"trim": "EX"}}
    assert json.loads(revert(agent, first, "no.field").payload or "{}") == {}


def test_more_than_two_fields_are_counted(agent):
    first = edited(agent, session_theme="LITE", vehicle_trim="Sport", session_language="FR")
    button = history(agent).select_one(f"#entry-{first} form button")
    assert button.get_text(strip=True) == "All 3 fields"


def test_personal_values_come_back_and_that_they_were_shown_is_recorded(agent, sandbox):
    first = edited(agent, sms_to="647-455-0199", sms_to_name="Grace Lindqvist")
    sandbox.state.act(agent.url.split("/")[2], "fail-text")
    review = revert(agent, first)
    sms = json.loads(review.payload)["sms"]
    assert sms == {"to": "416-555-0184", "to_name": "Daniel Osei"}
    shown = AuditEntry.objects.filter(action="personal.seen").latest("id")
    assert json.loads(shown.detail) == {"fields": ["sms.to", "sms.to_name"], "reverts": first}
    assert "416-555" not in str(list(AuditEntry.objects.values_list("body", "detail")))


# --- today's rules --------------------------------------------------------------------------------


def test_a_field_that_is_locked_today_is_refused_with_its_reason(agent, sandbox, key):
    first = edited(agent, session_theme="LITE", session_language="FR")
    sandbox.state.act(key, "start")
    review = revert(agent, first)
    assert json.loads(review.payload) == {"session": {"language": "EN"}}
    assert "only before the customer starts" in review.text
    refusal = AuditEntry.objects.get(kind=Kind.REFUSAL)
    assert json.loads(refusal.detail)["locks"] == {"session.theme": "STARTED"}
    assert (refusal.error_code, refusal.outcome) == ("STARTED", "refused_by_policy")


def test_what_pave_holds_already_is_no_refusal(agent, sandbox, key):
    first = edited(agent, session_theme="LITE", vehicle_trim="Sport")
    edited(agent, session_theme="PRO")
    sandbox.state.act(key, "start")
    revert(agent, first, "session.theme")
    assert not AuditEntry.objects.filter(kind=Kind.REFUSAL).exists()
    revert(agent, first)
    refusal = AuditEntry.objects.get(kind=Kind.REFUSAL)
    assert json.loads(refusal.detail)["locks"] == {"vehicle.trim": "STARTED"}


def test_nothing_is_sent_when_all_is_locked(agent, sandbox, key):
    first = edited(agent, session_theme="LITE")
    sandbox.state.act(key, "start")
    page = revert(agent, first)
    assert page.status == 409
    assert page.fields()["session.theme"] == "STARTED"
    assert f"takes back edit #{first}" in page.text
    assert len(puts(sandbox)) == 1


def test_a_lock_that_comes_before_sending_refuses_it(agent, sandbox, key):
    first = edited(agent, session_theme="LITE")
    review = revert(agent, first)
    sandbox.state.act(key, "start")
    page = Page(agent.post(review.inputs("send"), "send"))
    assert page.status == 409
    assert intents()[-1] == {"reverts": first}
    assert len(puts(sandbox)) == 1


def test_a_change_by_somebody_else_since_is_a_conflict(agent, sandbox, key):
    first = edited(agent, vehicle_trim="Sport", session_theme="LITE")
    sandbox.state.poke(key, "vehicle.trim", "Touring")
    page = revert(agent, first)
    assert page.status == 409
    assert "Touring" in page.text
    mine = Page(agent.post(page.inputs(), "review"))
    assert json.loads(mine.payload) == {"session": {"theme": "PRO"}, "vehicle": {"trim": "EX"}}
    inputs = {**page.inputs(), "choose-vehicle-trim": "theirs"}
    theirs = Page(agent.post(inputs, "review"))
    assert json.loads(theirs.payload) == {"session": {"theme": "PRO"}}
    agent.post(theirs.inputs("send"), "send")
    assert intents()[-1] == {"reverts": first}


def test_what_pave_holds_already_needs_no_revert(agent, sandbox, key):
    first = edited(agent, session_theme="LITE")
    sandbox.state.poke(key, "session.theme", "PRO")
    page = revert(agent, first)
    assert (page.status, page.payload) == (200, None)
    assert "Nothing to change" in page.text


def test_an_old_value_that_is_wrong_today_is_said_so(agent, sandbox, key):
    sandbox.state.poke(key, "session.redirect_url", "http://10.0.0.1/old")
    first = edited(agent, session_redirect_url="https://dealer.ca/thanks")
    page = revert(agent, first)
    assert page.status == 422
    assert page.shown("session.redirect_url") == "http://10.0.0.1/old"


def test_an_erased_value_and_an_empty_field_are_left_and_said_so(agent, sandbox, key):
    sandbox.state.poke(key, "session.client_id", None)
    first = edited(agent, sms_to_name="Grace", session_client_id="K-9", session_theme="LITE")
    AuditValue.objects.all().delete()
    review = revert(agent, first)
    assert json.loads(review.payload) == {"session": {"theme": "PRO"}}
    assert "was erased" in review.text
    assert "no way to empty a field" in review.text
    only = revert(agent, first, "sms.to_name")
    assert only.payload is None
    assert "was erased" in only.text


def test_an_unreadable_pave_keeps_the_revert_as_a_draft(agent, sandbox, key):
    first = edited(agent, session_theme="LITE")
    sandbox.state.fault("error_before", method="GET", times=99)
    page = revert(agent, first)
    assert page.status == 200
    assert "could not be read" in page.text
    sandbox.state.clear_faults()
    review = Page(agent.post(agent.open("?draft=1").inputs(), "review"))
    agent.post(review.inputs("send"), "send")
    assert intents()[-1] == {"reverts": first}


# --- the link -------------------------------------------------------------------------------------


def test_the_link_survives_the_way_back_and_a_draft(agent, sandbox):
    first = edited(agent, session_theme="LITE")
    review = revert(agent, first)
    form = Page(agent.post({**review.inputs("send"), "reason_note": "My own words"}, "edit"))
    assert f"takes back edit #{first}" in form.text
    assert form.shown("session.theme") == "PRO"
    agent.post(form.inputs(), "keep")
    again = Page(agent.post(agent.open("?draft=1").inputs(), "review"))
    assert again.inputs("send")["reason_note"] == "My own words"
    agent.post(again.inputs("send"), "send")
    assert intents()[-1] == {"reverts": first}
    assert not Draft.objects.exists()


@pytest.mark.parametrize("fault", ["refused", "reset_before"])
def test_the_link_survives_a_revert_that_came_to_nothing(agent, sandbox, settings, fault):
    first = edited(agent, session_theme="LITE")
    review = revert(agent, first)
    sandbox.state.fault(fault, method="PUT")
    settings.PAVE_SETTLE_SECONDS = 0
    page = Page(agent.client.get(agent.post(review.inputs("send"), "send")["Location"]))
    assert page.outcome in ("refused", "not_in_effect")
    form = agent.open("?draft=1")
    assert f"takes back edit #{first}" in form.text
    again = Page(agent.post(form.inputs(), "review"))
    agent.send(again)
    assert intents() == [{}, {"reverts": first}, {"reverts": first}]


def test_the_link_falls_when_no_old_value_is_left(agent, sandbox):
    first = edited(agent, session_theme="LITE")
    form = Page(agent.post(revert(agent, first).inputs("send"), "edit"))
    changed = {**form.inputs(), "session-theme": "CAPT"}
    agent.post(Page(agent.post(changed, "review")).inputs("send"), "send")
    assert puts(sandbox)[-1] == {"session": {"theme": "CAPT"}}
    assert intents()[-1] == {}


def test_the_link_cannot_be_forged(agent, sandbox):
    edited(agent, session_theme="LITE")
    review = agent.review(session_theme="PRO")
    agent.post({**review.inputs("send"), "reverts": "1", "reason_code": "other",
                "reason_note": "Revert of #1"}, "send")  # fmt: skip
    assert intents()[-1] == {}


# --- who and what ---------------------------------------------------------------------------------


def test_a_manager_may_not_and_the_try_is_on_record(agent, carol, sandbox):
    first = edited(agent, session_theme="LITE")
    agent.client.force_login(carol)
    assert agent.client.post(f"/audit/{first}/revert/").status_code == 403
    refusal = AuditEntry.objects.get(kind=Kind.REFUSAL)
    assert (refusal.actor_label, refusal.error_code) == ("carol", "NO_PERMISSION")
    assert "tried to change the theme" in Page(agent.client.get("/audit/?field=session.theme")).text
    assert not history(agent).select("form[action$='/revert/']")
    assert len(puts(sandbox)) == 1


@pytest.mark.parametrize(("name", "status"), [("dora", 403), ("nora", 403)])
def test_others_may_not_even_look(agent, request, name, status):
    first = edited(agent, session_theme="LITE")
    agent.client.force_login(request.getfixturevalue(name))
    assert agent.client.post(f"/audit/{first}/revert/").status_code == status
    agent.client.logout()
    assert agent.client.post(f"/audit/{first}/revert/").status_code == 302


def test_a_get_leads_to_the_row(agent):
    first = edited(agent, session_theme="LITE")
    answer = agent.client.get(f"/audit/{first}/revert/")
    assert answer["Location"] == f"{agent.url}history/?before={first + 1}#entry-{first}"


def test_what_pave_did_not_take_cannot_be_taken_back(agent, sandbox, key):
    review = agent.review(session_theme="LITE")
    sandbox.state.fault("refused", method="PUT", status=422)
    agent.send(review)
    refused = Edit.objects.get().entry_id
    assert revert(agent, refused).status == 404
    assert not history(agent).select("form[action$='/revert/']")
    review = agent.review(session_theme="LITE", session_language="FR")
    sandbox.state.fault("ignored", method="PUT", field="session.theme")
    agent.send(review)
    partial = Edit.objects.latest("entry_id").entry_id
    assert json.loads(revert(agent, partial).payload) == {"session": {"language": "EN"}}
    assert revert(agent, 10**15).status == 404


def test_only_what_pave_took_of_a_field_is_taken_back():
    changes = {"session.theme": ("PRO", "LITE"), "session.language": ("EN", "FR"),
               "vehicle.trim": ("EX", "Sport")}  # fmt: skip
    results = {"session.theme": ("other_value", "CAPT"), "session.language": ("in_effect", "FR"),
               "vehicle.trim": ("not_in_effect", "EX")}  # fmt: skip
    edit_id = intent(changes)
    sent(edit_id, changes)
    ended(edit_id, "unknown")
    assert inverse_of(edit_id) is None
    resolved(edit_id, "partial", results)
    assert inverse_of(edit_id).before == {"session.language": "EN"}


def test_one_function_alone_writes_to_pave():
    """Reverts and all: every call of PAVE that could change something stands in one place."""
    writing = {
        "session_update",
        "session_create",
        "session_delete",
        "session_resend",
        "submit_edit",
    }
    found = set()
    for path in (ROOT / "sessions_ui").rglob("*.py"):
        inner = path.relative_to(ROOT / "sessions_ui")
        if inner.parts[0] == "pave":
            continue
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call):
                name = getattr(node.func, "attr", getattr(node.func, "id", ""))
                if name in writing:
                    found.add((str(inner), name, isinstance(node.func, ast.Attribute)))
    assert found == {
        ("services/edits/send.py", "session_update", True),  # PAVE's client
        ("views/sessions/detail.py", "submit_edit", False),  # our service, after a review
    }
