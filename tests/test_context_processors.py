"""Test the frame around every page: navigation, environment, person, and the state of PAVE."""

import dataclasses
import re
import tomllib

import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from paveadmin import ROOT
from sessions_ui.context_processors import ENVIRONMENTS, initials_of
from sessions_ui.pave.transport.circuit_breaker import FAILURES_TO_OPEN


def test_the_navigation_has_only_pages_that_the_person_may_open(log_in):
    offered = {}
    for name in ("alice", "carol", "dora"):
        page = log_in(name).get("/fields/").text
        nav = re.search(r"<nav class=\"nav-main\".*?</nav>", page, re.DOTALL)[0]
        offered[name] = [label.strip() for label in re.findall(r">([^<]+)</a>", nav)]
    assert offered == {
        "alice": ["Sessions", "Fields and rules"],
        "carol": ["Sessions", "Audit", "Review", "Fields and rules"],
        "dora": ["Fields and rules", "People"],
    }


@pytest.mark.parametrize("environment", ["sandbox", "test", "live"])
def test_a_band_names_the_environment_unless_it_is_live(client, db, settings, environment):
    settings.PAVE_ENVIRONMENT = environment
    page = client.get("/accounts/login/").text
    assert ("env-band" in page) is (environment != "live")
    assert (ENVIRONMENTS[environment].label in page) is (environment != "live")


def test_the_live_environment_is_named_without_a_band(log_in, settings):
    settings.PAVE_ENVIRONMENT = "live"
    page = log_in("alice").get("/sessions/").text
    assert "<span>Live" in page
    assert "env-band" not in page


@pytest.mark.parametrize(
    ("name", "letters"),
    [("Ana Ferreira", "AF"), ("alice", "A"), ("Ana de la Cruz", "AC"), ("", "")],
)
def test_initials_are_those_of_the_first_and_the_last_name(name, letters):
    assert initials_of(name) == letters


def test_the_name_of_a_person_is_escaped(client, db):
    person = User.objects.create_user("x", first_name="<script>", last_name="alert(1)")
    client.force_login(person)
    assert "<script>alert" not in client.get("/").text


@pytest.mark.parametrize("name", ["alice", "carol", "nora"])
def test_the_footer_has_the_version_for_those_who_are_logged_in(log_in, name):
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    page = log_in(name).get("/fields/").text
    footer = re.search(r'<footer class="foot">.*?</footer>', page, re.DOTALL)
    assert f"<span>PAVE Admin {project['version']}</span>" in footer[0]


@pytest.mark.parametrize("address", ["/accounts/login/", "/nowhere/", "/accounts/logout/"])
def test_strangers_do_not_see_the_version(client, db, settings, address):
    settings.APP_VERSION = "98.7.6"
    assert "98.7.6" not in client.get(address).text


REFUSED, AWAY = "Not authorised at PAVE since", "PAVE unreachable since"


@pytest.fixture
def troubled(log_in, sandbox, settings):
    """Give alice's browser, a sandbox that can fail, and the key of a session in it."""
    settings.PAVE = dataclasses.replace(settings.PAVE, circuit=True, get_attempts=1)
    return log_in("alice"), sandbox.state, f"/sessions/{sandbox.state.create()}/"


@pytest.mark.parametrize("status", [401, 403])
def test_every_page_says_that_pave_rejects_our_credentials_until_it_accepts_them(troubled, status):
    client, pave, session = troubled
    pave.fault("denied", method="GET", times=1, status=status)
    assert REFUSED not in client.get("/sessions/").text
    assert REFUSED in client.get(session).text
    for address in ("/sessions/", "/fields/", "/nowhere/"):
        assert REFUSED in client.get(address).text
    assert REFUSED not in client.get(session).text, "asking goes on, and the answer clears it"
    assert REFUSED not in client.get("/sessions/").text


def test_every_page_says_since_when_pave_is_unreachable(troubled):
    client, pave, session = troubled
    pave.fault("error_before", method="GET", times=FAILURES_TO_OPEN)
    for _ in range(FAILURES_TO_OPEN):
        assert AWAY not in client.get("/fields/").text
        client.get(session)
    page = client.get("/fields/").text
    assert AWAY in page
    assert "what PAVE said last" in page
    assert re.search(rf"{AWAY} {timezone.localtime():%H}:\d\d:\d\d \(\w+", page), "in our zone"
    assert REFUSED not in page


def test_only_people_with_a_role_see_the_state_of_pave(troubled, log_in):
    client, pave, session = troubled
    pave.fault("denied", method="GET", times=1)
    assert REFUSED in client.get(session).text
    for name, address in (("nora", "/"), ("dora", "/admin/"), ("carol", "/fields/")):
        assert (REFUSED in log_in(name).get(address).text) is (name != "nora")
    client.logout()
    assert REFUSED not in client.get("/accounts/login/").text
