"""Test the audit's list and the page of an entry, as managers, agents and strangers see them."""

import hashlib
import json
from dataclasses import replace

import pytest
from django.contrib.sessions.models import Session
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from sessions_ui.audit.integrity.sealing import seal_entries
from sessions_ui.audit.log.record import record_access
from sessions_ui.domain.actor import SYSTEM
from sessions_ui.domain.rules.outcomes import Outcome
from sessions_ui.models import AuditEntry, Kind
from sessions_ui.services.review.watch_rules import create_rule, remove_rule
from tests.audit.authors import (
    ALICE,
    BOB,
    CAROL,
    KEY,
    PHONE,
    edit,
    ended,
    intent,
    note,
    refusal,
    resolved,
    sent,
)
from tests.audit.list_page import SHARED_VIEW, newer_label, save_view
from tests.keys import SEAL_KEY
from tests.pages import soup_of, words

PLACES = {
    "list": "/audit/",
    "entry": "/audit/{id}/",
    "export": "/audit/export.csv",
    "history": f"/sessions/{KEY}/history/",
}
pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("name", "allowed"),
    [
        ("alice", {"history"}),
        ("carol", {"list", "entry", "export", "history"}),
        ("dora", set()),
        ("nora", set()),
    ],
)
def test_each_role_can_open_its_own_pages_only(client, request, name, allowed):
    client.force_login(request.getfixturevalue(name))
    edit_id = edit()
    for place, address in PLACES.items():
        status = client.get(address.format(id=edit_id)).status_code
        assert status == (200 if place in allowed else 403), place


@pytest.mark.parametrize("address", PLACES.values(), ids=PLACES)
def test_the_pages_need_a_log_in(client, db, address):
    answer = client.get(address.format(id=1))
    assert answer.status_code == 302
    assert answer["Location"].startswith("/accounts/login/")


@pytest.mark.parametrize("address", PLACES.values(), ids=PLACES)
def test_the_pages_accept_no_post(manager, address):
    edit_id = edit()
    assert manager.post(address.format(id=edit_id)).status_code == 405


def test_a_note_is_a_step_of_its_entry_and_no_row_of_the_list(manager):
    edit_id, refused = edit(), refusal()
    steps = [note(edit_id, "audit.reviewed", "All well."), note(refused, "audit.flagged")]
    rows = soup_of(manager.get("/audit/")).select("tr[data-entry-id]")
    assert [row["data-entry-id"] for row in rows] == [str(refused), str(edit_id)]
    items = soup_of(manager.get(f"/audit/{edit_id}/")).select(".steps li")
    assert "Carol Weber (Manager) reviewed this" in items[-1].get_text(" ", strip=True)
    assert "“All well.”" in items[-1].get_text(" ", strip=True)
    assert not items[-1].has_attr("data-outcome")
    assert items[-2].select_one("strong").get_text() == "Applied"
    assert "flagged this" in words(manager.get(f"/audit/{refused}/"))
    assert [manager.get(f"/audit/{step}/")["Location"] for step in steps] == [
        f"/audit/{edit_id}/", f"/audit/{refused}/",
    ]  # fmt: skip


def test_a_note_about_no_entry_has_a_page(manager):
    assert "made a watch rule" in words(manager.get(f"/audit/{note(action='watch.made')}/"))


def test_the_list_has_one_row_per_edit_with_its_outcome_and_number(manager):
    first = edit(PHONE, ticket="ZD-48213")
    second = intent(actor=BOB)
    answer = manager.get("/audit/")
    rows = soup_of(answer).select("[data-entry-id]")
    assert [(row["data-entry-id"], row["data-outcome"]) for row in rows] == [
        (str(second), "pending"),
        (str(first), "confirmed"),
    ]
    text = rows[1].get_text(" ", strip=True)
    for phrase in ("Alice Moreau", "changed the phone number", KEY, "ZD-48213", "Wrong number",
                 "2 digits differ", "Applied"):  # fmt: skip
        assert phrase in text
    assert [change.get_text() for change in rows[1].select("dd > del, dd > ins")] == [
        "was •••-•••-0184", "now •••-•••-0148",
    ]  # fmt: skip
    assert "555-0148" not in answer.text
    assert "2 edits and refusals" in words(answer)
    assert "last 30 days" in words(answer)


