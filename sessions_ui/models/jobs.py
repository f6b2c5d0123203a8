"""Define the tables by which background jobs take turns and remember how far they came."""

from __future__ import annotations

from django.db import models


class JobLock(models.Model):
    """A job that only one process at a time may run: which one, and until when."""

    name = models.CharField(max_length=40, primary_key=True)
    holder = models.CharField(max_length=64)
    until = models.DateTimeField()

    class Meta:
        db_table = "sessions_ui_lease"  # the name that it was created under
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.name} until {self.until:%H:%M:%S}"


class JobCursor(models.Model):
    """The last entry that a job has processed."""

    name = models.CharField(max_length=40, primary_key=True)
    last_id = models.BigIntegerField(default=0)

    class Meta:
        db_table = "sessions_ui_swept"  # the name that it was created under
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.name} up to #{self.last_id}"
