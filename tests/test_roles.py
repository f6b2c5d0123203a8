"""Groups and rights: made by migrate alone, and again after a flush; and who may open the admin."""

from urllib.parse import urlencode

import pytest
from django.contrib.auth.models import Group, Permission, User
from django.core.management import call_command

from sessions_ui.roles import RIGHTS, ensure_groups, role_of


def _rights():
    return {
        group.name: {
            f"{right.content_type.app_label}.{right.codename}"
            for right in group.permissions.select_related("content_type")
        }
        for group in Group.objects.all()
    }


WANTED = {name: set(rights) for name, rights in RIGHTS.items()}


def test_it_makes_the_three_groups_with_migrate_alone(db):
    assert _rights() == WANTED


def test_it_changes_nothing_on_a_second_run(db):
    before = {group.name: group.pk for group in Group.objects.all()}
    ensure_groups(using="default")
    assert {group.name: group.pk for group in Group.objects.all()} == before
    assert _rights() == WANTED


def test_it_resets_rights_that_were_changed_by_hand(db):
    agents = Group.objects.get(name="Agents")
    agents.permissions.set([Permission.objects.get(codename="read_audit")])
    ensure_groups(using="default")
    assert _rights() == WANTED


@pytest.mark.django_db(transaction=True)
def test_it_makes_them_again_after_a_flush():
    call_command("flush", interactive=False, verbosity=0)
    assert _rights() == WANTED


def test_it_names_the_role_of_a_person(alice, bob, carol, dora, nora):
    assert [role_of(person) for person in (alice, bob, carol, dora, nora)] == [
        "Agent",
        "Agent",
        "Manager",
        "Administrator",
        "",
    ]


def test_it_opens_the_admin_to_active_administrators_only(client, alice, carol, dora, nora):
    outsiders = [alice, carol, nora, User.objects.create_superuser("staff", password="x" * 12)]
    for person in outsiders:
        client.force_login(person)
        assert client.get("/admin/").status_code == 403, person
    client.force_login(dora)
    assert client.get("/admin/").status_code == 200
    Group.objects.get(name="Administrators").user_set.remove(dora)
    assert client.get("/admin/").status_code == 403, "a lost right acts at once"


@pytest.mark.parametrize("address", ["/admin/", "/admin/auth/user/", "/admin/login/", "/admin/x/"])
def test_it_shows_outsiders_our_own_page_and_never_the_admins_log_in(client, alice, nora, address):
    for person, words in ((alice, "This page is not for your role"), (nora, "has no role yet")):
        client.force_login(person)
        answer = client.get(address)
        assert answer.status_code == 403
        assert words in answer.text


@pytest.mark.parametrize("address", ["/admin/", "/admin/auth/user/?q=a", "/admin/password_change/"])
def test_it_leads_nobody_to_our_own_log_in_and_back(client, db, address):
    answer = client.get(address)
    assert answer.status_code == 302
    assert answer["Location"] == "/accounts/login/?" + urlencode({"next": address}, safe="/")


def test_it_has_one_log_in_only(client, dora):
    answer = client.get("/admin/login/", {"next": "/admin/auth/group/"})
    assert answer["Location"] == "/accounts/login/?next=/admin/auth/group/"
    client.force_login(dora)
    assert client.get("/admin/login/")["Location"] == "/admin/"


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
