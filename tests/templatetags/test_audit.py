"""Test the tags of the audit's list and entry pages."""

import json
from datetime import UTC, datetime

import pytest

from sessions_ui.audit.entries.rows import Change, EntryRow
from sessions_ui.domain.catalogue import CATALOGUE
from sessions_ui.domain.rules.outcomes import Outcome
from sessions_ui.models import AuditEntry, Kind
from sessions_ui.services.review.status import ReviewStatus
from sessions_ui.templatetags import audit

HOSTILE = '<script>alert("x")</script>'
MAY_2026 = datetime(2026, 5, 6, 18, 2, 11, tzinfo=UTC)


def hostile_row(**columns):
    """A row about four fields, with a message of PAVE, and markup in every text."""
    keys = ("vehicle.make", "vehicle.model", "vehicle.trim", "vehicle.vin")
    texts = dict.fromkeys(("actor_label", "session_key", "reason_code", "ticket"), HOSTILE)
    entry = AuditEntry(id=1204, ts=MAY_2026, kind=Kind.INTENT, **{**texts, **columns})
    latest = AuditEntry(detail=json.dumps({"pave_message": HOSTILE}))
    changes = [Change(CATALOGUE[key], HOSTILE, "Honda") for key in keys]
    return EntryRow(entry, Outcome.CONFIRMED, changes, latest)


def test_every_text_of_a_row_is_escaped():
    html = audit.audit_row(hostile_row(), {1204: ReviewStatus(HOSTILE, HOSTILE, HOSTILE)})
    assert "<script" not in html
    assert "#1,204" in html


@pytest.mark.parametrize("linked", [True, False])
def test_further_fields_are_a_link_for_readers_of_the_audit(linked):
    html = audit.changes(hostile_row(), linked)
    assert "and 1 more field<" in html
    assert ("href" in html) is linked
