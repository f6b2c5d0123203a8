"""Define the table of verification runs."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Index, Q


class Proof(models.Model):
    """One run of `audit_verify`: what was looked at, and the first doubt where there was one.

    ``whole``: all from the first entry on; ``began``: the checkpoint behind which it began.
    """

    checked_at = models.DateTimeField()
    by = models.CharField(max_length=60, default="")
    whole = models.BooleanField(default=True)
    began = models.BigIntegerField(default=0)
    entries = models.BigIntegerField()
    unsealed = models.BigIntegerField(default=0)
    purged = models.BigIntegerField(default=0)
    checkpoints = models.BigIntegerField()
    copied = models.BooleanField()
    doubt = models.TextField(blank=True)
    doubt_id = models.BigIntegerField(null=True)

    class Meta:
        default_permissions = ()
        indexes: ClassVar = [
            Index(fields=["-checked_at"], name="proof_latest"),
            Index(fields=["-checked_at"], condition=~Q(doubt=""), name="proof_doubted"),
        ]

    def __str__(self) -> str:
        return f"{self.checked_at:%Y-%m-%d %H:%M} {self.doubt or 'sound'}"
