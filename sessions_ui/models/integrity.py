"""Define the table of verification runs."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Index, Q


class Proof(models.Model):
    """One verification of the audit: what it checked, and the first failure (``doubt``).

    ``whole``: it began at the first entry; ``began``: else the checkpoint after which it began.
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
