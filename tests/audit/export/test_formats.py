"""The export: what the page shows, as a file that no spreadsheet takes for a program."""

import csv
import io
import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sessions_ui.audit.export.csv_cells import safe_cell
from sessions_ui.audit.export.formats import COLUMNS
from sessions_ui.models import AuditEntry, Kind
from tests.audit.authors import BOB, KEY, PHONE, edit, ended, intent, refusal, undone

PAYLOADS = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "\x00=1", " =1", "\u00a0=1",
            "\uff1d1+1", "\uff0b1", "\u200b=1", "\ufeff@x", "=cmd|' /C calc'!A0", "|x", "%0A=1",
            "\uff20x", "  \t -2", '"=1"\n=2'.strip('"')]  # fmt: skip


def read(text):
    assert text.startswith("\ufeff")
    return list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"), newline="")))


def export(client, **params):
    answer = client.get("/audit/export.csv", params)
    assert answer.status_code == 200
    return answer, read(b"".join(answer.streaming_content).decode())


@pytest.fixture
def manager(client, carol):
    client.force_login(carol)
    return client


@pytest.mark.parametrize("payload", PAYLOADS)
def test_no_cell_begins_a_formula(payload):
    assert safe_cell(payload) == f"'{payload}"


@pytest.mark.parametrize("text", ["", "Alice", "•••-•••-0148", "2026-11-23T19:36:18.140Z", "a=b"])
def test_plain_cells_stay_as_they_are(text):
    assert safe_cell(text) == text


@given(st.text(max_size=40))
def test_whatever_is_typed_is_safe_and_nothing_is_lost(text):
    cell = safe_cell(text)
    assert cell in (text, f"'{text}")
    assert cell.lstrip()[:1] not in set("=+-@")


def test_it_streams_one_line_per_changed_field(manager):
    first = edit({**PHONE, "session.theme": ("LITE", "PRO")}, ticket="ZD-1", note='a\nb, "c"')
    second = intent(key="NGF-8C0RQ5VJ2T", actor=BOB)
    answer, rows = export(manager)
    assert answer.streaming
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    name = f"pave-audit-{answer['X-Export']}.csv"
    assert answer["Content-Disposition"] == f'attachment; filename="{name}"'
    assert [(row["entry_id"], row["field"]) for row in rows] == [
        (str(second), "session.theme"),
        (str(first), "session.theme"),
        (str(first), "sms.to"),
    ]
    assert tuple(rows[0]) == COLUMNS
    phone = rows[2]
    assert (phone["was"], phone["now"], phone["result"]) == (
        "•••-•••-0184", "•••-•••-0148", "applied",
    )  # fmt: skip
    assert phone["time_utc"].endswith("Z")
    assert (phone["outcome"], phone["pave_http_status"], phone["ticket"]) == (
        "confirmed", "200", "ZD-1",
    )  # fmt: skip
    assert phone["note"] == 'a\nb, "c"'
    assert rows[0]["outcome"] == "pending"


def test_formulas_typed_by_people_and_said_by_pave_are_disarmed(manager):
    edit_id = intent({"session.client_id": ("=1", "@x")}, note="=HYPERLINK(1)", ticket="+1")
    ended(edit_id, "refused", detail={"pave_message": "=cmd"})
    _, (row,) = export(manager)
    assert (row["was"], row["now"], row["ticket"]) == ("'=1", "'@x", "'+1")
    assert (row["note"], row["pave_message"]) == ("'=HYPERLINK(1)", "'=cmd")


def test_an_entry_without_fields_has_a_line_too(manager):
    refusal({}, unknown_names=["session-nope"])
    _, (row,) = export(manager)
    assert (row["field"], row["outcome"]) == ("", "refused_by_policy")


def test_the_export_is_on_record_before_its_first_byte_leaves(manager):
    for _ in range(2):
        edit()
    answer = manager.get("/audit/export.csv", {"actor": "1", "outcome": "confirmed"})
    entry = AuditEntry.objects.get(kind=Kind.ACCESS)  # nothing of the stream was read yet
    told = json.loads(entry.detail)
    assert (entry.action, entry.actor_role) == ("audit.export", "Manager")
    assert told["filter"] == {"actor": "1", "outcome": "confirmed"} | {
        "from": told["filter"]["from"]  # the default window
    }
    assert told["count"] == 2
    edit()  # what comes later is not handed out
    rows = read(b"".join(answer.streaming_content).decode())
    assert len(rows) == told["count"]


def test_what_was_looked_for_does_not_get_into_the_record(manager):
    edit(PHONE)
    export(manager, value="647-555-0148", q="")
    manager.get("/audit/", {"value": "647-555-0148"})
    for entry in AuditEntry.objects.filter(kind=Kind.ACCESS):
        assert "555" not in entry.detail
        assert json.loads(entry.detail)["filter"]["value"] == "(not kept)"


def test_a_filter_that_cannot_be_read_exports_nothing(manager):
    edit()
    answer = manager.get("/audit/export.csv", {"outcome": "confirmd", "from": "soon"})
    assert answer.status_code == 400
    assert "is not an outcome" in answer.text
    assert KEY not in answer.text
    assert not AuditEntry.objects.filter(kind=Kind.ACCESS).exists()


@given(deeds=st.lists(st.sampled_from(["mine", "his", "refused", "open"]), max_size=12))
@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@pytest.mark.parametrize(
    "question",
    [{}, {"actor": "2"}, {"outcome": "confirmed"}, {"session": KEY, "kind": "edit"},
     {"field": "sms.to"}, {"actor": "1", "outcome": "pending"}],
)  # fmt: skip
def test_page_and_export_hold_the_same_ids(manager, deeds, question):
    do = {"mine": edit, "his": lambda: edit(PHONE, actor=BOB), "open": intent,
          "refused": lambda: refusal(actor=BOB)}  # fmt: skip
    with undone():
        for deed in deeds:
            do[deed]()
        page = manager.get("/audit/", question).context["page"]
        _, rows = export(manager, **question)
        assert list(dict.fromkeys(int(row["entry_id"]) for row in rows)) == [
            row.entry.id for row in page.rows
        ]
