"""Test the pages about a session's past: its state at a moment, and the links that lead there."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from bs4 import BeautifulSoup
from django.utils import timezone

from sessions_ui.domain.actor import Actor
from sessions_ui.domain.catalogue import CATALOGUE
from sessions_ui.models import AuditEntry, AuditValue, Observation
from sessions_ui.views.sessions.history import parse_moment
from tests.audit.authors import KEY, PHONE, edit, refusal
from tests.pages import soup_of
from tests.pages import words as read_words

pytestmark = pytest.mark.django_db

THEME = "session.theme"
HISTORY = f"/sessions/{KEY}/history/"


def test_the_history_has_the_edits_and_refusals_of_one_session(client, alice):
    client.force_login(alice)
    first = edit(PHONE, note="Customer called", ticket="ZD-1")
    refused = refusal()
    edit(key="NGF-8C0RQ5VJ2T")
    answer = client.get(HISTORY)
    rows = soup_of(answer).select("[data-entry-id]")
    assert [(row["data-entry-id"], row["data-outcome"]) for row in rows] == [
        (str(refused), "refused_by_policy"),
        (str(first), "confirmed"),
    ]
    assert not soup_of(answer).select("main a[href^='/audit/']")  # pages that agents cannot open
    assert "555-0148" not in answer.text


def test_the_history_of_an_unedited_session_says_so(client, alice):
    client.force_login(alice)
    assert "Nothing was changed here yet" in read_words(client.get(HISTORY))


@pytest.mark.parametrize("key", ["ab", "abc-1", "x" * 41, "A B C", "A%2FB"])
def test_an_impossible_session_key_has_no_history(manager, key):
    assert manager.get(f"/sessions/{key}/history/").status_code == 404


def test_the_history_links_to_the_entries_for_managers(manager):
    edit_id = edit()
    assert f'href="/audit/{edit_id}/"' in manager.get(HISTORY).text


def test_history_and_entry_link_to_the_state_before_and_after(client, alice, carol):
    edit_id, refused = edit(), refusal(locks={THEME: "STARTED"})
    first, last = AuditEntry.objects.get(id=edit_id), AuditEntry.objects.get(op=edit_id, kind=3)
    client.force_login(alice)
    soup = BeautifulSoup(client.get(f"/sessions/{KEY}/history/").text, "html.parser")
    client.force_login(carol)
    entry = BeautifulSoup(client.get(f"/audit/{edit_id}/").text, "html.parser")
    for place in (soup.select_one(f"#entry-{edit_id}"), entry):
        before, after = (one["href"].partition("?at=") for one in place.select("a[href*='/past/']"))
        assert before[0] == after[0] == f"/sessions/{KEY}/past/"
        assert parse_moment(before[2]).at == first.ts - timedelta(microseconds=1)
        assert parse_moment(after[2]).at == last.ts
    (link,) = soup.select(f"#entry-{refused} a[href*='/past/']")
    assert "Session then" in link.get_text()


@pytest.fixture
def key(sandbox):
    """A session that PAVE knows, with a name and a number in it."""
    return sandbox.state.create(
        status="IDLE", delivery="failed", session={"theme": "PRO"},
        sms={"to": "647-555-0148", "to_name": "Daniel Osei", "by": "Lakeshore Honda"},
    )  # fmt: skip


def state_page(client, person, key, at=""):
    client.force_login(person)
    answer = client.get(f"/sessions/{key}/past/", {"at": at} if at else {})
    assert answer.status_code == 200
    assert "555-0148" not in answer.text
    assert "555-0184" not in answer.text
    assert "Daniel Osei" not in answer.text
    return BeautifulSoup(answer.text, "html.parser")


def field_rows(soup):
    """The verdict and the text of each field's row, by key."""
    return {
        row["data-then"]: (row["data-then-verdict"], row.get_text(" ", strip=True))
        for row in soup.select("[data-then]")
    }


def stamp(moment):
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


