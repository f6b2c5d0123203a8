"""Read the page of statistics, and write entries on chosen days."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from django.utils import timezone

from sessions_ui.models import AuditEntry
from tests.audit.authors import ALICE, BOB, THEME, edit, ended, intent, refusal
from tests.pages import soup_of

CLARA = replace(ALICE, id=900_001, label="Clara Ober")
DAYS = "?from=2026-10-18&to=2026-10-31"


def local(text):
    """A local time in UTC."""
    return timezone.make_aware(datetime.fromisoformat(text)).astimezone(UTC)


def moved(entry_id, at):
    """Move a whole edit to another time; its steps keep their distance."""
    entries = AuditEntry.objects.filter(id=entry_id) | AuditEntry.objects.filter(op=entry_id)
    by = at - entries.order_by("id").first().ts
    for entry in entries:
        AuditEntry.objects.filter(id=entry.id).update(ts=entry.ts + by)
    return entry_id


def ended_after(seconds, outcome="confirmed"):
    """An edit that has its outcome so many seconds after its intent."""
    edit_id = intent()
    end = ended(edit_id, outcome)
    began = AuditEntry.objects.get(id=edit_id).ts
    AuditEntry.objects.filter(id=end).update(ts=began + timedelta(seconds=seconds))
    return edit_id


def busy_days():
    """Edits and refusals of every kind within DAYS; their ids, oldest first."""
    start = local("2026-10-20 09:00")
    made = []
    for day, make in enumerate([
        lambda: edit(actor=ALICE), lambda: edit(actor=ALICE), lambda: edit(actor=BOB),
        lambda: refusal(actor=BOB), lambda: edit(THEME, "refused", actor=CLARA),
        lambda: edit(THEME, "not_in_effect"), lambda: edit(actor=CLARA),
    ]):  # fmt: skip
        made += [moved(make(), start + timedelta(days=day)) for _ in range(day % 3 + 1)]
    return made


def section(answer, title):
    """The section of a chart; None where the page has no such chart."""
    heading = soup_of(answer).find("h2", string=title)
    return heading.find_parent("section") if heading else None


def table(answer, title):
    """The numbers of a chart by label, from the table next to it."""
    rows = section(answer, title).select("tbody tr")
    return {row.th.get_text(strip=True): int(row.td.get_text(strip=True)) for row in rows}


def counted(client, href):
    """How many entries the list counts at this address."""
    return int(soup_of(client.get(href)).select_one(".set strong").get_text().split()[0])