def test_only_rows_have_outcomes_and_entry_ids(manager):
    edit()
    for address in ("/audit/", "/audit/?outcome=confirmed", "/audit/?outcome=bad"):
        for element in soup_of(manager.get(address)).select("[data-outcome], [data-entry-id]"):
            assert element.name == "tr"


def test_the_list_shows_the_latest_outcome(manager):
    edit_id = intent()
    sent(edit_id)
    ended(edit_id, "unknown")
    resolved(edit_id, "not_in_effect")
    assert (
        len(soup_of(manager.get("/audit/?outcome=not_in_effect")).select("tr[data-outcome]")) == 1
    )
    assert not soup_of(manager.get("/audit/?outcome=unknown")).select("tr[data-outcome]")


def test_filters_are_kept_in_the_form(manager):
    params = {"q": "ZD-1", "actor": "carol", "session": KEY, "field": "sms.to",
              "outcome": "partial", "reason": "other", "status": "IDLE", "value": "x",
              "from": "2026-01-31", "to": "2026-02-01", "kind": "edit"}  # fmt: skip
    form = soup_of(manager.get("/audit/", params)).select_one("form.filters")
    assert form["action"] == "/audit/"
    for name, value in params.items():
        control = form.select_one(f"[name={name}]")
        kept = control.get("value") or control.select_one("[selected]")["value"]
        assert kept == value, name


def test_a_filter_with_a_problem_is_explained_and_kept(manager):
    edit()
    answer = manager.get("/audit/", {"session": "a/b", "actor": "zed", "outcome": "fine"})
    assert answer.status_code == 200
    page = soup_of(answer)
    assert "cannot be a session key" in page.select_one("[role=alert]").get_text()
    assert page.title.get_text().startswith("Error:")
    assert page.select_one("#id_session")["value"] == "a/b"
    assert page.select_one("#id_actor [selected]")["value"] == "zed"
    assert page.select_one("#id_outcome [selected]")["value"] == "fine"
    assert not page.select("tr[data-entry-id]")
    assert "export" not in str(page.select_one("main"))
    for link in page.select("[role=alert] a"):
        assert page.select_one(link["href"])


def test_an_empty_list_says_what_will_be_here(manager):
    assert "Nothing here yet" in words(manager.get("/audit/"))


def test_no_match_lists_the_filters_and_clears_them_in_one_click(manager):
    edit()
    page = soup_of(manager.get("/audit/", {"outcome": "partial", "session": "ABC-1"}))
    void = page.select_one(".void")
    assert "No entry matches" in void.get_text()
    assert {item.get_text(" ", strip=True) for item in void.select("li")} == {
        "Outcome: Partly in effect", "Session: ABC-1",
    }  # fmt: skip
    assert void.select_one("a.btn")["href"] == "/audit/"


def test_each_filter_can_be_removed(manager):
    page = soup_of(manager.get("/audit/", {"outcome": "partial", "session": KEY}))
    assert {chip["href"] for chip in page.select(".set a.chip")} == {
        f"?session={KEY}", "?outcome=partial",
    }  # fmt: skip


def test_one_click_widens_the_window(manager):
    page = soup_of(manager.get("/audit/", {"outcome": "partial"}))
    wider = [link["href"] for link in page.select(".set a.btn")]
    assert len(wider) == 2
    assert all(link.startswith("?outcome=partial&from=20") for link in wider)


