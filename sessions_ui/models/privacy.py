"""Define the register of erasures, by which a restored backup is erased again."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Index

LABELS = {"phone": "phone number", "name": "name"}


class Erasure(models.Model):
    """An erased phone number or name, of which only a keyed hash (``token``) is left."""

    kind = models.CharField(max_length=10)
    token = models.CharField(max_length=16, unique=True)
    basis = models.TextField()
    asked_by = models.CharField(max_length=150)
    asked_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)
    edits = models.PositiveIntegerField(default=0)
    values = models.PositiveIntegerField(default=0)

    class Meta:
        default_permissions = ()
        indexes: ClassVar = [Index(fields=["-asked_at"], name="erasure_latest")]

    def __str__(self) -> str:
        return f"a {self.kind} asked {self.asked_at:%Y-%m-%d}"

    @property
    def label(self) -> str:
        """The kind, in words."""
        return LABELS[self.kind]
