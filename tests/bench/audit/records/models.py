"""A session as a local row: what the libraries need in order to notice an edit at all.

Ours keeps no such row: PAVE holds the session. Each library is set up as its manual says.
"""

from functools import cache

from django.contrib.auth.models import User
from django.db import models

from sessions_ui.domain.catalogue import CATALOGUE
from tests.bench.audit.settings import PEERS

COLUMNS = {spec.key: f"{spec.section}_{spec.name}" for spec in CATALOGUE.writable}
"""The field of the record for each field of the catalogue: 19, and the session's key."""


class Record(models.Model):
    """Twenty fields."""

    session_key = models.CharField(max_length=40)
    for _column in COLUMNS.values():
        locals()[_column] = models.CharField(max_length=255)
    del _column

    class Meta:
        abstract = True

    def __str__(self):
        return self.session_key


class PlainRecord(Record):
    """Saved with no audit, and audited by the admin's LogEntry."""


if "simple_history" in PEERS:
    from simple_history.models import HistoricalRecords

    class HistoryRecord(Record):
        """Audited by django-simple-history."""

        history = HistoricalRecords()


if "auditlog" in PEERS:
    from auditlog.context import set_actor  # noqa: F401  for the peers
    from auditlog.models import LogEntry
    from auditlog.registry import auditlog

    class LoggedRecord(Record):
        """Audited by django-auditlog."""

        @staticmethod
        def history_entries():
            """The model of what is kept of a change."""
            return LogEntry

    auditlog.register(LoggedRecord)


@cache
def person(number):
    """One of the 51, read once as a request does."""
    return User.objects.get(pk=number)
