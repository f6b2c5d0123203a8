"""Test that a manifest has the checksums of the file and of the record."""

import hashlib
import json

import pytest
from django.utils.dateparse import parse_datetime

from sessions_ui.audit.integrity.sealing import seal_entries
from sessions_ui.models import AuditEntry
from tests.audit.authors import BOB, PHONE, edit
from tests.audit.export.files import load_manifest
from tests.keys import SEAL_KEY

FORMATS = ("csv", "jsonl")


@pytest.mark.parametrize("name", FORMATS)
def test_a_manifest_describes_exactly_the_bytes_of_the_file(manager, carol, name):
    first = edit(PHONE | {"session.theme": ("LITE", "PRO")}, actor=BOB)
    second = edit(actor=BOB)
    edit()
    seal_entries(key=SEAL_KEY)
    edit()
    newest = AuditEntry.objects.latest("id").id
    answer = manager.get(f"/audit/export.{name}", {"actor": "2", "value": ""})
    data = b"".join(answer.streaming_content)
    manifest = load_manifest(manager, int(answer["X-Export"]))
    assert manifest["sha256"] == hashlib.sha256(data).hexdigest()
    assert manifest["bytes"] == len(data)
    assert manifest["complete"] is True
    assert (manifest["entries"], manifest["entries_asked"]) == (2, 2)
    assert manifest["rows"] == {"csv": 3, "jsonl": 2}[name]
    assert (manifest["first_id"], manifest["last_id"], manifest["cut_off_id"]) == (
        second,
        first,
        newest,
    )
    assert manifest["filter"]["actor"] == "2"
    assert manifest["file"] == f"pave-audit-{manifest['export']}.{name}"
    assert manifest["file"] in answer["Content-Disposition"]
    assert manifest["asked_by"] == {"id": carol.pk, "name": "carol", "role": "Manager"}
    assert manifest["checkpoint"]["last_id"] == newest - 3
    assert len(manifest["checkpoint"]["hash"]) == 64
    assert parse_datetime(manifest["asked_utc"]) <= parse_datetime(manifest["ended_utc"])


def test_the_hash_of_the_checkpoint_is_the_one_in_the_next_checkpoint(manager, sealing):
    edit()
    seal_entries(key=SEAL_KEY)
    answer = manager.get("/audit/export.csv")
    b"".join(answer.streaming_content)
    (following,) = seal_entries(key=SEAL_KEY)
    manifest = load_manifest(manager, int(answer["X-Export"]))
    assert manifest["checkpoint"]["hash"] == following.prev_hash.hex()


def test_a_searched_value_is_in_no_manifest(manager):
    edit(PHONE)
    answer = manager.get("/audit/export.csv", {"value": "647-555-0148"})
    b"".join(answer.streaming_content)
    manifest = json.dumps(load_manifest(manager, int(answer["X-Export"])))
    assert "555-0148" not in manifest
    assert "5550148" not in manifest
