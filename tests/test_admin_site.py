"""Test who may open Django's admin, and where it sends everybody else."""

from urllib.parse import urlencode

import pytest
from django.contrib.auth.models import Group, User


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
