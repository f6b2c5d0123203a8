"""Define the tables of a manager's work: review flags, watch rules, and saved views.

The audit records what people do to these rows; the rows hold the present state only.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Index, Q, UniqueConstraint


class Flag(models.Model):
    """One cause to review one edit, raised once. It is open until a manager closes it, or a job:
    then ``closed_by`` is empty, and ``closing`` says why."""

    entry_id = models.BigIntegerField()
    cause = models.CharField(max_length=60)
    session_key = models.CharField(max_length=40)
    actor_id = models.IntegerField(null=True)
    note = models.TextField(blank=True)
    raised_at = models.DateTimeField()
    raised_by = models.CharField(max_length=150)
    closed_at = models.DateTimeField(null=True)
    closed_by = models.CharField(max_length=150, blank=True)
    closing = models.TextField(blank=True)

    class Meta:
        default_permissions = ()
        constraints: ClassVar = [
            UniqueConstraint(fields=["entry_id", "cause"], name="one_flag_per_cause")
        ]
        indexes: ClassVar = [
            Index(fields=["raised_at"], condition=Q(closed_at__isnull=True), name="flag_open")
        ]

    def __str__(self) -> str:
        return f"#{self.entry_id} {self.cause}"


class WatchRule(models.Model):
    """A rule that raises flags: a kind, and the numbers that the kind needs. It applies to entries
    after ``since``, the one that recorded that it was made, changed or resumed."""

    name = models.CharField(max_length=80, unique=True)
    kind = models.CharField(max_length=40)
    numbers = models.JSONField(default=dict)
    active = models.BooleanField(default=True)
    since = models.BigIntegerField(default=0)
    made_by = models.CharField(max_length=150)
    made_at = models.DateTimeField()

    class Meta:
        db_table = "sessions_ui_watch"  # the name that it was created under
        default_permissions = ()

    def __str__(self) -> str:
        return self.name


class SavedView(models.Model):
    """A filter of the audit under a name, as its query string."""

    owner_id = models.IntegerField()
    name = models.CharField(max_length=80)
    query = models.CharField(max_length=1000)
    shared = models.BooleanField(default=False)
    made_at = models.DateTimeField()

    class Meta:
        default_permissions = ()
        constraints: ClassVar = [
            UniqueConstraint(fields=["owner_id", "name"], name="one_saved_view_per_name")
        ]

    def __str__(self) -> str:
        return self.name