def test_the_pager_goes_both_ways_and_keeps_the_filters(manager, monkeypatch):
    monkeypatch.setattr("sessions_ui.services.audit.search.load_page.__defaults__", (2,))
    ids = [str(edit()) for _ in range(5)][::-1]

    def shown(page):
        return [row["data-entry-id"] for row in page.select("tr[data-entry-id]")]

    page = soup_of(manager.get("/audit/?outcome=confirmed"))
    assert shown(page) == ids[:2]
    assert not page.select("a[rel=prev]")
    older = page.select_one("a[rel=next]")["href"]
    assert older.startswith("?outcome=confirmed&before=")
    page = soup_of(manager.get(f"/audit/{older}"))
    assert shown(page) == ids[2:4]
    page = soup_of(manager.get(f"/audit/{page.select_one('a[rel=prev]')['href']}"))
    assert shown(page) == ids[:2]


def test_the_list_takes_five_queries_however_many_rows_it_has(manager):
    def count_queries():
        with CaptureQueriesContext(connection) as queries:
            manager.get("/audit/")
        return len(queries), sum("audit_" in query["sql"] for query in queries)

    edit(PHONE)
    manager.get("/audit/")
    for_one = count_queries()
    for _ in range(9):
        edit(PHONE)
    assert count_queries() == for_one
    assert for_one[1] == 5  # window, count, ids, entries with their ends, values


def test_texts_of_people_and_of_pave_are_escaped(manager):
    hostile = "<script>alert(1)</script>"
    edit_id = intent({"session.client_id": (hostile, f"{hostile}2")}, note=hostile, ticket=hostile)
    ended(edit_id, "refused", detail={"pave_message": hostile})
    for address in ("/audit/", f"/audit/{edit_id}/", f"/audit/?q={hostile}", PLACES["history"]):
        assert "<script>alert" not in manager.get(address).text


def test_the_page_of_an_entry_shows_the_whole_edit(manager):
    edit_id = intent(
        {**PHONE, "session.theme": ("LITE", "PRO")}, note="Customer called", ticket="T"
    )
    sent(edit_id, {**PHONE, "session.theme": ("LITE", "PRO")})
    results = {"sms.to": ("applied", "647-555-0148"), "session.theme": ("ignored", "LITE")}
    ended(edit_id, "partial", results, http_status=200, duration_ms=412)
    answer = manager.get(f"/audit/{edit_id}/")
    text = words(answer)
    for phrase in (
        f"Entry #{edit_id:,}", "Partly in effect", "Customer called", "Still holds LITE",
        "Alice Moreau changed the theme and phone number", "Ignored by PAVE",
        "PAVE answered 200 after 412 ms", "1 applied, 1 ignored by PAVE", "203.0.113.24",
        "Agent", "Not sealed yet", "PUT, keyed hash ",
    ):  # fmt: skip
        assert phrase in text, phrase
    page = soup_of(answer)
    sent_json = json.loads(page.select_one("pre.json").get_text())
    assert sent_json == {"session": {"theme": "PRO"}, "sms": {"to": "•••-•••-0148"}}
    assert "555-0148" not in answer.text
    steps = page.select(".steps > li")
    assert [step["data-outcome"] for step in steps] == ["pending", "pending", "partial"]
    assert {step["data-entry-id"] for step in steps} == {str(edit_id)}
    stamp = steps[0].select_one(".stamp").get_text(" ", strip=True)
    assert stamp.endswith("UTC")
    assert ("EST" in stamp) or ("EDT" in stamp)


def test_the_page_says_whether_an_entry_is_sealed_or_was_changed(manager):
    edit_id = edit()
    seal_entries(key=SEAL_KEY)
    assert "Each step agrees, just now" in words(manager.get(f"/audit/{edit_id}/"))
    AuditEntry.objects.filter(op=edit_id, kind=Kind.SENT).update(request_id="x")
    assert "Not as it was written" in words(manager.get(f"/audit/{edit_id}/"))


def test_the_number_of_an_unlisted_entry_leads_to_it(manager):
    edit_id = edit()
    manager.get("/audit/?outcome=confirmed")
    access = AuditEntry.objects.get(kind=Kind.ACCESS).id
    for question, number in ((f"q={access}", access), (f"q=%23{edit_id}&actor=2", edit_id)):
        page = soup_of(manager.get(f"/audit/?{question}"))
        assert "No entry matches" in page.get_text()
        link = page.find("a", string=f"Entry #{number:,}")["href"]
        assert link == f"/audit/{number}/"
        assert manager.get(link).status_code == 200
    assert "is on record" not in words(manager.get("/audit/?q=999999"))
    assert "is on record" not in words(manager.get(f"/audit/?q={edit_id}"))


