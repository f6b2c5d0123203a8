"""Define the tables of edits under way and of drafts.

`Edit` changes by guarded transitions only (`services/edits/transitions.py`).
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Index, Q, UniqueConstraint

OPEN_STATES = ("intent", "sent", "unknown")


class Edit(models.Model):
    """One submission on its way to PAVE. Its values are removed when they are needed no more.

    ``looks`` counts the later reads that checked whether PAVE still applied the edit after all.
    """

    entry_id = models.BigIntegerField(unique=True)
    session_key = models.CharField(max_length=40)
    actor_id = models.IntegerField()
    actor_label = models.CharField(max_length=150)
    nonce = models.CharField(max_length=43, unique=True)
    values_digest = models.CharField(max_length=64)
    state = models.CharField(max_length=20)
    changes = models.JSONField()
    base_version = models.CharField(max_length=40, blank=True)
    attempt = models.PositiveSmallIntegerField(default=1)
    created_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    settled_at = models.DateTimeField(null=True)
    lease_until = models.DateTimeField()
    looks = models.PositiveSmallIntegerField(default=0)
    next_look_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)

    class Meta:
        default_permissions = ()
        permissions: ClassVar = [
            ("view_session_pages", "Can find and see PAVE sessions"),
            ("edit_session", "Can edit PAVE sessions"),
            ("view_session_history", "Can see the history of a PAVE session"),
            ("view_fields", "Can see the fields and their rules"),
        ]
        constraints: ClassVar = [
            UniqueConstraint(
                fields=["session_key"],
                condition=Q(state__in=OPEN_STATES),
                name="one_open_edit_per_session",
            )
        ]
        indexes: ClassVar = [
            Index(
                fields=["lease_until"], condition=Q(state__in=OPEN_STATES), name="open_edit_lease"
            ),
            Index(fields=["session_key", "-entry_id"], name="edit_of_session"),
            Index(
                fields=["next_look_at"],
                condition=Q(next_look_at__isnull=False),
                name="edit_next_look",
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.entry_id} {self.session_key} {self.state}"


class Draft(models.Model):
    """What a person typed and could not send, encrypted; one row per person and session."""

    actor_id = models.IntegerField()
    session_key = models.CharField(max_length=40)
    sealed = models.TextField()
    kept_at = models.DateTimeField()

    class Meta:
        default_permissions = ()
        constraints: ClassVar = [
            UniqueConstraint(fields=["actor_id", "session_key"], name="one_draft_per_actor")
        ]

    def __str__(self) -> str:
        return f"{self.session_key} kept for {self.actor_id}"
