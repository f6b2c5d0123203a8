"""Store a data subject's values in every table, look for their traces, and erase them."""

import json
import re

from django.db import connection
from django.utils import timezone

from sessions_ui.audit.privacy.subjects import Subject
from sessions_ui.crypto import decrypt, encrypt
from sessions_ui.domain.actor import Actor
from sessions_ui.models import (
    CachedSession,
    Edit,
    Flag,
    Observation,
    RecentSession,
    SavedView,
    WatchRule,
)
from sessions_ui.services.edits.drafts import save_draft
from sessions_ui.services.edits.form_data import FormData
from sessions_ui.services.privacy.erase import erase_subject
from tests.audit.authors import KEY, ended, intent, refusal, sent

PHONE, NAME = "647-555-0126", "Zoé Tremblay"


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
        # Salts and hashes are random bytes, so a backslash may come before anything.
        text = re.sub(r"\\u([0-9a-fA-F]{4})", lambda match: chr(int(match[1], 16)), text)
    found = re.findall(
        r"6\D{0,2}4\D{0,2}7\D{0,3}5\D{0,2}5\D{0,2}5\D{0,2}0\D{0,2}1\D{0,2}2\D{0,2}6", text
    )
    return found + re.findall(r"zo(?:é|e\u0301|e|\\u00e9)\W+tremblay", text, re.IGNORECASE)


def standing():
    return {place for place, text in columns() if traces(text)}


def erase(typed, **options):
    return erase_subject(actor=CAROL, subject=Subject.parse(typed), basis=BASIS, **options)
