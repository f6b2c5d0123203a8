"""Test the addresses of the exports and of their manifests."""

import pytest

from sessions_ui.models import AuditEntry, Kind
from tests.audit.authors import KEY, edit


def test_only_exports_have_a_manifest_and_only_managers_can_read_it(manager, client, alice):
    manager.get("/audit/", {"session": KEY})
    (search,) = AuditEntry.objects.filter(kind=Kind.ACCESS)
    for entry_id in (search.id, edit(), 10**30):
        assert manager.get(f"/audit/exports/{entry_id}/manifest.json").status_code == 404
    client.force_login(alice)
    assert client.get(f"/audit/exports/{search.id}/manifest.json").status_code == 403
    assert client.get("/audit/export.jsonl").status_code == 403


@pytest.mark.parametrize("method", ["head", "post"])
def test_only_a_get_request_exports(manager, method):
    edit()
    assert getattr(manager, method)("/audit/export.csv").status_code == 405
    assert not AuditEntry.objects.filter(kind=Kind.ACCESS).exists()


def test_a_filter_with_problems_exports_nothing(manager):
    edit()
    answer = manager.get("/audit/export.csv", {"outcome": "confirmd", "from": "soon"})
    assert answer.status_code == 400
    assert "is not an outcome" in answer.text
    assert KEY not in answer.text
    assert not AuditEntry.objects.filter(kind=Kind.ACCESS).exists()
