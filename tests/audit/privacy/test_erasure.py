"""Test that values are found by text and by index, and mentions in entries are reported."""

import hashlib
import json

import pytest
from django.db import transaction

from sessions_ui.audit.log.record import record_note
from sessions_ui.audit.privacy.erasure import find_mentions
from sessions_ui.audit.privacy.subjects import NAME as NAME_KIND
from sessions_ui.audit.privacy.subjects import Subject
from sessions_ui.audit.search.query_builder import EntrySearch
from sessions_ui.forms.audit_filter import read_filter
from sessions_ui.models import (
    AuditEntry,
    AuditTerm,
)
from tests.audit.authors import intent, refusal, sent
from tests.privacy import (
    CAROL,
    NAME,
    PHONE,
    erase,
    everywhere,
)

pytestmark = pytest.mark.django_db(transaction=True)


def test_the_index_finds_other_values_only():
    one, refused, other = everywhere()

    def found(value):
        return sorted(EntrySearch(read_filter({"value": value})).ids())

    assert found(PHONE) == [one, refused]
    assert found("tremblay") == [one, refused]
    erase(PHONE)
    assert found(PHONE) == found("0126") == found("647*") == []
    assert found("905-555-0111") == found("905*") == [one]
    assert found("tremblay") == [one, refused]
    erase(NAME)
    assert found("tremblay") == found("zoe tremblay") == []
    assert found("zoe") == [other]
    assert AuditTerm.objects.filter(field="@field", val="sms.to", entry_id=one).exists()


def test_mentions_in_the_text_of_entries_are_reported():
    with transaction.atomic():
        record_note(actor=CAROL, action="audit.commented", about=None, detail={"note": NAME})
    note = AuditEntry.objects.get()
    named = refusal({}, unknown_names=[f"session-{NAME}"])
    plain = intent({"vehicle.trim": ("", f"For {NAME}")})
    kept = intent({"sms.to_name": ("", NAME)})
    assert kept
    done = erase(NAME)
    assert done.left == [note.id, named, plain]
    assert not done.whole
    again = Subject(NAME_KIND, frozenset({Subject.parse(NAME).hash, "another"}))
    assert find_mentions(again) == [note.id, named, plain]


def test_no_number_can_be_guessed_from_the_hash_of_a_payload():
    """A bare SHA-256 of a payload that is only a number is that number to who can count."""
    sha256 = hashlib.sha256(b'{"sms":{"to":"647-555-0126"}}').hexdigest()
    for changes in ({"sms.to": ("", PHONE)}, {"sms.to": ("", PHONE), "session.theme": ("", "PRO")}):
        entry = AuditEntry.objects.get(id=sent(intent(changes), changes, sha256=sha256))
        assert sha256 not in entry.detail
        assert len(json.loads(entry.detail)["payload_keyed"]) == 16
    theme = {"session.theme": ("LITE", "PRO")}
    entry = AuditEntry.objects.get(id=sent(intent(theme), theme, sha256=sha256))
    assert json.loads(entry.detail)["payload_sha256"] == sha256
