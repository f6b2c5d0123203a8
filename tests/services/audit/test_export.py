"""Test that an export holds what its filter finds, and that it is recorded."""

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sessions_ui.audit.search.filters import AuditFilter
from sessions_ui.models import AuditEntry, Kind
from sessions_ui.services.audit.export import begin_export
from tests.audit.authors import BOB, CAROL, KEY, PHONE, edit, intent, refusal, undone
from tests.audit.export.files import download_csv, load_manifest, parse_csv

pytestmark = pytest.mark.django_db


def accesses(action):
    return AuditEntry.objects.filter(kind=Kind.ACCESS, action=action)


def test_an_export_does_not_record_what_was_searched(manager):
    edit(PHONE)
    answer = manager.get("/audit/export.csv", {"q": "Daniel Osei", "value": "647*"})
    b"".join(answer.streaming_content)
    for entry in AuditEntry.objects.filter(action__startswith="audit.export"):
        assert "Osei" not in entry.detail
        assert "647*" not in entry.detail
    assert accesses("audit.export").exists()


def test_an_export_records_its_days(manager):
    days = {"from": "2026-11-01", "to": "2026-11-30"}
    answer = manager.get("/audit/export.csv", days)
    b"".join(answer.streaming_content)
    recorded = json.loads(accesses("audit.export").get().detail)["filter"]
    manifest = load_manifest(manager, answer["X-Export"])
    assert recorded == manifest["filter"] == days


def test_an_export_that_breaks_off_has_no_end(manager, monkeypatch):
    monkeypatch.setattr("sessions_ui.audit.export.entry_batches.BATCH_SIZE", 1)
    for _ in range(3):
        edit()
    export = begin_export(actor=CAROL, audit_filter=AuditFilter(), format="csv")
    next(export.parts), next(export.parts)
    export.parts.close()  # the browser went away
    manifest = load_manifest(manager, export.entry_id)
    assert (manifest["complete"], manifest["entries_asked"], manifest["sha256"]) == (False, 3, None)
    assert not AuditEntry.objects.filter(action="audit.exported").exists()
    page = manager.get(f"/audit/{export.entry_id}/").text
    assert "Not whole" in page
    assert "sha256sum" not in page


def test_the_end_is_recorded_together_with_the_last_part(manager):
    edit()
    answer = manager.get("/audit/export.jsonl")
    *_, last = answer.streaming_content
    entry = AuditEntry.objects.get(action="audit.exported")
    assert last.endswith(b"}\n")
    assert (entry.kind, entry.op) == (Kind.NOTE, int(answer["X-Export"]))
    assert entry.actor_role == "Manager"


def test_an_export_is_recorded_before_its_first_byte(manager):
    for _ in range(2):
        edit()
    answer = manager.get("/audit/export.csv", {"actor": "1", "outcome": "confirmed"})
    entry = AuditEntry.objects.get(kind=Kind.ACCESS)  # nothing of the stream was read yet
    detail = json.loads(entry.detail)
    assert (entry.action, entry.actor_role) == ("audit.export", "Manager")
    assert detail["filter"] == {"actor": "1", "outcome": "confirmed"} | {
        "from": detail["filter"]["from"]  # the default window
    }
    assert detail["count"] == 2
    edit()  # later entries are not exported
    rows = parse_csv(b"".join(answer.streaming_content).decode())
    assert len(rows) == detail["count"]


def test_a_searched_value_is_not_recorded(manager):
    edit(PHONE)
    download_csv(manager, value="647-555-0148", q="")
    manager.get("/audit/", {"value": "647-555-0148"})
    for entry in AuditEntry.objects.filter(kind=Kind.ACCESS):
        assert "555" not in entry.detail
        assert json.loads(entry.detail)["filter"]["value"] == "(not kept)"


@given(deeds=st.lists(st.sampled_from(["mine", "his", "refused", "open"]), max_size=12))
@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@pytest.mark.parametrize(
    "question",
    [{}, {"actor": "2"}, {"outcome": "confirmed"}, {"session": KEY, "kind": "edit"},
     {"field": "sms.to"}, {"actor": "1", "outcome": "pending"}],
)  # fmt: skip
def test_the_list_and_the_export_have_the_same_entries(manager, deeds, question):
    do = {"mine": edit, "his": lambda: edit(PHONE, actor=BOB), "open": intent,
          "refused": lambda: refusal(actor=BOB)}  # fmt: skip
    with undone():
        for deed in deeds:
            do[deed]()
        page = manager.get("/audit/", question).context["page"]
        _, rows = download_csv(manager, **question)
        assert list(dict.fromkeys(int(row["entry_id"]) for row in rows)) == [
            row.entry.id for row in page.rows
        ]
