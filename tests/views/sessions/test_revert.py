"""Begin the revert of an edit from its row in the history."""

import json

import pytest

from sessions_ui.models import AuditEntry, Kind
from tests.edits import payloads
from tests.pages import Page

pytestmark = pytest.mark.django_db(transaction=True)


def test_one_field_can_be_reverted_alone(agent, sandbox):
    first = agent.confirmed_edit(session_theme="LITE", vehicle_trim="Sport")
    row = agent.history().select_one(f"#entry-{first}")
    assert [one.get("value") for one in row.select("form button")] == [
        None,
        "session.theme",
        "vehicle.trim",
    ]
    assert row.form.button.get_text(strip=True) == "Both fields"
    assert row.form["action"] == f"/audit/{first}/revert/"
    assert json.loads(agent.revert(first, "vehicle.trim").payload) == {"vehicle": {"trim": "EX"}}
    assert json.loads(agent.revert(first, "no.field").payload or "{}") == {}


def test_the_button_counts_more_than_two_fields(agent):
    first = agent.confirmed_edit(session_theme="LITE", vehicle_trim="Sport", session_language="FR")
    button = agent.history().select_one(f"#entry-{first} form button")
    assert button.get_text(strip=True) == "All 3 fields"


def test_a_manager_may_not_revert_and_the_attempt_is_recorded(agent, carol, sandbox):
    first = agent.confirmed_edit(session_theme="LITE")
    agent.client.force_login(carol)
    assert agent.client.post(f"/audit/{first}/revert/").status_code == 403
    refusal = AuditEntry.objects.get(kind=Kind.REFUSAL)
    assert (refusal.actor_label, refusal.error_code) == ("carol", "NO_PERMISSION")
    assert "tried to change the theme" in Page(agent.client.get("/audit/?field=session.theme")).text
    assert not agent.history().select("form[action$='/revert/']")
    assert len(payloads(sandbox)) == 1


@pytest.mark.parametrize(("name", "status"), [("dora", 403), ("nora", 403)])
def test_people_of_other_roles_may_not_see_a_revert(agent, request, name, status):
    first = agent.confirmed_edit(session_theme="LITE")
    agent.client.force_login(request.getfixturevalue(name))
    assert agent.client.post(f"/audit/{first}/revert/").status_code == status
    agent.client.logout()
    assert agent.client.post(f"/audit/{first}/revert/").status_code == 302


def test_a_get_leads_to_the_row_in_the_history(agent):
    first = agent.confirmed_edit(session_theme="LITE")
    answer = agent.client.get(f"/audit/{first}/revert/")
    assert answer["Location"] == f"{agent.url}history/?before={first + 1}#entry-{first}"
