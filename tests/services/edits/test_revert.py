"""Revert an edit: reviewed and sent as any edit is, and linked to the edit that it reverts."""

import json

import pytest

from sessions_ui.audit.entries.reverts import plan_revert
from sessions_ui.models import AuditEntry, AuditValue, Draft, Edit, Kind
from tests.audit.authors import ended, intent, resolved, sent
from tests.edits import SESSION, payloads
from tests.pages import Page

pytestmark = pytest.mark.django_db(transaction=True)


def intents():
    """Give the details of all intents, oldest first."""
    entries = AuditEntry.objects.filter(kind=Kind.INTENT).order_by("id")
    return [json.loads(entry.detail) for entry in entries]


def test_a_revert_brings_back_what_was_and_is_linked(agent, carol, sandbox, idle):
    first = agent.confirmed_edit(session_theme="LITE", vehicle_odom_reading="90,000")
    review = agent.revert(first)
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
    assert payloads(sandbox)[-1] == json.loads(review.payload)
    assert sandbox.state.document(idle)["theme"] == "PRO"
    second = Edit.objects.latest("entry_id").entry_id
    assert intents() == [{}, {"reverts": first}]
    assert AuditEntry.objects.get(id=second).reason_note == f"Revert of #{first}"
    soup = agent.history()
    assert f"Reverts #{first:,}" in soup.select_one(f"#entry-{second}").get_text(" ", strip=True)
    assert f"Reverted by #{second:,}" in soup.select_one(f"#entry-{first}").get_text(
        " ", strip=True
    )
    agent.client.force_login(carol)
    for one, words in ((first, f"Reverted by #{second:,}"), (second, f"Reverts #{first:,}")):
        text = Page(agent.client.get(f"/audit/{one}/")).text
        assert words in text
        assert "Support agents can take this edit back" in text


def test_a_revert_of_a_revert_brings_back_the_edit(agent, sandbox, idle):
    first = agent.confirmed_edit(session_theme="LITE", session_language="FR")
    agent.post(agent.revert(first).inputs("send"), "send")
    second = Edit.objects.latest("entry_id").entry_id
    agent.post(agent.revert(second).inputs("send"), "send")
    assert payloads(sandbox) == [
        {"session": {"theme": "LITE", "language": "FR"}},
        {"session": {"theme": "PRO", "language": "EN"}},
        {"session": {"theme": "LITE", "language": "FR"}},
    ]
    assert intents() == [{}, {"reverts": first}, {"reverts": second}]


def test_a_revert_records_that_it_showed_personal_values(agent, sandbox, idle):
    first = agent.confirmed_edit(sms_to="647-455-0199", sms_to_name="Grace Lindqvist")
    sandbox.state.act(idle, "fail-text")
    review = agent.revert(first)
    sms = json.loads(review.payload)["sms"]
    assert sms == {name: SESSION["sms"][name] for name in ("to", "to_name")}
    shown = AuditEntry.objects.filter(action="personal.seen").latest("id")
    assert json.loads(shown.detail) == {"fields": ["sms.to", "sms.to_name"], "reverts": first}
    assert "416-555" not in str(list(AuditEntry.objects.values_list("body", "detail")))


def test_a_field_that_is_locked_now_is_refused_with_its_reason(agent, sandbox, idle):
    first = agent.confirmed_edit(session_theme="LITE", session_language="FR")
    sandbox.state.act(idle, "start")
    review = agent.revert(first)
    assert json.loads(review.payload) == {"session": {"language": "EN"}}
    assert "only before the customer starts" in review.text
    refusal = AuditEntry.objects.get(kind=Kind.REFUSAL)
    assert json.loads(refusal.detail)["locks"] == {"session.theme": "STARTED"}
    assert (refusal.error_code, refusal.outcome) == ("STARTED", "refused_by_policy")


def test_what_pave_holds_already_is_no_refusal(agent, sandbox, idle):
    first = agent.confirmed_edit(session_theme="LITE", vehicle_trim="Sport")
    agent.confirmed_edit(session_theme="PRO")
    sandbox.state.act(idle, "start")
    agent.revert(first, "session.theme")
    assert not AuditEntry.objects.filter(kind=Kind.REFUSAL).exists()
    agent.revert(first)
    refusal = AuditEntry.objects.get(kind=Kind.REFUSAL)
    assert json.loads(refusal.detail)["locks"] == {"vehicle.trim": "STARTED"}


def test_a_revert_of_locked_fields_alone_is_not_sent(agent, sandbox, idle):
    first = agent.confirmed_edit(session_theme="LITE")
    sandbox.state.act(idle, "start")
    page = agent.revert(first)
    assert page.status == 409
    assert page.fields()["session.theme"] == "STARTED"
    assert f"takes back edit #{first}" in page.text
    assert len(payloads(sandbox)) == 1


def test_a_lock_before_sending_refuses_the_revert(agent, sandbox, idle):
    first = agent.confirmed_edit(session_theme="LITE")
    review = agent.revert(first)
    sandbox.state.act(idle, "start")
    page = Page(agent.post(review.inputs("send"), "send"))
    assert page.status == 409
    assert intents()[-1] == {"reverts": first}
    assert len(payloads(sandbox)) == 1


