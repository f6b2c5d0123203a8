"""Test the page that reveals the personal values of one entry."""

import pytest

from sessions_ui.models import AuditEntry, Kind
from tests.audit.authors import PHONE, edit
from tests.reveal import WHY, page_of, reveal, shown_in


@pytest.mark.parametrize("reason", ["", "too short", " " * 40, "a        "])
def test_a_reason_of_ten_characters_is_required(manager, reason):
    edit_id = edit(PHONE)
    answer = reveal(manager, edit_id, reason)
    assert answer.status_code == 422
    assert shown_in(answer) == []
    assert page_of(answer).select_one("details[open] .error")
    assert not AuditEntry.objects.filter(kind=Kind.NOTE).exists()


@pytest.mark.parametrize("name", ["alice", "dora", "nora"])
def test_only_a_manager_may_reveal(client, request, name):
    client.force_login(request.getfixturevalue(name))
    edit_id = edit(PHONE)
    answer = reveal(client, edit_id)
    assert answer.status_code == 403
    assert shown_in(answer) == []
    assert not AuditEntry.objects.filter(kind=Kind.NOTE).exists()


def test_without_the_permission_there_is_no_button(manager, carol):
    edit_id = edit(PHONE)
    assert page_of(manager.get(f"/audit/{edit_id}/")).select_one("details.reveal form")
    group = carol.groups.get()
    group.permissions.remove(group.permissions.get(codename="reveal_personal"))
    assert not page_of(manager.get(f"/audit/{edit_id}/")).select_one("details.reveal")
    assert reveal(manager, edit_id).status_code == 403


def test_values_are_never_in_the_response_to_a_get(manager):
    edit_id = edit(PHONE)
    assert manager.get(f"/audit/{edit_id}/reveal/?reason={WHY}").status_code == 405
    assert reveal(manager, edit_id + 1).status_code == 404  # a step is not an entry of its own


def test_a_post_from_elsewhere_shows_nothing(client, carol):
    client.handler.enforce_csrf_checks = True
    client.force_login(carol)
    answer = reveal(client, edit(PHONE))
    assert answer.status_code == 403
    assert shown_in(answer) == []


def test_an_entry_without_personal_values_has_nothing_to_show(manager):
    edit_id = edit()
    assert not page_of(manager.get(f"/audit/{edit_id}/")).select_one("details.reveal")
