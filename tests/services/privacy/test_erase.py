"""A person's number or name is destroyed everywhere in our database, and the record verifies."""

import hashlib
import json
import re
from pathlib import Path

import pytest
from django.apps import apps
from django.db import connection, transaction
from django.utils import timezone

from sessions_ui.audit.integrity.triggers import install_triggers, remove_triggers
from sessions_ui.audit.log.record import record_note
from sessions_ui.audit.privacy.erasure import find_mentions
from sessions_ui.audit.privacy.subjects import NAME as NAME_KIND
from sessions_ui.audit.privacy.subjects import Subject
from sessions_ui.audit.search.filters import filter_read
from sessions_ui.audit.search.query_builder import id_window, matching_ids
from sessions_ui.crypto import decrypt, encrypt
from sessions_ui.domain.actor import Actor
from sessions_ui.models import (
    AuditEntry,
    AuditTerm,
    AuditValue,
    CachedSession,
    Draft,
    Edit,
    Erasure,
    Flag,
    Kind,
    Observation,
    RecentSession,
    SavedView,
    WatchRule,
)
from sessions_ui.services.edits.drafts import save_draft
from sessions_ui.services.edits.form_data import FormData
from sessions_ui.services.integrity.seal_and_verify import seal_audit, verify_audit
from sessions_ui.services.privacy.erase import erase_again, erase_subject, find_subject
from sessions_ui.services.privacy.erasure_register import ErasureError
from sessions_ui.services.privacy.working_tables import JSONS, TEXTS
from tests.audit.authors import KEY, ended, intent, refusal, sent

pytestmark = pytest.mark.django_db(transaction=True)

PHONE, NAME = "647-555-0126", "Zoé Tremblay"
PAIR = ("sms.to", "sms.to_name")
CAROL = Actor(id=3, label="Carol Singh", role="Manager")
BASIS = "Zoé Tremblay asked by letter, article 17"


def moving(entry_id, state, **changes):
    """The working row of an edit."""
    return Edit.objects.create(
        entry_id=entry_id, session_key=f"S-{entry_id}", actor_id=1, actor_label="Alice",
        nonce=f"n{entry_id}", values_digest="d" * 64, state=state, changes=changes,
        created_at=timezone.now(), lease_until=timezone.now(), next_look_at=timezone.now(),
    )  # fmt: skip


def everywhere():
    """Both stand in every place there is, in many spellings; gives the edit, a refusal and another
    person's edit."""
    one = intent({"sms.to": ("+1 (647) 555-0126", "905-555-0111"), "sms.to_name": ("", NAME)})
    sent(one, {"sms.to": ("647.555.0126", "905-555-0111"), "sms.to_name": ("", NAME)})
    results = {"sms.to": ("altered", "16475550126"), "sms.to_name": ("altered", "ZOE TREMBLAY")}
    ended(one, "partial", results, detail={"pave_message": f"{NAME}: {PHONE} is odd"})
    moving(one, "partial", **{"sms.to": ["+1 (647) 555-0126", "905-555-0111"],
                              "sms.to_name": ["", NAME]})  # fmt: skip
    refused = refusal({"sms.to_name": ("", "Mme Zoe\u0301 Tremblay"), "sms.from": ("", PHONE)})
    other = intent({"sms.to": ("416-555-0100", "416-555-0199"), "sms.to_name": ("", "Zoé Roy")})
    moving(other, "confirmed", **{"sms.to": ["416-555-0100", "416-555-0199"]})
    now = timezone.now()
    save_draft(actor_id=1, session_key=KEY, form_data=FormData(typed={"sms.to": "(647) 555 0126"}))
    save_draft(
        actor_id=2,
        session_key=KEY,
        form_data=FormData(typed={"sms.to": "905-555-0111", "sms.to_name": "Somebody"}),
        shown={"sms.to": PHONE, "sms.to_name": NAME},
    )
    save_draft(actor_id=3, session_key=KEY, form_data=FormData(typed={"sms.to": "416-555-0100"}))
    read = {"options": {"sms": {"to": PHONE}, "contact": {"name": NAME, "mobile": PHONE}}}
    CachedSession.objects.create(session_key=KEY, sealed=encrypt(read), read_at=now)
    CachedSession.objects.create(session_key="OTHER-1", sealed=encrypt({"a": "416"}), read_at=now)
    RecentSession.objects.create(
        actor_id=1, session_key=KEY, at=now, status="IDLE", vehicle=f"Civic of {NAME} {PHONE}"
    )
    Observation.objects.create(
        session_key=KEY,
        seen_at=now,
        status="IDLE",
        delivery=f"{NAME} {PHONE}: 400",
        last_seen_at=now,
        texts={"session.client_id": PHONE, "vehicle.trim": NAME, "session.theme": "LITE"},
    )
    Flag.objects.create(entry_id=one, cause="a", note=f"Call {PHONE} ({NAME})", raised_at=now,
                        closing=f"{NAME} at {PHONE}")  # fmt: skip
    Flag.objects.create(entry_id=one, cause="b", note="Keep this", raised_at=now)
    SavedView.objects.create(owner_id=1, name=f"{NAME} {PHONE}", query="kind=edit", made_at=now)
    query = "value=%2B1+647+555+0126&q=Zo%C3%A9+Tremblay"
    SavedView.objects.create(owner_id=1, name="mine", query=query, made_at=now)
    WatchRule.objects.create(name=f"{NAME} {PHONE}", kind="hours", made_at=now)
    return one, refused, other


