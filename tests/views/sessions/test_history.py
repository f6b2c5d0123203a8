"""The page of a session as it stood at a moment: what it says, and what it keeps to itself."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from bs4 import BeautifulSoup
from django.utils import timezone

from sessions_ui.audit.history.facts import Certainty, Fact, Source, edits_open, facts_of, known_at
from sessions_ui.audit.history.state_at import moment_of
from sessions_ui.domain.actor import Actor
from sessions_ui.models import AuditEntry, AuditValue, Observation
from sessions_ui.views.sessions.history import asked_of
from tests.audit.authors import KEY, PHONE, edit, ended, intent, refusal, sent

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
THEME = "session.theme"


def hour(number):
    return NOON + timedelta(hours=number)


def fact(number, text, key=THEME, source=Source.TOOK, edit_id=1, stamp=None):
    return Fact(hour(number), key, text, source, edit_id, stamp)


# --- what facts come to ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("facts", "texts", "certainty"),
    [
        ([], (), "nothing"),
        ([fact(-1, "PRO")], ("PRO",), "before"),
        ([fact(0, "PRO")], ("PRO",), "exact"),
        ([fact(1, "PRO")], ("PRO",), "after"),
        ([fact(-1, "PRO"), fact(1, "pro")], ("PRO",), "both"),
        ([fact(-1, "PRO"), fact(1, "LITE")], ("PRO", "LITE"), "between"),
        ([fact(-2, "CAPT"), fact(-1, "PRO"), fact(1, "LITE")], ("PRO", "LITE"), "between"),
        ([fact(-1, "PRO"), fact(1, "LITE", stamp=hour(-0.5))], ("LITE",), "stamped"),
        ([fact(1, "LITE", stamp=hour(-0.5))], ("LITE",), "stamped"),
        ([fact(1, "LITE", stamp=hour(-0.0003))], ("LITE",), "after"),
        ([fact(1, "LITE", stamp=hour(0.5))], ("LITE",), "after"),
        # A stamp that an earlier look gives the lie proves nothing.
        ([fact(-1, "PRO"), fact(1, "LITE", stamp=hour(-2))], ("PRO", "LITE"), "between"),
        ([fact(-1, "PRO", source=Source.SENT), fact(1, "LITE")], ("PRO", "LITE"), "on its way"),
        (
            [fact(-1, "PRO", source=Source.SENT), fact(1, "LITE", edit_id=2)],
            ("PRO", "LITE"),
            "between",
        ),
        ([fact(-1, None), fact(1, None)], (None,), "both"),
        ([fact(-1, None), fact(1, "PRO")], (None, "PRO"), "between"),
    ],
)
def test_what_is_known_is_what_the_facts_around_a_moment_say(facts, texts, certainty):
    known = known_at(facts, THEME, NOON)
    assert (known.texts, known.certainty) == (texts, Certainty(certainty))


def course(*seen):
    """Facts of looks: hour, status, start, delivery."""
    found = []
    for number, status, started, delivery in seen:
        start = hour(started).isoformat() if started is not None else ""
        for key, text in (
            ("session.status", status),
            ("session.inspect_started_at", start),
            ("sms.delivery_status", delivery),
            ("sms.to_name", "Daniel"),
        ):
            found.append(fact(number, text, key, Source.SEEN, None))
    return found


@pytest.mark.parametrize(
    ("looks", "statuses", "locks"),
    [
        # looked at before and after, the same
        ([(-1, "IDLE", None, "30 failed"), (1, "IDLE", None, "30 failed")], "IDLE",
         {THEME: "EDITABLE", "sms.to": "EDITABLE"}),
        ([(-1, "IDLE", None, "201"), (1, "IDLE", None, "201")], "IDLE",
         {THEME: "EDITABLE", "sms.to": "SMS_NOT_FAILED"}),
        # started in between: PAVE says when
        ([(-1, "IDLE", None, "201"), (1, "STARTED", 0.5, "201")], "IDLE", {THEME: "EDITABLE"}),
        ([(-1, "IDLE", None, "201"), (1, "STARTED", -0.5, "201")], "STARTED",
         {THEME: "STARTED", "session.language": "EDITABLE"}),
        ([(-1, "IDLE", None, "201"), (1, "STARTED", 0, "201")], "IDLE STARTED",
         {THEME: "UNKNOWN", "session.language": "EDITABLE"}),
        # what lies between two statuses is possible too
        ([(-1, "PROCESS", -3, "201"), (1, "COMPLETE", -3, "201")],
         "PROCESS QC_PASSED CONFIRM COMPLETE", {THEME: "UNKNOWN", "session.language": "UNKNOWN"}),
        ([(-1, "STARTED", -3, "201"), (1, "EXPIRED", -3, "201")],
         "STARTED PROCESS QC_PASSED CONFIRM EXPIRED", {THEME: "UNKNOWN"}),
        # nobody looked before: a session begins as IDLE
        ([(1, "IDLE", None, "201")], "IDLE", {THEME: "EDITABLE"}),
        ([(1, "STARTED", 0.5, "201")], "IDLE", {THEME: "EDITABLE"}),
        # nobody looked since
        ([(-1, "COMPLETE", -3, "201")], "COMPLETE EXPIRED INVALID", {THEME: "UNKNOWN"}),
        # a word that the manual does not have
        ([(-1, "PAUSED", None, "201"), (1, "PAUSED", None, "201")], "PAUSED",
         {THEME: "UNKNOWN_STATUS"}),
        # nothing at all is known
        ([], "IDLE STARTED PROCESS QC_PASSED CONFIRM COMPLETE EXPIRED INVALID",
         {THEME: "UNKNOWN", "sms.to": "UNKNOWN"}),
        # the delivery changed in between
        ([(-1, "IDLE", None, "30 failed"), (1, "IDLE", None, "201")], "IDLE",
         {THEME: "EDITABLE", "sms.by": "EDITABLE", "sms.to": "UNKNOWN"}),
    ],
)  # fmt: skip
def test_locks_are_said_as_far_as_the_looks_reach(looks, statuses, locks):
    moment = moment_of(course(*looks), "A-1", NOON)
    assert list(moment.statuses) == statuses.split()
    found = {
        one.spec.key: (one.verdict.reason or "EDITABLE") if one.verdict else "UNKNOWN"
        for one in moment.fields
    }
    assert {key: str(found[key]) for key in locks} == locks


def test_a_delivery_that_nobody_saw_may_have_been_any():
    facts = [one for one in course((-1, "IDLE", None, ""), (1, "IDLE", None, ""))
             if one.key != "sms.delivery_status"]  # fmt: skip
    moment = moment_of(facts, "A-1", NOON)
    found = {one.spec.key: {str(v.reason) for v in one.verdicts} for one in moment.fields}
    assert found["sms.to"] == {"None", "SMS_UNKNOWN", "SMS_NOT_FAILED"}
    assert found["sms.by"] == {"None"}


def test_an_open_edit_locks_everything():
    looks = course((-1, "IDLE", None, "201"), (1, "IDLE", None, "201"))
    moment = moment_of(looks, "A-1", NOON, pending=[7])
    assert {str(one.verdict.reason) for one in moment.fields} == {"EDIT_PENDING"}


def test_an_edit_is_open_from_its_intent_until_it_is_settled():
    edit_id = intent()
    sent(edit_id)
    ended(edit_id, "unknown")
    first, *_, unknown = entries = list(AuditEntry.objects.order_by("id"))
    later = unknown.ts + timedelta(seconds=1)
    assert edits_open(entries, first.ts - timedelta(seconds=1)) == []
    assert edits_open(entries, later) == [edit_id]
    assert edits_open([*entries, AuditEntry(ts=later, kind=4, op=edit_id, outcome="in_effect")],
                      later) == []  # fmt: skip


def test_what_a_page_once_showed_is_no_fact():
    edit_id = intent()
    ended(edit_id, "withdrawn", error_code="conflict")
    refusal(fields=["session.theme"])
    assert facts_of(AuditEntry.objects.order_by("id"), {}, [], None) == []
    refusal(locks={"session.theme": "STARTED"})
    facts = facts_of(AuditEntry.objects.order_by("id"), {}, [], None)
    assert [one.text for one in facts if one.key == THEME] == ["LITE"]


# --- the way to it ---


def test_history_and_entry_lead_to_before_and_after(client, alice, carol):
    edit_id, refused = edit(), refusal(locks={THEME: "STARTED"})
    first, last = AuditEntry.objects.get(id=edit_id), AuditEntry.objects.get(op=edit_id, kind=3)
    client.force_login(alice)
    soup = BeautifulSoup(client.get(f"/sessions/{KEY}/history/").text, "html.parser")
    client.force_login(carol)
    entry = BeautifulSoup(client.get(f"/audit/{edit_id}/").text, "html.parser")
    for place in (soup.select_one(f"#entry-{edit_id}"), entry):
        before, after = (one["href"].partition("?at=") for one in place.select("a[href*='/past/']"))
        assert before[0] == after[0] == f"/sessions/{KEY}/past/"
        assert asked_of(before[2]).at == first.ts - timedelta(microseconds=1)
        assert asked_of(after[2]).at == last.ts
    (then_,) = soup.select(f"#entry-{refused} a[href*='/past/']")
    assert "Session then" in then_.get_text()


# --- the page -------------------------------------------------------------------------------------


@pytest.fixture
def key(sandbox):
    """A session that PAVE knows, with a name and a number in it."""
    return sandbox.state.create(
        status="IDLE", delivery="failed", session={"theme": "PRO"},
        sms={"to": "647-555-0148", "to_name": "Daniel Osei", "by": "Lakeshore Honda"},
    )  # fmt: skip


def page(client, person, key, at=""):
    client.force_login(person)
    answer = client.get(f"/sessions/{key}/past/", {"at": at} if at else {})
    assert answer.status_code == 200
    assert "555-0148" not in answer.text
    assert "555-0184" not in answer.text
    assert "Daniel Osei" not in answer.text
    return BeautifulSoup(answer.text, "html.parser")


def then(soup):
    """Field key to its verdict and the words of its row."""
    return {
        row["data-then"]: (row["data-then-verdict"], row.get_text(" ", strip=True))
        for row in soup.select("[data-then]")
    }


def stamp(moment):
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


def test_it_shows_all_fields_now(client, alice, key):
    rows = then(page(client, alice, key))
    assert len(rows) == 19
    assert rows[THEME][0] == "EDITABLE"
    assert "PRO" in rows[THEME][1]
    assert "PAVE’s latest word" in rows[THEME][1]


def test_before_and_after_an_edit_differ_by_the_edit(client, carol, key):
    edit_id = edit({**PHONE, THEME: ("LITE", "PRO")}, key=key)
    first, last = AuditEntry.objects.get(id=edit_id), AuditEntry.objects.latest("id")
    before = then(page(client, carol, key, stamp(first.ts - timedelta(microseconds=1))))
    after = then(page(client, carol, key, stamp(last.ts)))
    assert "LITE" in before[THEME][1]
    assert "PRO" in after[THEME][1]
    assert "•••-•••-0184" in before["sms.to"][1]
    assert "•••-•••-0148" in after["sms.to"][1]
    assert f"PAVE took it with #{edit_id:,}" in after[THEME][1]


def test_each_value_leads_to_its_entry(client, alice, carol, key):
    edit_id = edit(key=key)
    at = stamp(AuditEntry.objects.latest("id").ts)
    agents = page(client, alice, key, at).select_one(f'[data-then="{THEME}"] a')["href"]
    assert agents == f"/sessions/{key}/history/?before={edit_id + 1}#entry-{edit_id}"
    assert client.get(agents.partition("#")[0]).text.count(f'id="entry-{edit_id}"') == 1
    managers = page(client, carol, key, at).select_one(f'[data-then="{THEME}"] a')["href"]
    assert managers == f"/audit/{edit_id}/"


def test_an_erased_value_is_said_so(client, carol, key):
    edit(PHONE, key=key)
    AuditValue.objects.all().delete()
    at = stamp(AuditEntry.objects.latest("id").ts)
    assert "(erased)" in then(page(client, carol, key, at))["sms.to"][1]


def test_what_nobody_saw_is_said_with_both_looks(client, carol, key):
    edit({THEME: ("LITE", "CAPT")}, key=key)
    at = stamp(AuditEntry.objects.latest("id").ts + timedelta(milliseconds=1))
    told = then(page(client, carol, key, at))[THEME][1]
    for words in ("Not known", "CAPT before", "PRO after", "where nobody looked"):
        assert words in told


def test_a_moment_before_pave_made_the_session_is_said_so(client, alice, key):
    soup = page(client, alice, key, "2020-05-05T10:00")
    assert "did not exist yet" in soup.get_text()
    assert not then(soup)


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
def test_a_moment_that_cannot_be_is_said_so(client, alice, key, text, words):
    soup = page(client, alice, key, text)
    assert words in soup.select_one("[role=alert]").get_text()
    assert soup.title.get_text().startswith("Error:")
    assert len(then(soup)) == 19


def test_a_moment_without_a_zone_is_the_houses(settings):
    assert asked_of("2026-01-31T14:05").at == datetime(2026, 1, 31, 19, 5, tzinfo=UTC)
    assert asked_of("2026-01-31T14:05:00Z").at == datetime(2026, 1, 31, 14, 5, tzinfo=UTC)
    assert asked_of("2026-01-31T14:05:00 01:00").at == datetime(2026, 1, 31, 13, 5, tzinfo=UTC)


def test_while_pave_is_away_its_last_word_or_the_record_alone_speaks(client, alice, key, sandbox):
    edit(key=key)
    sandbox.state.fault("error_before", method="GET", times=99)
    soup = page(client, alice, key)
    assert "only the record speaks" in soup.get_text()
    assert then(soup)["vehicle.vin"][1].count("Not known") >= 1
    sandbox.state.clear_faults()
    page(client, alice, key)
    sandbox.state.fault("error_before", method="GET", times=99)
    assert "PAVE’s latest word" in then(page(client, alice, key))["vehicle.vin"][1]


@pytest.mark.parametrize("bad", ["XXX-NOSUCHKEY1", "lower", "A B"])
def test_a_session_that_nobody_knows_has_no_past(client, alice, sandbox, bad):
    client.force_login(alice)
    assert client.get(f"/sessions/{bad}/past/").status_code == 404


def test_a_session_that_pave_forgot_keeps_its_past(client, alice, sandbox):
    edit(key="XXX-NOSUCHKEY1")
    assert then(page(client, alice, "XXX-NOSUCHKEY1"))[THEME][1].count("PRO") == 1


@pytest.mark.parametrize(("name", "status"), [("dora", 403), ("nora", 403), ("carol", 200)])
def test_only_who_may_see_the_history_may_look_back(client, request, key, name, status):
    client.force_login(request.getfixturevalue(name))
    assert client.get(f"/sessions/{key}/past/").status_code == status
    assert client.post(f"/sessions/{key}/past/").status_code in (403, 405)


def test_looking_back_at_another_s_work_is_recorded_once_an_hour(client, alice, bob, key):
    def seen():
        return list(AuditEntry.objects.filter(action="history.seen").values_list("actor_id"))

    edit(actor=Actor(id=alice.pk, label="Alice", role="Agent"), key=key)
    page(client, alice, key)
    assert seen() == []
    page(client, bob, key, at="2026-11-01T10:00")
    assert seen() == [(bob.pk,)]
    page(client, bob, key)
    client.get(f"/sessions/{key}/history/")
    assert seen() == [(bob.pk,)]


def test_a_moment_after_the_last_reading_is_read_anew(client, alice, key, sandbox):
    page(client, alice, key)
    sandbox.state.poke(key, "session.theme", "CAPT")
    rows = then(page(client, alice, key, stamp(timezone.now())))
    assert rows[THEME][0] == "EDITABLE"
    assert "CAPT" in rows[THEME][1]
    assert "CAPT" in then(page(client, alice, key))[THEME][1]


def test_stepping_asks_pave_once_a_minute(client, alice, key, sandbox):
    at = stamp(timezone.now())
    for _ in range(3):
        page(client, alice, key, at)
    asked = [row for row in sandbox.state.journal() if row["kind"] == "request"]
    assert len([row for row in asked if row["method"] == "GET"]) == 1


def test_a_start_is_told_with_paves_own_time(client, alice, key, sandbox):
    at = timezone.now()
    Observation.objects.create(session_key=key, seen_at=at, last_seen_at=at, status="IDLE",
                            updated_at="2026-01-01T00:00:00Z")  # fmt: skip
    sandbox.state.act(key, "start")
    sandbox.state.poke(key, "inspect_started_at", stamp(at - timedelta(hours=1)))
    soup = page(client, alice, key, stamp(at - timedelta(minutes=30)))
    assert json.dumps(then(soup)[THEME][0]) == '"STARTED"'
    assert "The customer had started" in soup.get_text()


def test_what_pave_says_is_never_markup(client, alice, key, sandbox):
    page(client, alice, key)
    for field in ("vehicle.trim", "status", "delivery_status"):
        sandbox.state.poke(key, field, "<b>bold</b>")
    soup = page(client, alice, key)
    assert "<b>bold</b>" in soup.select_one("main").get_text()
    history = BeautifulSoup(client.get(f"/sessions/{key}/history/").text, "html.parser")
    told = history.select_one("main").get_text()
    assert told.count("<b>bold</b>") >= 3
    assert not [one for one in (*soup.select("b"), *history.select("b")) if one.text == "bold"]
