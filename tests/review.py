"""Make entries that need review, mark them, and read the queue's page."""

import json
from dataclasses import replace
from datetime import timedelta

from bs4 import BeautifulSoup

from sessions_ui.models import AuditEntry, Flag, Kind
from sessions_ui.services.review.scan import scan_audit
from sessions_ui.services.review.watch_rules import create_rule

from .audit import authors
from .audit.authors import ALICE, CAROL, PHONE

ANA = replace(ALICE, id=900_001, label="Ana Ferreira")
"""An agent whom no test logs in."""
TWICE = {"field": "sms.to", "times": 2, "hours": 24}


def edit(changes=None, *, actor=ANA, **more):
    """A whole edit by Ana; gives its id."""
    return authors.edit(changes, actor=actor, **more)


def refusal(actor=ANA):
    """A refusal of Ana's; gives its id."""
    return authors.refusal(actor=actor)


def unknown(actor=ANA):
    """An edit of Ana's without an answer from PAVE; gives its id."""
    edit_id = authors.intent(PHONE, actor=actor)
    authors.sent(edit_id, PHONE)
    authors.ended(edit_id, "unknown")
    return edit_id


def mark(client, entry_id, mark, note="", **more):
    """Mark an entry, and give the page that follows."""
    posted = {"mark": mark, "note": note, **more}
    return client.post(f"/audit/{entry_id}/mark/", posted, follow=True)


def notes():
    """The notes: the entry that each is about, its action, and its detail."""
    return [
        (entry.op, entry.action, json.loads(entry.detail))
        for entry in AuditEntry.objects.filter(kind=Kind.NOTE).order_by("id")
    ]


def soup_of(answer):
    """The parsed page."""
    return BeautifulSoup(answer.text, "html.parser")


def shown(answer):
    """The ids of the entries on a page of the queue."""
    return [int(row["data-review"]) for row in soup_of(answer).select("tr[data-review]")]


def rule(kind="same_field", numbers=TWICE):
    """A watch rule of Carol's."""
    return create_rule(actor=CAROL, kind=kind, numbers=numbers)


def flagged_ids():
    """Scan the audit, and give the ids of the entries that watch rules flagged."""
    scan_audit()
    flags = Flag.objects.filter(cause__startswith="watch")
    return sorted(flags.values_list("entry_id", flat=True))


def move_back(entry_id, **interval):
    """Move a whole edit back in time; gives its id."""
    entries = AuditEntry.objects.filter(id=entry_id) | AuditEntry.objects.filter(op=entry_id)
    for entry in entries:
        AuditEntry.objects.filter(id=entry.id).update(ts=entry.ts - timedelta(**interval))
    return entry_id
