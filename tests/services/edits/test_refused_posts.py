"""Record posts that are refused before they become an edit."""

import json

import pytest
from django.test import Client

from sessions_ui.models import AuditEntry, Kind
from tests.edits import payloads
from tests.pages import Agent, Page

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_forged_locked_field_is_refused_and_the_rest_kept(agent, sandbox, idle):
    sandbox.state.act(idle, "start")
    page = agent.open()
    forged = {"session-theme": "LITE", "session-redirect_url": "https://dealer.ca/thanks"}
    review = Page(agent.post({**page.inputs(), **forged}, "review"))
    assert json.loads(review.payload) == {"session": {"redirect_url": "https://dealer.ca/thanks"}}
    assert "LITE" in review.text
    refusal = AuditEntry.objects.get(kind=Kind.REFUSAL)
    assert (refusal.outcome, refusal.error_code) == ("refused_by_policy", "STARTED")
    agent.send(review)
    assert payloads(sandbox) == [{"session": {"redirect_url": "https://dealer.ca/thanks"}}]


def test_a_post_of_locked_fields_or_unknown_names_alone_is_refused(agent, sandbox, idle):
    sandbox.state.act(idle, "start")
    page = agent.open()
    assert agent.post({**page.inputs(), "session-theme": "LITE"}, "review").status_code == 409
    assert agent.post({**page.inputs(), "session-status": "IDLE"}, "review").status_code == 409
    assert agent.post({**page.inputs(), "vehicle[vin]": "x"}, "review").status_code == 200
    assert AuditEntry.objects.filter(kind=Kind.REFUSAL).count() == 2
    assert payloads(sandbox) == []


def test_a_locked_field_posted_with_its_own_value_is_ignored(agent, sandbox, idle):
    sandbox.state.act(idle, "start")
    page = agent.open()
    current = page.shown("session.theme").split(" · ")[-1]
    inputs = {**page.inputs(), "session-theme": current, "session-language": "FR"}
    assert json.loads(Page(agent.post(inputs, "review")).payload) == {"session": {"language": "FR"}}
    assert not AuditEntry.objects.filter(kind=Kind.REFUSAL).exists()


def test_a_manager_may_look_and_not_edit(client, carol, sandbox, idle):
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
    assert payloads(sandbox) == []


def test_a_post_without_the_right_is_recorded_with_what_differs(agent, carol, idle):
    inputs = {**agent.open().inputs(), "vehicle-trim": "Touring"}
    manager = Agent(Client(), carol, idle)
    assert manager.post(inputs, "review").status_code == 403
    assert json.loads(AuditEntry.objects.get(kind=Kind.REFUSAL).body) == {
        "vehicle.trim": ["EX", "Touring"]
    }


def test_a_post_without_a_token_is_recorded_without_values(carol, client, idle):
    manager = Agent(client, carol, idle)
    assert manager.post({"vehicle-vin": "X"}, "review").status_code == 403
    refusal = AuditEntry.objects.get(kind=Kind.REFUSAL)
    assert json.loads(refusal.body) == {}
    assert json.loads(refusal.detail)["fields"] == ["vehicle.vin"]
