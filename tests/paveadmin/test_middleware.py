"""What every request goes through: log lines, the ends of a log-in, headers, the house's 404."""

import json
import logging
import sys
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.contrib.sessions.models import Session
from django.http import HttpResponse

from paveadmin.logs import JsonLine, key_hash, quiet
from sessions_ui.roles import actor_of

KEY = "LKS-7Q2M9XK4RD"


@pytest.fixture
def lines(caplog):
    """Give a function that returns what the request logger wrote, each line parsed again."""
    caplog.set_level(logging.INFO, logger="paveadmin.request")

    def _lines():
        records = [record for record in caplog.records if record.name == "paveadmin.request"]
        return [json.loads(JsonLine().format(record)) for record in records]

    return _lines


def test_it_writes_one_line_per_request_without_query_or_session_key(client, alice, lines):
    client.force_login(alice)
    answer = client.get(f"/sessions/{KEY}/nowhere/?q=4165550174", headers={"user-agent": "x"})
    (line,) = lines()
    assert line["path"] == f"/sessions/{key_hash(KEY)}/nowhere/"
    assert (line["method"], line["status"], line["user_id"]) == ("GET", 404, alice.pk)
    assert line["request_id"] == answer["X-Request-ID"]
    assert KEY not in json.dumps(line)
    assert "416555" not in json.dumps(line)


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("/audit/?value=416&q=x", "/audit/"),
        ("No: /sessions/ABC-123/history/", f"No: /sessions/{key_hash('ABC-123')}/history/"),
        ("GET /sessions/ABC-123?edit=4 HTTP/1.1", f"GET /sessions/{key_hash('ABC-123')} HTTP/1.1"),
        ("/hooks/pave/s3cr3t/", f"/hooks/pave/{key_hash('s3cr3t')}/"),
        ("/sessions/", "/sessions/"),
        ("Is it done? Yes.", "Is it done? Yes."),
    ],
)  # fmt: skip
def test_it_quiets_addresses(text, kept):
    assert quiet(text) == kept


def _record(message, *arguments, exc_info=None):
    return logging.LogRecord("x", logging.ERROR, "x.py", 1, message, arguments, exc_info)


@pytest.mark.parametrize("hostile", ["a\nb", "a\r\nb", "\x1b[31mred", "a\u2028b", "\x00"])
def test_it_keeps_every_event_on_one_line(hostile):
    line = JsonLine().format(_record("%s", hostile))
    assert len(line.splitlines()) == 1
    assert "\x1b" not in line
    assert json.loads(line)["event"] == hostile


def test_it_tells_where_an_error_was_but_not_what_it_said():
    try:
        raise ValueError("phone 4165550174")
    except ValueError:
        line = JsonLine().format(_record("failed", exc_info=sys.exc_info()))
    assert "4165550174" not in line
    told = json.loads(line)
    assert told["error"] == "ValueError"
    assert "test_middleware.py" in told["trace"][0]


def test_it_sets_the_same_guards_on_every_page(client, alice):
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


def test_it_begins_no_session_for_who_is_not_logged_in(client, db):
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


def test_it_shows_the_house_page_for_an_unknown_address_in_development_too(client, settings):
    for debug in (False, True):
        settings.DEBUG = debug
        answer = client.get("/nowhere/at/all/")
        assert answer.status_code == 404
        assert "PAVE Admin" in answer.content.decode()
        assert "Using the URLconf" not in answer.content.decode()


def test_it_names_the_actor_with_role_log_in_and_request(rf, client, carol):
    client.force_login(carol)
    request = rf.get("/", headers={"user-agent": "Browser/1.0"})
    request.user, request.session, request.request_id = carol, client.session, "abc123"
    actor = actor_of(request)
    assert (actor.id, actor.label, actor.role) == (carol.pk, "carol", "Manager")
    assert (actor.remote_addr, actor.request_id) == ("127.0.0.1", "abc123")
    assert client.session.session_key not in actor.login_hash
    assert len(actor.login_hash) == len(actor.user_agent_hash) == 16
    assert isinstance(client.get("/nowhere/"), HttpResponse)
