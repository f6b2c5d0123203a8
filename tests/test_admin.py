"""Test what administrators see and may change in Django's admin."""

import pytest
from django.contrib.auth.models import Group, User

from sessions_ui.roles import role_of


@pytest.mark.parametrize("environment", ["sandbox", "test", "live"])
def test_it_shows_in_the_admin_too_which_pave_this_is(client, dora, settings, environment):
    settings.PAVE_ENVIRONMENT = environment
    client.force_login(dora)
    page = client.get("/admin/auth/user/").text
    assert ("env-band" in page) is (environment != "live")
    assert 'class="brand"' in page
    assert "sessions_ui/house.css" in page


def test_it_draws_the_admin_in_the_theme_that_the_person_chose(client, dora):
    client.force_login(dora)
    assert "theme-dark" not in client.get("/admin/").text
    client.cookies["theme"] = "dark"
    assert "theme-dark" in client.get("/admin/").text


def test_it_shows_people_and_groups_in_the_admin_and_nothing_else(client, dora):
    client.force_login(dora)
    page = client.get("/admin/").content.decode()
    assert "/admin/auth/user/" in page
    assert "/admin/auth/group/" in page
    assert "/admin/sessions_ui" not in page
    assert client.get("/admin/auth/group/").status_code == 200


def test_it_lets_an_administrator_make_a_person_an_agent(client, dora, nora):
    client.force_login(dora)
    form = client.get(f"/admin/auth/user/{nora.pk}/change/").context["adminform"].form
    posted = {name: form[name].value() or "" for name in form.fields if name != "password"}
    posted |= {"groups": [Group.objects.get(name="Agents").pk], "is_active": "on"}
    assert client.post(f"/admin/auth/user/{nora.pk}/change/", posted).status_code == 302
    assert role_of(User.objects.get(pk=nora.pk)) == "Agent"


def test_it_keeps_an_administrator_from_changing_the_own_groups(client, dora):
    client.force_login(dora)
    managers = Group.objects.get(name="Managers")
    client.post(
        f"/admin/auth/user/{dora.pk}/change/",
        {"username": "dora", "groups": [managers.pk], "is_superuser": "on"},
    )
    again = User.objects.get(pk=dora.pk)
    assert [group.name for group in again.groups.all()] == ["Administrators"]
    assert not again.is_superuser


def test_it_keeps_superusers_out_of_an_administrators_reach(client, dora):
    staff = User.objects.create_superuser("staff", password="x" * 12)
    client.force_login(dora)
    for page in ("change", "password", "delete"):
        answer = client.post(f"/admin/auth/user/{staff.pk}/{page}/", {"username": "mine"})
        assert answer.status_code in {403, 404}, page