def columns():
    """Every text, JSON and byte column of every table, with its rows as text."""
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")  # noqa: S608
            heads = [one[0] for one in cursor.description]
            for row in cursor.fetchall():
                for head, cell in zip(heads, row, strict=True):
                    text = (
                        bytes(cell).decode("latin-1")
                        if isinstance(cell, bytes | memoryview)
                        else cell
                    )
                    if isinstance(text, dict | list):
                        text = json.dumps(text, ensure_ascii=False)
                    if isinstance(text, str):
                        yield f"{table}.{head}", opened(text)


def opened(text):
    """What our own key opens counts as text, too."""
    kept = decrypt(text) if text.startswith("gAAAA") else None
    return text if kept is None else json.dumps(kept, ensure_ascii=False)


def traces(text):
    """Ways in which the number or the name can be read in a text."""
    try:
        text = json.loads(f'"{text}"') if "\\u" in text else text
    except ValueError:
        text = text.encode().decode("unicode_escape", "ignore")
    found = re.findall(
        r"6\D{0,2}4\D{0,2}7\D{0,3}5\D{0,2}5\D{0,2}5\D{0,2}0\D{0,2}1\D{0,2}2\D{0,2}6", text
    )
    return found + re.findall(r"zo(?:é|e\u0301|e|\\u00e9)\W+tremblay", text, re.IGNORECASE)


def standing():
    return {place for place, text in columns() if traces(text)}


def erase(typed, **options):
    return erase_subject(actor=CAROL, subject=Subject.parse(typed), basis=BASIS, **options)


def file_bytes():
    path = Path(connection.settings_dict["NAME"])
    return {one.name: one.read_bytes() for one in path.parent.glob(f"{path.name}*")}


def test_the_test_itself_sees_them_in_every_place():
    everywhere()
    assert {place.partition(".")[0] for place in standing()} >= {
        "audit_value", "sessions_ui_edit", "sessions_ui_draft", "sessions_ui_lastread",
        "sessions_ui_visit", "sessions_ui_sighting", "sessions_ui_flag", "sessions_ui_savedview",
        "sessions_ui_watch",
    }  # fmt: skip
    assert not [place for place in standing() if place.startswith(("audit_entry", "audit_token"))]


@pytest.mark.parametrize("typed", [(PHONE, NAME), ("+1 (647) 555 0126", "zoe TREMBLAY")])
def test_both_are_gone_from_every_column_of_every_table(sealing, typed):
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


@pytest.mark.skipif(connection.vendor != "sqlite", reason="a file of SQLite")
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


def test_not_a_byte_of_it_is_left_in_the_file():
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


def test_the_index_no_longer_finds_it_and_still_finds_the_rest():
    one, refused, other = everywhere()

    def found(value):
        chosen = filter_read({"value": value}, find_person=lambda _: None, now=timezone.now())
        return sorted(matching_ids(chosen, id_window(chosen)))

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