@pytest.mark.parametrize("question", [f"session={KEY}", "q=T-4821"])
def test_the_list_says_when_it_covers_the_whole_record(manager, question):
    edit(ticket="T-4821")
    assert "1 edit or refusal in the whole record" in words(manager.get(f"/audit/?{question}"))
    for narrow in ("/audit/", f"/audit/?{question}&from=2020-01-01"):
        assert "the whole record" not in words(manager.get(narrow))


def test_an_entry_leads_to_the_edits_of_its_actor_even_if_deleted(manager, django_user_model):
    django_user_model.objects.create_user("4711")  # somebody else
    gone = replace(ALICE, id=4711)
    ids = [edit(actor=gone), edit(actor=gone)]
    edit()
    page = manager.get(f"/audit/{ids[0]}/")
    assert "Number #4711 Their edits" in words(page)
    link = soup_of(page).find("a", string="Their edits")["href"]
    listed = soup_of(manager.get(link)).select("tr[data-entry-id]")
    assert [row["data-entry-id"] for row in listed] == [str(id_) for id_ in ids[::-1]]
    assert "the page of each of their entries" in words(manager.get("/audit/?actor=gone"))
    by_itself = note(actor=SYSTEM)
    assert "Their edits" not in words(manager.get(f"/audit/{by_itself}/"))


def test_the_number_of_a_step_leads_to_its_edit(manager):
    edit_id = edit()
    answer = manager.get(f"/audit/{edit_id + 2}/")
    assert (answer.status_code, answer["Location"]) == (302, f"/audit/{edit_id}/")


@pytest.mark.parametrize("number", ["999999", "0", "9" * 30])
def test_an_unknown_number_is_not_found(manager, number):
    answer = manager.get(f"/audit/{number}/")
    assert answer.status_code == 404
    assert "PAVE Admin" in answer.text


def test_refusals_and_accesses_have_a_page(manager):
    refusal_id = refusal(locks={"session.theme": "STARTED"}, unknown_names=["session-nope"])
    text = words(manager.get(f"/audit/{refusal_id}/"))
    assert "Theme: PAVE accepts this only before the customer starts." in text
    assert "STARTED" not in text
    assert "session-nope" in text
    manager.get("/audit/?outcome=confirmed")
    access = AuditEntry.objects.get(kind=Kind.ACCESS)
    assert "searched the audit" in words(manager.get(f"/audit/{access.id}/"))


def test_a_refusal_without_values_names_its_fields_and_is_found_by_them(manager):
    refusal_id = refusal({}, fields=["session.theme", "vehicle.vin"], unknown_names=[])
    for address in ("/audit/?field=vehicle.vin", f"/audit/{refusal_id}/", PLACES["history"]):
        assert "tried to change the theme and VIN" in words(manager.get(address))
    assert not soup_of(manager.get("/audit/?field=sms.to")).select("[data-entry-id]")


@pytest.mark.parametrize(
    "outcome", [outcome.value for outcome in Outcome if outcome is not Outcome.PENDING]
)
def test_every_outcome_can_be_shown_everywhere(manager, outcome):
    edit_id = edit(outcome=outcome)
    for address in ("/audit/", f"/audit/{edit_id}/", PLACES["history"]):
        assert soup_of(manager.get(address)).select_one(f"[data-outcome={outcome}]")


def test_an_access_is_described_in_words(manager):
    with transaction.atomic():
        seen = record_access(actor=ALICE, action="personal.seen", session_key=KEY).id
    edit()
    manager.get("/audit/?outcome=confirmed")
    manager.get("/audit/?outcome=partial")
    for address in (f"/audit/{seen}/", "/audit/?kind=access"):
        text = words(manager.get(address))
        assert "personal.seen" not in text
        assert "Alice Moreau was shown the personal values" in text
    text = words(manager.get("/audit/?kind=access"))
    assert ", 1 entry" in text
    assert ", 0 entries" in text
    assert "1 entries" not in text


