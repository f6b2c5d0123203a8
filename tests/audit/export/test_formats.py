"""Test the lines of an export in each format."""

import json

from sessions_ui.audit.export.formats import COLUMNS
from sessions_ui.audit.search.filters import AuditFilter
from tests.audit.authors import BOB, PHONE, edit, ended, intent, refusal
from tests.audit.export.files import download_csv, export_file


def test_json_lines_keep_types_and_never_break_a_line(db):
    edit_id = intent({"session.client_id": ("=1", "a\r\nb\u2028")})
    ended(edit_id, "refused", http_status=422, detail={"pave_message": "=no"})
    text = export_file("jsonl", AuditFilter()).decode()
    assert len(text.splitlines()) == 1, "whatever a tool takes for the end of a line"
    entry = json.loads(text)
    assert (entry["entry_id"], entry["actor_id"]) == (edit_id, 1)
    assert entry["pave_http_status"] == 422
    assert entry["changes"][0] == {
        "field": "session.client_id", "label": "Client ID", "was": "=1", "now": "a\r\nb\u2028",
        "differs": "", "result": "", "held_by_pave": "", "locked": "",
    }  # fmt: skip
    assert entry["pave_message"] == "=no"


def test_the_csv_has_a_line_per_changed_field(manager):
    first = edit({**PHONE, "session.theme": ("LITE", "PRO")}, ticket="ZD-1", note='a\nb, "c"')
    second = intent(key="NGF-8C0RQ5VJ2T", actor=BOB)
    answer, rows = download_csv(manager)
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


def test_no_cell_of_the_csv_is_a_formula(manager):
    edit_id = intent({"session.client_id": ("=1", "@x")}, note="=HYPERLINK(1)", ticket="+1")
    ended(edit_id, "refused", detail={"pave_message": "=cmd"})
    _, (row,) = download_csv(manager)
    assert (row["was"], row["now"], row["ticket"]) == ("'=1", "'@x", "'+1")
    assert (row["note"], row["pave_message"]) == ("'=HYPERLINK(1)", "'=cmd")


def test_an_entry_without_fields_has_a_line_too(manager):
    refusal({}, unknown_names=["session-nope"])
    _, (row,) = download_csv(manager)
    assert (row["field"], row["outcome"]) == ("", "refused_by_policy")