def test_it_shows_all_fields_as_they_are_now(client, alice, key):
    rows = field_rows(state_page(client, alice, key))
    assert set(rows) == {spec.key for spec in CATALOGUE.writable}
    assert rows[THEME][0] == "EDITABLE"
    assert "PRO" in rows[THEME][1]
    assert "PAVE’s latest word" in rows[THEME][1]


def test_before_and_after_an_edit_differ_by_the_edit(client, carol, key):
    edit_id = edit({**PHONE, THEME: ("LITE", "PRO")}, key=key)
    first, last = AuditEntry.objects.get(id=edit_id), AuditEntry.objects.latest("id")
    before = field_rows(state_page(client, carol, key, stamp(first.ts - timedelta(microseconds=1))))
    after = field_rows(state_page(client, carol, key, stamp(last.ts)))
    assert "LITE" in before[THEME][1]
    assert "PRO" in after[THEME][1]
    assert "•••-•••-0184" in before["sms.to"][1]
    assert "•••-•••-0148" in after["sms.to"][1]
    assert f"PAVE took it with #{edit_id:,}" in after[THEME][1]


def test_each_value_links_to_its_entry(client, alice, carol, key):
    edit_id = edit(key=key)
    at = stamp(AuditEntry.objects.latest("id").ts)
    agents = state_page(client, alice, key, at).select_one(f'[data-then="{THEME}"] a')["href"]
    assert agents == f"/sessions/{key}/history/?before={edit_id + 1}#entry-{edit_id}"
    assert client.get(agents.partition("#")[0]).text.count(f'id="entry-{edit_id}"') == 1
    managers = state_page(client, carol, key, at).select_one(f'[data-then="{THEME}"] a')["href"]
    assert managers == f"/audit/{edit_id}/"


def test_an_erased_value_is_marked_as_erased(client, carol, key):
    edit(PHONE, key=key)
    AuditValue.objects.all().delete()
    at = stamp(AuditEntry.objects.latest("id").ts)
    assert "(erased)" in field_rows(state_page(client, carol, key, at))["sms.to"][1]


def test_an_unobserved_change_shows_the_values_before_and_after(client, carol, key):
    edit({THEME: ("LITE", "CAPT")}, key=key)
    at = stamp(AuditEntry.objects.latest("id").ts + timedelta(milliseconds=1))
    text = field_rows(state_page(client, carol, key, at))[THEME][1]
    for words in ("Not known", "CAPT before", "PRO after", "where nobody looked"):
        assert words in text


def test_before_its_creation_the_session_did_not_exist(client, alice, key):
    soup = state_page(client, alice, key, "2020-05-05T10:00")
    assert "did not exist yet" in soup.get_text()
    assert not field_rows(soup)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("yesterday", "is not a moment"),
        ("2999-01-01T00:00", "still to come"),
        ("0001-01-01T00:00:00Z", "not a moment"),
        ("1990-01-01T00:00", "so long ago"),
        ("2026-99-01", "is not a moment"),
    ],
)
def test_an_invalid_moment_is_explained(client, alice, key, text, words):
    soup = state_page(client, alice, key, text)
    assert words in soup.select_one("[role=alert]").get_text()
    assert soup.title.get_text().startswith("Error:")
    assert len(field_rows(soup)) == len(CATALOGUE.writable)


def test_a_moment_without_a_zone_is_in_the_local_one(settings):
    assert parse_moment("2026-01-31T14:05").at == datetime(2026, 1, 31, 19, 5, tzinfo=UTC)
    assert parse_moment("2026-01-31T14:05:00Z").at == datetime(2026, 1, 31, 14, 5, tzinfo=UTC)
    assert parse_moment("2026-01-31T14:05:00 01:00").at == datetime(2026, 1, 31, 13, 5, tzinfo=UTC)


