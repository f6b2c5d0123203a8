"""Define the tables of what PAVE was last seen to hold, and of who opened which session."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Index, UniqueConstraint


class CachedSession(models.Model):
    """What PAVE said of a session when it was last read, encrypted: shown while PAVE is away."""

    session_key = models.CharField(max_length=40, primary_key=True)
    sealed = models.TextField()
    read_at = models.DateTimeField()

    class Meta:
        db_table = "sessions_ui_lastread"  # the name that it was created under
        default_permissions = ()
        indexes: ClassVar = [Index(fields=["read_at"], name="last_read_age")]

    def __str__(self) -> str:
        """The session and when."""
        return f"{self.session_key} as read {self.read_at:%Y-%m-%d %H:%M}"


class Observation(models.Model):
    """What PAVE reported of a session's course, kept when it differs from the time before. No
    personal value is in it, so it may stay.

    `seen_at` is when it was first seen so, `last_seen_at` a later look that found the same;
    `texts` are the writable fields that are not personal, as far as PAVE showed them, by key.
    """

    session_key = models.CharField(max_length=40)
    seen_at = models.DateTimeField()
    last_seen_at = models.DateTimeField()
    status = models.CharField(max_length=40)
    delivery = models.CharField(max_length=60, blank=True)
    started_at = models.CharField(max_length=40, blank=True)
    updated_at = models.CharField(max_length=40, blank=True)
    texts = models.JSONField(default=dict)

    class Meta:
        db_table = "sessions_ui_sighting"  # the name that it was created under
        default_permissions = ()
        indexes: ClassVar = [Index(fields=["session_key", "seen_at"], name="sighting_of_session")]

    def __str__(self) -> str:
        return f"{self.session_key} {self.status}"


class RecentSession(models.Model):
    """The sessions a person opened lately, with what PAVE said of each at that time."""

    actor_id = models.IntegerField()
    session_key = models.CharField(max_length=40)
    at = models.DateTimeField()
    status = models.CharField(max_length=20)
    vehicle = models.CharField(max_length=120)

    class Meta:
        db_table = "sessions_ui_visit"  # the name that it was created under
        default_permissions = ()
        constraints: ClassVar = [
            UniqueConstraint(fields=["actor_id", "session_key"], name="one_visit_per_actor")
        ]
        indexes: ClassVar = [Index(fields=["actor_id", "-at"], name="visit_latest")]

    def __str__(self) -> str:
        return f"{self.session_key} opened by {self.actor_id}"
