"""Every export can be checked: two entries hold it, and a manifest gives the sum of its bytes."""

import hashlib
import json

import pytest
from django.utils.dateparse import parse_datetime

from sessions_ui.audit.integrity.sealing import seal_entries
from sessions_ui.audit.search.filters import AuditFilter
from sessions_ui.models import AuditEntry, Kind
from sessions_ui.services.audit.export import export_begin
from tests.audit.authors import BOB, CAROL, KEY, PHONE, edit
from tests.keys import SEAL_KEY

FORMATS = ("csv", "jsonl")


@pytest.fixture
def manager(client, carol):
    client.force_login(carol)
    return client


def manifest(client, entry_id):
    answer = client.get(f"/audit/exports/{entry_id}/manifest.json")
    assert answer.status_code == 200
    return answer.json()


@pytest.mark.parametrize("name", FORMATS)
def test_the_manifest_tells_of_the_very_bytes(manager, carol, name):
    first = edit(PHONE | {"session.theme": ("LITE", "PRO")}, actor=BOB)
    second = edit(actor=BOB)
    edit()
    seal_entries(key=SEAL_KEY)
    edit()
    newest = AuditEntry.objects.latest("id").id
    answer = manager.get(f"/audit/export.{name}", {"actor": "2", "value": ""})
    data = b"".join(answer.streaming_content)
    told = manifest(manager, int(answer["X-Export"]))
    assert told["sha256"] == hashlib.sha256(data).hexdigest()
    assert told["bytes"] == len(data)
    assert told["complete"] is True
    assert (told["entries"], told["entries_asked"]) == (2, 2)
    assert told["rows"] == {"csv": 3, "jsonl": 2}[name]
    assert (told["first_id"], told["last_id"], told["cut_off_id"]) == (second, first, newest)
    assert told["filter"]["actor"] == "2"
    assert told["file"] == f"pave-audit-{told['export']}.{name}"
    assert told["file"] in answer["Content-Disposition"]
    assert told["asked_by"] == {"id": carol.pk, "name": "carol", "role": "Manager"}
    assert told["checkpoint"]["last_id"] == newest - 3
    assert len(told["checkpoint"]["hash"]) == 64
    assert parse_datetime(told["asked_utc"]) <= parse_datetime(told["ended_utc"])


def test_the_hash_of_the_checkpoint_is_what_the_next_seal_holds(manager, sealing):
    edit()
    seal_entries(key=SEAL_KEY)
    answer = manager.get("/audit/export.csv")
    b"".join(answer.streaming_content)
    (following,) = seal_entries(key=SEAL_KEY)
    told = manifest(manager, int(answer["X-Export"]))
    assert told["checkpoint"]["hash"] == following.prev_hash.hex()


def test_an_export_that_breaks_off_has_no_end(manager, monkeypatch):
    monkeypatch.setattr("sessions_ui.audit.export.entry_batches.BATCH_SIZE", 1)
    for _ in range(3):
        edit()
    export = export_begin(actor=CAROL, audit_filter=AuditFilter(), format="csv")
    next(export.parts), next(export.parts)
    export.parts.close()  # the browser went away
    told = manifest(manager, export.entry_id)
    assert (told["complete"], told["entries_asked"], told["sha256"]) == (False, 3, None)
    assert not AuditEntry.objects.filter(action="audit.exported").exists()
    page = manager.get(f"/audit/{export.entry_id}/").text
    assert "Not whole" in page
    assert "sha256sum" not in page


def test_the_end_is_on_record_before_the_last_byte_is_known_to_have_left(manager):
    edit()
    answer = manager.get("/audit/export.jsonl")
    *_, last = answer.streaming_content
    entry = AuditEntry.objects.get(action="audit.exported")
    assert last.endswith(b"}\n")
    assert (entry.kind, entry.op) == (Kind.NOTE, int(answer["X-Export"]))
    assert entry.actor_role == "Manager"


def test_the_entrys_page_shows_the_sum_and_how_to_check_it(manager):
    edit()
    answer = manager.get("/audit/export.csv", {"session": KEY})
    data = b"".join(answer.streaming_content)
    page = manager.get(f"/audit/{answer['X-Export']}/").text
    assert hashlib.sha256(data).hexdigest() in page
    assert f"sha256sum pave-audit-{answer['X-Export']}.csv" in page
    assert f"/audit/exports/{answer['X-Export']}/manifest.json" in page


def test_what_was_looked_for_is_in_no_manifest(manager):
    edit(PHONE)
    answer = manager.get("/audit/export.csv", {"value": "647-555-0148"})
    b"".join(answer.streaming_content)
    told = json.dumps(manifest(manager, int(answer["X-Export"])))
    assert "555-0148" not in told
    assert "5550148" not in told


def test_only_exports_have_a_manifest_and_only_managers_see_it(manager, client, alice):
    manager.get("/audit/", {"session": KEY})
    (search,) = AuditEntry.objects.filter(kind=Kind.ACCESS)
    for entry_id in (search.id, edit(), 10**30):
        assert manager.get(f"/audit/exports/{entry_id}/manifest.json").status_code == 404
    client.force_login(alice)
    assert client.get(f"/audit/exports/{search.id}/manifest.json").status_code == 403
    assert client.get("/audit/export.jsonl").status_code == 403


@pytest.mark.parametrize("method", ["head", "post"])
def test_only_a_get_hands_anything_out(manager, method):
    edit()
    assert getattr(manager, method)("/audit/export.csv").status_code == 405
    assert not AuditEntry.objects.filter(kind=Kind.ACCESS).exists()