def test_without_pave_the_cached_read_or_the_audit_alone_is_shown(client, alice, key, sandbox):
    edit(key=key)
    sandbox.state.fault("error_before", method="GET", times=99)
    soup = state_page(client, alice, key)
    assert "only the record speaks" in soup.get_text()
    assert field_rows(soup)["vehicle.vin"][1].count("Not known") >= 1
    sandbox.state.clear_faults()
    state_page(client, alice, key)
    sandbox.state.fault("error_before", method="GET", times=99)
    assert "PAVE’s latest word" in field_rows(state_page(client, alice, key))["vehicle.vin"][1]


@pytest.mark.parametrize("bad", ["XXX-NOSUCHKEY1", "lower", "A B"])
def test_an_unknown_session_is_not_found(client, alice, sandbox, bad):
    client.force_login(alice)
    assert client.get(f"/sessions/{bad}/past/").status_code == 404


def test_a_session_that_pave_deleted_keeps_its_past(client, alice, sandbox):
    edit(key="XXX-NOSUCHKEY1")
    assert field_rows(state_page(client, alice, "XXX-NOSUCHKEY1"))[THEME][1].count("PRO") == 1


@pytest.mark.parametrize(("name", "status"), [("dora", 403), ("nora", 403), ("carol", 200)])
def test_only_those_who_may_see_the_history_may_open_it(client, request, key, name, status):
    client.force_login(request.getfixturevalue(name))
    assert client.get(f"/sessions/{key}/past/").status_code == status
    assert client.post(f"/sessions/{key}/past/").status_code in (403, 405)


def test_viewing_another_persons_work_is_recorded_once_an_hour(client, alice, bob, key):
    def seen():
        return list(AuditEntry.objects.filter(action="history.seen").values_list("actor_id"))

    edit(actor=Actor(id=alice.pk, label="Alice", role="Agent"), key=key)
    state_page(client, alice, key)
    assert seen() == []
    state_page(client, bob, key, at="2026-11-01T10:00")
    assert seen() == [(bob.pk,)]
    state_page(client, bob, key)
    client.get(f"/sessions/{key}/history/")
    assert seen() == [(bob.pk,)]


def test_a_moment_after_the_cached_read_reads_pave_again(client, alice, key, sandbox):
    state_page(client, alice, key)
    sandbox.state.poke(key, "session.theme", "CAPT")
    rows = field_rows(state_page(client, alice, key, stamp(timezone.now())))
    assert rows[THEME][0] == "EDITABLE"
    assert "CAPT" in rows[THEME][1]
    assert "CAPT" in field_rows(state_page(client, alice, key))[THEME][1]


def test_stepping_reads_pave_once_a_minute(client, alice, key, sandbox):
    at = stamp(timezone.now())
    for _ in range(3):
        state_page(client, alice, key, at)
    requests = [row for row in sandbox.state.journal() if row["kind"] == "request"]
    assert len([row for row in requests if row["method"] == "GET"]) == 1


def test_a_start_has_the_time_that_pave_gives(client, alice, key, sandbox):
    at = timezone.now()
    Observation.objects.create(session_key=key, seen_at=at, last_seen_at=at, status="IDLE",
                            updated_at="2026-01-01T00:00:00Z")  # fmt: skip
    sandbox.state.act(key, "start")
    sandbox.state.poke(key, "inspect_started_at", stamp(at - timedelta(hours=1)))
    soup = state_page(client, alice, key, stamp(at - timedelta(minutes=30)))
    assert json.dumps(field_rows(soup)[THEME][0]) == '"STARTED"'
    assert "The customer had started" in soup.get_text()


def test_text_from_pave_is_never_markup(client, alice, key, sandbox):
    state_page(client, alice, key)
    for field in ("vehicle.trim", "status", "delivery_status"):
        sandbox.state.poke(key, field, "<b>bold</b>")
    soup = state_page(client, alice, key)
    assert "<b>bold</b>" in soup.select_one("main").get_text()
    history = BeautifulSoup(client.get(f"/sessions/{key}/history/").text, "html.parser")
    text = history.select_one("main").get_text()
    assert text.count("<b>bold</b>") >= 3
    assert not [one for one in (*soup.select("b"), *history.select("b")) if one.text == "bold"]
