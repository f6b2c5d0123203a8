"""Define the tables of what PAVE last reported, and of who opened which session."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Index, UniqueConstraint


class CachedSession(models.Model):
    """What PAVE last returned for a session, encrypted; shown while PAVE cannot be reached."""

    session_key = models.CharField(max_length=40, primary_key=True)
    sealed = models.TextField()
    read_at = models.DateTimeField()

    class Meta:
        db_table = "sessions_ui_lastread"  # the name that it was created under
        default_permissions = ()
        indexes: ClassVar = [Index(fields=["read_at"], name="last_read_age")]

    def __str__(self) -> str:
        return f"{self.session_key} as read {self.read_at:%Y-%m-%d %H:%M}"


class Observation(models.Model):
    """A state of a session that PAVE reported and that differs from the one before. It has no
    personal values, so it is never erased.

    ``seen_at`` is the first read that showed this state, ``last_seen_at`` the latest in a row.
    ``texts`` are, by key, the writable fields that are not personal, as far as PAVE showed them.
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
    """A session that a person opened recently, with its status and vehicle at that time."""

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
