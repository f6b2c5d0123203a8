"""Close an unresolved edit: a manager does it once, and says why."""

import pytest

from sessions_ui.models import AuditEntry, Edit, Kind
from tests.edits import leave_edit
from tests.pages import Page

pytestmark = pytest.mark.django_db

CLOSING = {"outcome": "in_effect", "note": "The dealer reads it out to me."}


@pytest.fixture
def waiting(sandbox):
    """Give an unresolved edit, of a session that PAVE no longer knows."""
    return leave_edit("XXX-NOSUCHKEY9", "unresolved", session__theme="LITE")


@pytest.fixture
def manager(client, carol):
    """Give a browser in which a manager is logged in."""
    client.force_login(carol)
    return client


@pytest.mark.parametrize("outcome", ["in_effect", "not_in_effect", "unresolved"])
def test_a_manager_closes_an_edit_with_a_reason(manager, carol, waiting, outcome):
    url = f"/audit/{waiting.entry_id}/"
    assert "This edit waits for you" in Page(manager.get(url)).text
    manager.post(f"{url}close/", {**CLOSING, "outcome": outcome})
    waiting.refresh_from_db()
    assert (waiting.state, waiting.next_look_at) == (outcome, None)
    assert waiting.closed_at
    entry = AuditEntry.objects.get(kind=Kind.RESOLUTION)
    assert (entry.actor_id, entry.outcome) == (carol.id, outcome)
    page = Page(manager.get(url))
    assert "The dealer reads it out to me." in page.text
    assert "This edit waits for you" not in page.text


def test_an_edit_is_closed_once(manager, waiting):
    url = f"/audit/{waiting.entry_id}/close/"
    manager.post(url, {**CLOSING, "outcome": "unresolved"})
    page = Page(manager.post(url, CLOSING, follow=True))
    assert "Somebody else has closed this edit already" in page.text
    assert AuditEntry.objects.filter(kind=Kind.RESOLUTION).count() == 1


def test_an_outcome_and_a_reason_are_required(manager, waiting):
    page = Page(manager.post(f"/audit/{waiting.entry_id}/close/", {"note": "short"}))
    assert page.status == 422
    assert "Choose what is so." in page.text
    assert "10 characters or more" in page.text
    assert Edit.objects.get().closed_at is None


def test_only_a_manager_may_close(client, alice, waiting):
    client.force_login(alice)
    assert client.post(f"/audit/{waiting.entry_id}/close/", CLOSING).status_code == 403
    assert Edit.objects.get().state == "unresolved"
