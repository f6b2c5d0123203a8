"""Test that a data subject is erased from each table, and that the audit is still verified."""

import json
from pathlib import Path

import pytest
from django.db import connection
from django.utils import timezone

from sessions_ui.audit.integrity.triggers import install_triggers, remove_triggers
from sessions_ui.audit.privacy.subjects import Subject
from sessions_ui.models import (
    AuditEntry,
    AuditValue,
    CachedSession,
    Draft,
    Edit,
    Erasure,
    Flag,
    Kind,
    RecentSession,
)
from sessions_ui.services.edits.drafts import save_draft
from sessions_ui.services.edits.form_data import FormData
from sessions_ui.services.integrity.seal_and_verify import seal_audit, verify_audit
from sessions_ui.services.privacy.erase import erase_again, find_subject
from tests.audit.authors import KEY, intent
from tests.privacy import CAROL, NAME, PHONE, erase, everywhere, moving, standing, traces

pytestmark = pytest.mark.django_db(transaction=True)


def file_bytes():
    path = Path(connection.settings_dict["NAME"])
    return {one.name: one.read_bytes() for one in path.parent.glob(f"{path.name}*")}


def test_the_search_for_traces_finds_them_in_each_table():
    everywhere()
    assert {place.partition(".")[0] for place in standing()} >= {
        "audit_value", "sessions_ui_edit", "sessions_ui_draft", "sessions_ui_lastread",
        "sessions_ui_visit", "sessions_ui_sighting", "sessions_ui_flag", "sessions_ui_savedview",
        "sessions_ui_watch",
    }  # fmt: skip
    assert not [place for place in standing() if place.startswith(("audit_entry", "audit_token"))]


@pytest.mark.parametrize("typed", [(PHONE, NAME), ("+1 (647) 555 0126", "zoe TREMBLAY")])
def test_both_are_erased_from_each_column_of_each_table(sealing, typed):
    one, refused, other = everywhere()
    install_triggers(connection)
    try:
        seal_audit()
        for text in typed:
            assert erase(text).whole
        seal_audit()
        report = verify_audit()
    finally:
        remove_triggers(connection)
    assert standing() == set()
    assert (report.missing_values.entries, report.missing_values.values) == (4, 8)
    kept = AuditValue.objects.values_list("value", flat=True)
    assert {"416-555-0100", "416-555-0199", "Zoé Roy", "905-555-0111"} <= set(kept)
    assert Edit.objects.get(entry_id=other).changes == {"sms.to": ["416-555-0100", "416-555-0199"]}
    assert Edit.objects.get(entry_id=other).values_digest
    assert Draft.objects.get().actor_id == 3
    assert CachedSession.objects.get().session_key == "OTHER-1"
    assert Flag.objects.filter(note="Keep this").exists()


@pytest.mark.parametrize("typed", ["07911 123456", "+44 7911 123456", "0044 7911 123456"])
def test_every_spelling_of_a_number_outside_north_america_is_erased(settings, typed):
    settings.PAVE_PHONE_REGION = "GB"
    intent({"sms.to": ("07911 123456", "07911 654321")})
    intent({"sms.to": ("07911 654321", "+44 7911 123456")}, key="LKS-OTHER12345")
    save_draft(
        actor_id=1, session_key=KEY, form_data=FormData(typed={"sms.to": "+44 (0)7911 123456"})
    )
    done = erase(typed)
    assert (done.edits, done.whole) == (2, True)
    assert {value.value for value in AuditValue.objects.all()} == {"07911 654321"}
    assert not Draft.objects.exists()


@pytest.mark.skipif(connection.vendor != "sqlite", reason="a file of SQLite")
def test_no_byte_of_a_value_is_left_in_the_file():
    everywhere()
    for number in range(25):  # pages split, rows move, text overflows
        entry = intent({"sms.to": ("", PHONE), "sms.to_name": ("", f"{NAME} {'x' * 900}{number}")})
        moving(entry, "confirmed", **{"sms.to": ["", PHONE], "sms.to_name": ["y" * 3000, NAME]})
        RecentSession.objects.create(actor_id=number + 10, session_key=KEY, at=timezone.now(),
                             status="", vehicle=f"{NAME} {PHONE}")  # fmt: skip
    needles = [
        PHONE.encode(),
        b"6475550126",
        b"Zo\xc3\xa9 Tremblay",
        b"Zo\\u00e9 Tremblay",
        b"555-0126",
    ]
    before = file_bytes()
    assert all(any(needle in text for text in before.values()) for needle in needles)
    assert erase(PHONE).cleaned
    assert erase(NAME).cleaned
    after = file_bytes()
    assert [
        (name, needle) for name, text in after.items() for needle in needles if needle in text
    ] == []
    assert len(after[Path(connection.settings_dict["NAME"]).name]) > 100_000


