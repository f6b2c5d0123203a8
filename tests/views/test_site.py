"""Test the pages around the features: first page, health checks, theme, logging in and out."""

from http import HTTPStatus

import pytest

KEY = "LKS-7Q2M9XK4RD"


@pytest.mark.parametrize(
    ("name", "first"), [("alice", "/sessions/"), ("carol", "/audit/"), ("dora", "/admin/")]
)
def test_home_redirects_each_role_to_the_page_it_needs_first(log_in, name, first):
    assert log_in(name).get("/")["Location"] == first


def test_health_checks_answer_anyone_in_one_word(client, db, monkeypatch):
    monkeypatch.setattr("sessions_ui.services.health.missing_triggers", lambda connection: [])
    assert client.get("/healthz").text == "ok\n"
    assert client.get("/readyz").text == "ready\n"


def test_it_is_not_ready_without_the_triggers_of_the_audit(client, db):
    answer = client.get("/readyz")  # the test database has none
    assert answer.status_code == HTTPStatus.SERVICE_UNAVAILABLE
    assert answer.text == "unready\n"


def test_it_is_not_ready_while_a_migration_waits(client, db, monkeypatch):
    monkeypatch.setattr("sessions_ui.services.health.missing_triggers", lambda connection: [])
    executor = "sessions_ui.services.health.MigrationExecutor.migration_plan"
    monkeypatch.setattr(executor, lambda self, targets: ["one"])
    assert client.get("/readyz").status_code == HTTPStatus.SERVICE_UNAVAILABLE


def test_the_theme_is_kept_in_a_cookie_and_applies_to_every_page(log_in):
    client = log_in("alice")
    assert "data-bs-theme" not in client.get("/sessions/").text
    answer = client.post("/theme/", {"theme": "dark", "next": "/fields/"})
    assert answer["Location"] == "/fields/"
    cookie = answer.cookies["theme"]
    assert (cookie.value, cookie["samesite"], cookie["httponly"]) == ("dark", "Lax", True)
    assert '<html lang="en" data-bs-theme="dark">' in client.get("/sessions/").text
    client.post("/theme/", {"theme": "", "next": "/"})
    assert "data-bs-theme" not in client.get("/sessions/").text


@pytest.mark.parametrize("theme", ["pink", '"><script>', "none"])
def test_an_unknown_theme_is_ignored(log_in, theme):
    client = log_in("alice")
    assert "theme" not in client.post("/theme/", {"theme": theme}).cookies
    client.cookies["theme"] = theme
    assert "data-bs-theme" not in client.get("/fields/").text


@pytest.mark.parametrize(
    "next_", ["//evil.example", "https://evil.example/", "/\\evil.example", ""]
)
def test_choosing_a_theme_redirects_to_our_own_pages_only(log_in, next_):
    answer = log_in("alice").post("/theme/", {"theme": "dark", "next": next_})
    assert answer["Location"] == "/"


@pytest.mark.parametrize("next_", ["//evil.example", "https:evil.example", "/\\evil.example"])
def test_logging_in_redirects_to_our_own_pages_only(client, alice, next_):
    person = {"username": "alice", "password": "correct horse battery", "next": next_}
    assert client.post("/accounts/login/", person)["Location"] == "/"


def test_a_failed_log_in_says_why_and_keeps_the_name(client, db):
    answer = client.post("/accounts/login/", {"username": "alice", "password": "wrong"})
    assert "<title>Error: Log in" in answer.text
    assert 'role="alert"' in answer.text
    assert 'value="alice"' in answer.text
    assert "wrong" not in answer.text


def test_the_log_in_page_says_that_it_returns_to_the_page_asked_for(client, db):
    page = client.get("/accounts/login/", {"next": f"/sessions/{KEY}/"}).text
    assert "You come back to the page that you asked for" in page
    assert 'name="next"' in page


def test_logging_out_takes_a_post(log_in):
    client = log_in("alice")
    assert client.get("/accounts/logout/").status_code == HTTPStatus.METHOD_NOT_ALLOWED
    assert "You are logged out" in client.post("/accounts/logout/").text
    assert client.get("/sessions/")["Location"].startswith("/accounts/login/")