@pytest.mark.parametrize(
    ("code", "sentence"),
    [
        ("NO_PERMISSION", "changing it is for support agents."),
        ("reset", "The connection to PAVE broke off."),
        ("http_502", "PAVE answered 502."),
        ("abandoned", "The process that was at it stopped"),
        ("something_new", "Something new."),
    ],
)
def test_a_cause_is_described_in_words_on_every_page(manager, code, sentence):
    edit_id = intent()
    ended(edit_id, "unknown", error_code=code)
    for address in ("/audit/", f"/audit/{edit_id}/", PLACES["history"]):
        text = words(manager.get(address))
        assert sentence in text, address
        assert "Cause:" not in text
        assert code not in text
        assert code.replace("_", " ") not in text


def test_the_value_field_has_a_hint(client, carol):
    client.force_login(carol)
    answer = client.get("/audit/?value=647*")
    assert 'aria-describedby="id_value_hint"' in answer.text
    assert "beginning and a star" in answer.text


def test_the_page_of_an_export_shows_its_checksum_and_how_to_check_it(manager):
    edit()
    answer = manager.get("/audit/export.csv", {"session": KEY})
    data = b"".join(answer.streaming_content)
    page = manager.get(f"/audit/{answer['X-Export']}/").text
    assert hashlib.sha256(data).hexdigest() in page
    assert f"sha256sum pave-audit-{answer['X-Export']}.csv" in page
    assert f"/audit/exports/{answer['X-Export']}/manifest.json" in page


def test_asking_for_new_entries_is_no_search_and_does_not_renew_the_log_in(manager):
    edit()
    manager.get("/audit/", {"outcome": "confirmed"})
    before = Session.objects.get().expire_date
    newer_label(manager, than=0, outcome="confirmed")
    assert Session.objects.get().expire_date == before
    assert "sessionid" not in manager.get("/audit/newer/", {"than": 0}).cookies
    assert AuditEntry.objects.filter(kind=Kind.ACCESS).count() == 1


@pytest.mark.parametrize("params", [{}, {"than": "x"}, {"than": "1" * 30}, {"than": "-1"},
                                    {"than": "0", "outcome": "fine"}])  # fmt: skip
def test_asking_for_new_entries_with_problems_is_a_400(manager, params):
    assert manager.get("/audit/newer/", params).status_code == 400


def test_only_managers_ask_for_new_entries_or_save_views(client, alice):
    client.force_login(alice)
    for address in ("/audit/newer/?than=0", "/audit/views/", "/audit/views/1/delete/"):
        assert client.post(address).status_code == 403
    assert client.get("/audit/newer/?than=0").status_code == 403


def test_changes_of_rules_and_purges_have_a_list_of_their_own(manager):
    note(edit(), "audit.commented")  # a step of its edit, so not here
    watch = create_rule(actor=CAROL, kind="busy_person", numbers={"edits": 20, "hours": 1})
    remove_rule(actor=CAROL, rule_id=watch.id)
    note(action="audit.purged", from_id=1, to_id=1200)
    page = manager.get("/audit/", {"kind": "note"})
    purged, removed, made = page.context["page"].rows
    assert purged.about == "entries #1 to #1200"
    assert (removed.verb, made.verb) == ("removed a watch rule", "made a watch rule")
    assert watch.name in removed.about
    assert "Was: " in removed.about
    assert "Now: " in made.about
    assert page.text.count("On record") == 3
    assert "3 changes of rules or record" in words(page)
    assert len(manager.get("/audit/").context["page"].rows) == 1


def test_only_accesses_that_change_nothing_are_called_read_only(manager):
    edit()
    save_view(manager, **SHARED_VIEW)
    manager.get("/audit/?outcome=confirmed")
    rows = words(manager.get("/audit/?kind=access"))
    assert "shared a saved view “Phones”, actor: 2, field: sms.to – On record" in rows
    assert "0 entries – Read only" in rows