def test_an_erasure_is_recorded_per_edit_and_as_a_whole_without_the_value():
    one, refused, _ = everywhere()
    done = erase(NAME)
    notes = AuditEntry.objects.filter(kind=Kind.NOTE, action="personal.erased").order_by("id")
    assert [(note.op, note.actor_label) for note in notes] == [
        (one, "Carol Singh"), (refused, "Carol Singh"),
    ]  # fmt: skip
    assert [json.loads(note.detail)["fields"] for note in notes] == [["sms.to_name"]] * 2
    assert json.loads(notes[0].detail)["note"] == "••••• ••••• asked by letter, article 17".replace(
        "••••• •••••", "•••••"
    )
    over = AuditEntry.objects.get(kind=Kind.ACCESS, action="personal.erased")
    assert json.loads(over.detail) == {
        "count": 2, "values": 4, "drafts": 1, "reads": 1, "notes": 8, "waiting": 0, "left": 0,
    }  # fmt: skip
    assert (done.edits, done.values) == (2, 4)
    erasure = Erasure.objects.get()
    assert (erasure.kind, erasure.edits, erasure.values) == ("name", 2, 4)
    assert erasure.done_at
    assert not traces(f"{erasure.basis} {erasure.token}")


def test_what_cannot_be_recorded_is_not_erased(monkeypatch):
    everywhere()
    before = AuditValue.objects.count()

    def refuse(**_):
        raise RuntimeError

    monkeypatch.setattr("sessions_ui.services.privacy.erase.record_note", refuse)
    with pytest.raises(RuntimeError):
        erase(PHONE)
    assert AuditValue.objects.count() == before
    assert Edit.objects.filter(values_digest="").count() == 0


def test_an_edit_under_way_keeps_its_values_until_it_is_settled():
    entry = intent({"sms.to": ("", PHONE)})
    moving(entry, "unknown", **{"sms.to": ["", PHONE]})
    done = erase(PHONE)
    assert (done.waiting, done.values, done.whole) == (1, 0, False)
    assert Erasure.objects.get().done_at is None
    assert Edit.objects.get().changes == {"sms.to": ["", PHONE]}
    Edit.objects.update(state="confirmed")
    done = erase_again(actor=CAROL)
    assert (done.waiting, done.values) == (0, 1)
    assert standing() <= {"sessions_ui_erasure.basis"}  # a name that the session did not know
    assert Erasure.objects.get().done_at


def test_many_edits_are_erased_in_several_runs():
    for _ in range(5):
        intent({"sms.to": ("", PHONE)})
    assert [(done.edits, done.more) for done in (erase(PHONE, most=2), erase(PHONE, most=2))] == [
        (2, 3), (2, 1),
    ]  # fmt: skip
    assert Erasure.objects.get().done_at is None
    done = erase(PHONE, most=2)
    assert (done.edits, done.more, done.whole) == (
        1,
        0,
        connection.vendor != "sqlite" or done.cleaned,
    )
    erasure = Erasure.objects.get()
    assert (erasure.edits, erasure.values) == (5, 5)
    assert erasure.done_at


def test_counting_changes_nothing_and_is_recorded_as_a_search():
    everywhere()
    before = standing()
    found = find_subject(actor=CAROL, subject=Subject.parse(PHONE))
    assert (found.edits, found.values, found.sessions) == (2, 4, [KEY])
    assert (found.drafts, found.reads, found.notes) == (2, 1, 8)
    assert standing() == before
    entry = AuditEntry.objects.get(kind=Kind.ACCESS)
    assert entry.action == "audit.search"
    assert not traces(entry.detail)
