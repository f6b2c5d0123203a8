"""Test the page on which a session is found by its key."""

import re
from datetime import timedelta
from http import HTTPStatus

import pytest
from django.conf import settings as project
from django.utils import timezone

from sessions_ui.models import RecentSession
from sessions_ui.services.sessions.recent import SHOWN
from sessions_ui.views.sessions import find
from sessions_ui.views.sessions.find import session_keys_in

KEY, OTHER = "LKS-7Q2M9XK4RD", "NGF-4TB8WZ1HQC"


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        (KEY, [KEY]),
        (f"  {KEY}\n", [KEY]),
        (KEY.lower(), [KEY]),
        ("ABC", ["ABC"]),
        (f"https://lakeshore.vehiclecapture.com/{KEY}", [KEY]),
        (f"https://lakeshore.vehiclecapture.com/{KEY}?utm=SMS-CAMPAIGN1", [KEY, "SMS-CAMPAIGN1"]),
        (f"https://pave.example.com/sessions/{KEY}/history/", [KEY]),
        ("https://pave.example.com/sessions/ABC/", ["ABC"]),
        (f"Hi Daniel, start here: https://a.vehiclecapture.com/{KEY}.", [KEY]),
        (f"{KEY} and {OTHER}, {KEY} again", [KEY, OTHER]),
        ("416-555-0184", []),
        ("2HGFC2F7XMH018462", []),
        ("lakeshore honda", []),
        ("lakeshore", []),
        ("f-150", []),
        ("A" * 41, []),
        ("../../etc/passwd", []),
        ("", []),
    ],
)
def test_it_finds_the_keys_in_typed_or_pasted_text(text, keys):
    assert session_keys_in(text) == keys


@pytest.mark.parametrize("text", [KEY, f"https://a.vehiclecapture.com/{KEY}", f" {KEY.lower()} "])
def test_it_redirects_to_the_only_session(log_in, text):
    answer = log_in("alice").get("/sessions/", {"q": text})
    assert answer.status_code == HTTPStatus.FOUND
    assert answer["Location"] == f"/sessions/{KEY}/"


def test_it_offers_each_of_several_keys(log_in):
    answer = log_in("alice").get("/sessions/", {"q": f"{KEY} or {OTHER}"})
    assert "This text holds 2 session keys" in answer.text
    assert f'href="/sessions/{KEY}/"' in answer.text
    assert f'href="/sessions/{OTHER}/"' in answer.text


def test_it_keeps_what_was_typed_and_says_what_a_key_looks_like(log_in):
    answer = log_in("alice").get("/sessions/", {"q": '"><script>x</script>'})
    assert answer.status_code == HTTPStatus.OK
    assert 'value="&quot;&gt;&lt;script&gt;x&lt;/script&gt;"' in answer.text
    assert "No session key in" in answer.text
    assert "<script>x" not in answer.text


def test_it_lists_the_persons_own_recent_sessions(log_in, alice, bob):
    seen = {"at": timezone.now(), "status": "PROCESS", "vehicle": "2021 Honda Civic"}
    RecentSession.objects.create(actor_id=alice.id, session_key=KEY, **seen)
    RecentSession.objects.create(actor_id=bob.id, session_key=OTHER, **seen)
    page = log_in("alice").get("/sessions/").text
    assert KEY in page
    assert OTHER not in page
    assert "Taking photos" in page
    assert "2021 Honda Civic" in page
    assert "just now" in page


def test_it_lists_the_latest_sessions_only(log_in, alice):
    now, seen = timezone.now(), {"actor_id": alice.id, "status": "IDLE", "vehicle": ""}
    for age in range(SHOWN + 5):
        key, at = f"LKS-{age:010}", now - timedelta(minutes=age)
        RecentSession.objects.create(session_key=key, at=at, **seen)
    shown = re.findall(
        r'class="key" href="/sessions/LKS-(\d+)/"', log_in("alice").get("/sessions/").text
    )
    assert [int(key) for key in shown] == list(range(SHOWN))


def test_it_lists_no_more_than_the_first_sessions_of_the_sandbox(log_in, sandbox):
    seeded = len(sandbox.state.listing())
    whole = log_in("alice").get("/sessions/").text
    assert whole.count('class="key"') == seeded
    assert "more" not in whole.partition("In the sandbox")[2].partition("</table>")[2][:200]
    for _ in range(12):
        sandbox.state.create()
    page = log_in("alice").get("/sessions/").text
    assert page.count('class="key"') == seeded
    assert "12 more are on the sandbox’s own page" in page


def test_it_explains_the_first_step_before_any_session_was_opened(log_in):
    page = log_in("alice").get("/sessions/").text
    assert "You have not opened a session yet." in page
    assert "The sandbox does not answer" in page


def test_it_links_to_the_sandbox_page_for_playing_the_customer(log_in, monkeypatch):
    seeded = {
        "session_key": KEY,
        "status": "IDLE",
        "delivery": "failed",
        "vehicle": "2021 Honda Civic",
        "customer": "Daniel Osei",
        "title": "Text failed",
    }
    monkeypatch.setattr(find, "sandbox_sessions", lambda: [seeded])
    page = log_in("alice").get("/sessions/").text
    assert "Text failed" in page
    assert f'href="{project.PAVE.base_url}/"' in page
    assert "Daniel Osei" not in page


def test_it_shows_no_sandbox_with_a_real_pave(log_in, settings):
    settings.PAVE_ENVIRONMENT = "live"
    page = log_in("alice").get("/sessions/").text
    assert "sandbox" not in page.lower()
    assert "Play the customer" not in page
