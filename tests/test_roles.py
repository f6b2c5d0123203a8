"""Test the groups and their rights, people's roles, and the actor of a request."""

import pytest
from django.contrib.auth.models import Group, Permission
from django.core.management import call_command

from sessions_ui.roles import GROUP_PERMISSIONS, actor_of, ensure_groups, role_of


def permissions_by_group():
    return {
        group.name: {
            f"{permission.content_type.app_label}.{permission.codename}"
            for permission in group.permissions.select_related("content_type")
        }
        for group in Group.objects.all()
    }


EXPECTED = {name: set(permissions) for name, permissions in GROUP_PERMISSIONS.items()}


def test_it_makes_the_three_groups_with_migrate_alone(db):
    assert permissions_by_group() == EXPECTED


def test_it_changes_nothing_on_a_second_run(db):
    before = {group.name: group.pk for group in Group.objects.all()}
    ensure_groups(using="default")
    assert {group.name: group.pk for group in Group.objects.all()} == before
    assert permissions_by_group() == EXPECTED


def test_it_resets_permissions_that_were_changed_by_hand(db):
    agents = Group.objects.get(name="Agents")
    agents.permissions.set([Permission.objects.get(codename="read_audit")])
    ensure_groups(using="default")
    assert permissions_by_group() == EXPECTED


@pytest.mark.django_db(transaction=True)
def test_it_makes_them_again_after_a_flush():
    call_command("flush", interactive=False, verbosity=0)
    assert permissions_by_group() == EXPECTED


def test_it_names_the_role_of_a_person(alice, bob, carol, dora, nora):
    assert [role_of(person) for person in (alice, bob, carol, dora, nora)] == [
        "Agent",
        "Agent",
        "Manager",
        "Administrator",
        "",
    ]


def test_it_names_the_actor_with_role_log_in_and_request(rf, client, carol):
    client.force_login(carol)
    request = rf.get("/", headers={"user-agent": "Browser/1.0"})
    request.user, request.session, request.request_id = carol, client.session, "abc123"
    actor = actor_of(request)
    assert (actor.id, actor.label, actor.role) == (carol.pk, "carol", "Manager")
    assert (actor.remote_addr, actor.request_id) == ("127.0.0.1", "abc123")
    assert client.session.session_key not in actor.login_hash
    assert len(actor.login_hash) == len(actor.user_agent_hash) == 16
