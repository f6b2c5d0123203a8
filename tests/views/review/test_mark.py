"""Test the request that marks one entry."""

import pytest

from tests.audit.authors import CAROL, KEY, note
from tests.review import edit, mark, notes

pytestmark = pytest.mark.django_db


def test_notes_are_escaped(manager):
    edit_id = edit()
    mark(manager, edit_id, "flagged", "<script>alert(1)</script>")
    assert "<script>alert" not in manager.get(f"/audit/{edit_id}/").text


def test_an_invalid_mark_is_refused(manager):
    edit_id = edit()
    assert mark(manager, edit_id, "erased").status_code == 422
    assert mark(manager, edit_id, "").status_code == 422
    assert mark(manager, edit_id, "reviewed", upto="9" * 40).status_code == 422
    assert notes() == []


@pytest.mark.parametrize(
    ("name", "status"), [("alice", 403), ("carol", 302), ("dora", 403), ("nora", 403)]
)
def test_marking_is_for_managers(client, request, name, status):
    edit_id = edit()
    client.force_login(request.getfixturevalue(name))
    answer = client.post(f"/audit/{edit_id}/mark/", {"mark": "reviewed"})
    assert answer.status_code == status
    assert bool(notes()) == (status == 302)


def test_marking_needs_a_log_in(client):
    answer = client.post(f"/audit/{edit()}/mark/", {"mark": "reviewed"})
    assert answer["Location"].startswith("/accounts/login/")
    assert client.get("/audit/1/mark/").status_code == 302


def test_marking_needs_a_post(manager):
    assert manager.get(f"/audit/{edit()}/mark/").status_code == 405


def test_agents_see_no_review_in_a_session_s_history(client, alice, carol):
    edit_id = edit()
    note(edit_id, "audit.flagged", "Look at this one", actor=CAROL)
    client.force_login(alice)
    page = client.get(f"/sessions/{KEY}/history/")
    assert "Look at this one" not in page.text
