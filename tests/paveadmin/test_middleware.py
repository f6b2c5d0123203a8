"""Test what every request passes: the log line, the ends of a log-in, headers, the 404 page."""

import json
import logging
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.contrib.sessions.backends.base import UpdateError
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.db import OperationalError

from paveadmin.logs import JsonFormatter, hash_session_key

KEY = "LKS-7Q2M9XK4RD"


@pytest.fixture
def lines(caplog):
    """A function that parses each line that the request logger wrote."""
    caplog.set_level(logging.INFO, logger="paveadmin.request")

    def _lines():
        records = [record for record in caplog.records if record.name == "paveadmin.request"]
        return [json.loads(JsonFormatter().format(record)) for record in records]

    return _lines


def test_it_writes_one_line_per_request_without_query_or_session_key(client, alice, lines):
    client.force_login(alice)
    answer = client.get(f"/sessions/{KEY}/nowhere/?q=4165550174", headers={"user-agent": "x"})
    (line,) = lines()
    assert line["path"] == f"/sessions/{hash_session_key(KEY)}/nowhere/"
    assert (line["method"], line["status"], line["user_id"]) == ("GET", 404, alice.pk)
    assert line["request_id"] == answer["X-Request-ID"]
    assert KEY not in json.dumps(line)
    assert "416555" not in json.dumps(line)


def test_every_page_has_the_same_security_headers(client, alice):
    for path in ("/accounts/login/", "/nowhere/", "/sessions/"):
        answer = client.get(path)
        policy = answer["Content-Security-Policy"]
        for words in (
            "default-src 'none'",
            "script-src 'self'",
            "style-src 'self'",
            "frame-ancestors 'none'",
            "base-uri 'none'",
            "object-src 'none'",
            "form-action 'self'",
        ):
            assert words in policy
        assert "unsafe" not in policy
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert answer["Referrer-Policy"] == "same-origin"
        assert answer["Cross-Origin-Opener-Policy"] == "same-origin"
        assert answer["X-Frame-Options"] == "DENY"


def test_it_sends_the_content_policy_with_redirects_to_https_too(client, settings):
    settings.SECURE_SSL_REDIRECT = True
    answer = client.get("/accounts/login/")
    assert answer.status_code == 301
    assert "default-src 'none'" in answer["Content-Security-Policy"]
    assert client.get("/healthz").status_code == 200, "a balancer asks over plain http"


def test_it_keeps_signed_in_pages_out_of_every_cache(client, alice):
    client.force_login(alice)
    for path in ("/nowhere/", "/accounts/login/"):
        assert "no-store" in client.get(path)["Cache-Control"]


def test_it_ends_an_idle_log_in_after_half_an_hour(client, alice):
    client.force_login(alice)
    client.get("/nowhere/")
    assert client.cookies["sessionid"]["max-age"] == 30 * 60
    assert client.cookies["sessionid"]["httponly"]
    assert client.cookies["sessionid"]["samesite"] == "Lax"


def test_it_renews_a_log_in_once_a_minute(client, alice):
    with time_machine.travel(datetime(2026, 5, 6, 18, 0, tzinfo=UTC), tick=False) as clock:
        client.force_login(alice)
        client.get("/")
        first = Session.objects.get().expire_date
        clock.shift(60)
        assert "sessionid" not in client.get("/").cookies
        assert Session.objects.get().expire_date == first
        clock.shift(1)
        assert client.get("/").cookies["sessionid"]["max-age"] == 30 * 60
        assert Session.objects.get().expire_date == first + timedelta(seconds=61)


def test_it_starts_no_session_for_anonymous_visitors(client, db):
    assert "sessionid" not in client.get("/accounts/login/").cookies
    assert not Session.objects.exists()


def test_it_ends_every_log_in_after_twelve_hours(client, alice, monkeypatch):
    clock = [1_000_000.0]
    monkeypatch.setattr("paveadmin.middleware.time.time", lambda: clock[0])
    client.force_login(alice)
    for hours in (0, 6, 11.9):
        clock[0] = 1_000_000 + hours * 3600
        client.get("/nowhere/")
        assert "_auth_user_id" in client.session
    clock[0] = 1_000_000 + 12.1 * 3600
    client.get("/nowhere/")
    assert "_auth_user_id" not in client.session


def test_it_shows_our_404_page_in_development_too(client, settings):
    for debug in (False, True):
        settings.DEBUG = debug
        answer = client.get("/nowhere/at/all/")
        assert answer.status_code == 404
        assert "PAVE Admin" in answer.content.decode()
        assert "Using the URLconf" not in answer.content.decode()


def test_what_a_page_polls_by_itself_renews_no_log_in(client, carol):
    with time_machine.travel(datetime(2026, 5, 6, 18, 0, tzinfo=UTC), tick=False) as clock:
        client.force_login(carol)
        client.get("/")
        first = Session.objects.get().expire_date
        clock.shift(61)
        assert client.get("/audit/newer/", {"than": "0"}).status_code == 200
        assert client.get("/audit/newer/", {"than": "x"}).status_code == 400
        assert Session.objects.get().expire_date == first
        client.get("/")
        assert Session.objects.get().expire_date > first


def test_a_page_is_shown_when_the_log_in_cannot_be_renewed(client, alice, monkeypatch):
    def refuse_writes(*_, **__):
        try:
            raise OperationalError("attempt to write a readonly database")
        except OperationalError:
            raise UpdateError from None

    client.force_login(alice)
    monkeypatch.setattr(SessionStore, "save", refuse_writes)
    assert client.get("/sessions/").status_code == 200


def test_a_log_in_that_was_ended_meanwhile_is_refused(client, alice, monkeypatch):
    def refuse(*_, **__):
        raise UpdateError

    client.force_login(alice)
    monkeypatch.setattr(SessionStore, "save", refuse)
    assert client.get("/sessions/").status_code == 400