WITHOUT_VALUES = {
    # Hashes, numbers, codes, names of our own people, and what never changes once it is written.
    "AuditEntry": "*", "AuditTerm": "*", "AuditCheckpoint": "*", "AuditValue": "field salt",
    "Erasure": "kind token asked_by", "Flag": "cause session_key raised_by closed_by",
    "WatchRule": "kind numbers made_by", "JobCursor": "name", "Proof": "by",
    "JobLock": "name holder",
    "Edit": "session_key actor_label nonce state base_version", "Draft": "session_key",
    "CachedSession": "session_key", "Observation": "session_key", "RecentSession": "session_key",
}  # fmt: skip
EMPTIED = {"AuditValue.value", "Edit.changes", "Edit.values_digest", "Draft.sealed",
           "CachedSession.sealed", "SavedView.query"}  # fmt: skip


def test_every_column_that_can_hold_text_is_thought_of():
    """A column that is added later fails here: does it hold a person's values? Who empties it?"""
    emptied = EMPTIED | {
        f"{model.__name__}.{column}"
        for table in (TEXTS, JSONS)
        for model, columns in table.items()
        for column in columns
    }
    unknown = [
        f"{model.__name__}.{one.name}"
        for model in apps.get_app_config("sessions_ui").get_models()
        for one in model._meta.concrete_fields
        if one.get_internal_type() in ("CharField", "TextField", "JSONField", "BinaryField")
        and WITHOUT_VALUES.get(model.__name__) != "*"
        and one.name not in WITHOUT_VALUES.get(model.__name__, "").split()
        and f"{model.__name__}.{one.name}" not in emptied
    ]
    assert unknown == []


def test_it_is_recorded_once_per_edit_and_once_over_all_without_the_value():
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


def test_a_settled_edit_is_not_looked_at_again():
    entry = intent({"sms.to": ("", PHONE)})
    moving(entry, "not_in_effect", **{"sms.to": ["", PHONE], "session.theme": ["LITE", "PRO"]})
    erase(PHONE)
    edit = Edit.objects.get()
    assert edit.changes == {"sms.to": ["", "(erased)"], "session.theme": ["LITE", "PRO"]}
    assert (edit.next_look_at, edit.values_digest) == (None, "")


def test_much_is_erased_in_several_goes():
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


def test_it_is_erased_again_from_a_restored_copy_by_hashes_alone(settings, tmp_path):
    settings.AUDIT_ERASURE_COPY = str(tmp_path / "kept" / "erased.jsonl")
    erase(PHONE)
    erase(NAME)
    listed = Path(settings.AUDIT_ERASURE_COPY).read_text()
    assert len(listed.splitlines()) == 2
    assert not traces(listed)
    Erasure.objects.all().delete()  # an older copy knows nothing of it
    everywhere()
    AuditTerm.objects.all().delete()  # and its index may be anything
    assert standing()
    assert erase_again(actor=CAROL).whole
    assert standing() == set()
    assert AuditValue.objects.filter(value="Zoé Roy").exists()


def test_without_the_list_nothing_is_erased(settings, tmp_path):
    everywhere()
    settings.AUDIT_ERASURE_COPY = str(tmp_path)  # a folder
    before = AuditValue.objects.count()
    with pytest.raises(ErasureError, match="nothing was erased"):
        erase(PHONE)
    assert AuditValue.objects.count() == before


def test_what_stands_in_an_entry_s_own_text_is_told():
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


def test_no_number_can_be_guessed_back_from_the_hash_of_what_was_sent():
    """A bare SHA-256 of a payload that is only a number is that number to who can count."""
    sha256 = hashlib.sha256(b'{"sms":{"to":"647-555-0126"}}').hexdigest()
    for changes in ({"sms.to": ("", PHONE)}, {"sms.to": ("", PHONE), "session.theme": ("", "PRO")}):
        entry = AuditEntry.objects.get(id=sent(intent(changes), changes, sha256=sha256))
        assert sha256 not in entry.detail
        assert len(json.loads(entry.detail)["payload_keyed"]) == 16
    theme = {"session.theme": ("LITE", "PRO")}
    entry = AuditEntry.objects.get(id=sent(intent(theme), theme, sha256=sha256))
    assert json.loads(entry.detail)["payload_sha256"] == sha256


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