def test_a_later_change_by_somebody_else_is_a_conflict(agent, sandbox, idle):
    first = agent.confirmed_edit(vehicle_trim="Sport", session_theme="LITE")
    sandbox.state.poke(idle, "vehicle.trim", "Touring")
    page = agent.revert(first)
    assert page.status == 409
    assert "Touring" in page.text
    mine = Page(agent.post(page.inputs(), "review"))
    assert json.loads(mine.payload) == {"session": {"theme": "PRO"}, "vehicle": {"trim": "EX"}}
    inputs = {**page.inputs(), "choose-vehicle-trim": "theirs"}
    theirs = Page(agent.post(inputs, "review"))
    assert json.loads(theirs.payload) == {"session": {"theme": "PRO"}}
    agent.post(theirs.inputs("send"), "send")
    assert intents()[-1] == {"reverts": first}


def test_what_pave_holds_already_needs_no_revert(agent, sandbox, idle):
    first = agent.confirmed_edit(session_theme="LITE")
    sandbox.state.poke(idle, "session.theme", "PRO")
    page = agent.revert(first)
    assert (page.status, page.payload) == (200, None)
    assert "Nothing to change" in page.text


def test_an_earlier_value_that_is_invalid_today_is_an_error(agent, sandbox, idle):
    sandbox.state.poke(idle, "session.redirect_url", "http://10.0.0.1/old")
    first = agent.confirmed_edit(session_redirect_url="https://dealer.ca/thanks")
    page = agent.revert(first)
    assert page.status == 422
    assert page.shown("session.redirect_url") == "http://10.0.0.1/old"


def test_an_erased_value_and_an_empty_field_are_named_and_left_out(agent, sandbox, idle):
    sandbox.state.poke(idle, "session.client_id", None)
    first = agent.confirmed_edit(sms_to_name="Grace", session_client_id="K-9", session_theme="LITE")
    AuditValue.objects.all().delete()
    review = agent.revert(first)
    assert json.loads(review.payload) == {"session": {"theme": "PRO"}}
    assert "was erased" in review.text
    assert "no way to empty a field" in review.text
    only = agent.revert(first, "sms.to_name")
    assert only.payload is None
    assert "was erased" in only.text


def test_a_revert_is_kept_as_a_draft_while_pave_cannot_be_read(agent, sandbox, idle):
    first = agent.confirmed_edit(session_theme="LITE")
    sandbox.state.fault("error_before", method="GET", times=99)
    page = agent.revert(first)
    assert page.status == 200
    assert "could not be read" in page.text
    sandbox.state.clear_faults()
    review = Page(agent.post(agent.open("?draft=1").inputs(), "review"))
    agent.post(review.inputs("send"), "send")
    assert intents()[-1] == {"reverts": first}


def test_the_link_survives_the_form_and_a_draft(agent, sandbox):
    first = agent.confirmed_edit(session_theme="LITE")
    review = agent.revert(first)
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
def test_the_link_survives_a_revert_that_changed_nothing(agent, sandbox, settings, fault):
    first = agent.confirmed_edit(session_theme="LITE")
    review = agent.revert(first)
    sandbox.state.fault(fault, method="PUT")
    settings.PAVE_SETTLE_SECONDS = 0
    page = Page(agent.client.get(agent.post(review.inputs("send"), "send")["Location"]))
    assert page.outcome in ("refused", "not_in_effect")
    form = agent.open("?draft=1")
    assert f"takes back edit #{first}" in form.text
    again = Page(agent.post(form.inputs(), "review"))
    agent.send(again)
    assert intents() == [{}, {"reverts": first}, {"reverts": first}]


def test_the_link_is_dropped_when_no_earlier_value_is_left(agent, sandbox):
    first = agent.confirmed_edit(session_theme="LITE")
    form = Page(agent.post(agent.revert(first).inputs("send"), "edit"))
    changed = {**form.inputs(), "session-theme": "CAPT"}
    agent.post(Page(agent.post(changed, "review")).inputs("send"), "send")
    assert payloads(sandbox)[-1] == {"session": {"theme": "CAPT"}}
    assert intents()[-1] == {}


def test_the_link_cannot_be_forged(agent, sandbox):
    agent.confirmed_edit(session_theme="LITE")
    review = agent.review(session_theme="PRO")
    agent.post({**review.inputs("send"), "reverts": "1", "reason_code": "other",
                "reason_note": "Revert of #1"}, "send")  # fmt: skip
    assert intents()[-1] == {}


def test_what_pave_did_not_take_cannot_be_reverted(agent, sandbox, idle):
    review = agent.review(session_theme="LITE")
    sandbox.state.fault("refused", method="PUT", status=422)
    agent.send(review)
    refused = Edit.objects.get().entry_id
    assert agent.revert(refused).status == 404
    assert not agent.history().select("form[action$='/revert/']")
    review = agent.review(session_theme="LITE", session_language="FR")
    sandbox.state.fault("ignored", method="PUT", field="session.theme")
    agent.send(review)
    partial = Edit.objects.latest("entry_id").entry_id
    assert json.loads(agent.revert(partial).payload) == {"session": {"language": "EN"}}
    assert agent.revert(10**15).status == 404


def test_only_fields_that_pave_took_are_reverted():
    changes = {"session.theme": ("PRO", "LITE"), "session.language": ("EN", "FR"),
               "vehicle.trim": ("EX", "Sport")}  # fmt: skip
    results = {"session.theme": ("other_value", "CAPT"), "session.language": ("in_effect", "FR"),
               "vehicle.trim": ("not_in_effect", "EX")}  # fmt: skip
    edit_id = intent(changes)
    sent(edit_id, changes)
    ended(edit_id, "unknown")
    assert plan_revert(edit_id) is None
    resolved(edit_id, "partial", results)
    assert plan_revert(edit_id).before == {"session.language": "EN"}
