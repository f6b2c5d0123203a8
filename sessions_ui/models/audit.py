"""Define the tables of the audit.

The database refuses to change `AuditEntry` and `AuditCheckpoint` (`audit/integrity/triggers.py`),
and only `audit/log/record.py` inserts entries. Prefer adding a column to altering one: on SQLite an
AlterField remakes the table and silently drops its triggers.
"""

from __future__ import annotations

from typing import ClassVar, Self

from django.db import models
from django.db.models import Index, Max, Q, UniqueConstraint


class Kind(models.IntegerChoices):
    """What an audit entry records."""

    INTENT = 1, "Intent"
    SENT = 2, "Sent"
    OUTCOME = 3, "Outcome"
    RESOLUTION = 4, "Read back"
    REFUSAL = 5, "Refusal"
    ACCESS = 6, "Access"
    NOTE = 7, "Note"


LISTED_KINDS = (Kind.INTENT, Kind.REFUSAL)
"""The kinds of entry that the audit lists and its index finds: edits, and refused requests."""
END_KINDS = (Kind.OUTCOME, Kind.RESOLUTION)
"""The kinds of entry that end an edit. An edit can have several: the latest one counts."""


class Side(models.IntegerChoices):
    """Which of a field's values an `AuditValue` holds."""

    WAS = 0, "was"
    NOW = 1, "now"
    HELD = 2, "held"


class AuditEntryQuerySet(models.QuerySet["AuditEntry"]):
    """Queries over entries that several features share."""

    def ends(self) -> Self:
        """Entries that end an edit."""
        return self.filter(kind__in=END_KINDS)

    def latest_end(self, edit_id: int) -> AuditEntry | None:
        """The entry that says how an edit ended; None while nothing does."""
        return self.filter(op=edit_id).ends().order_by("-id").first()

    def largest_id(self) -> int:
        """The largest id; 0 without entries."""
        largest: int | None = self.aggregate(largest=Max("id"))["largest"]
        return largest or 0


class AuditEntry(models.Model):
    """One recorded fact, never changed.

    ``op`` is the id of the edit (its first entry) that an entry is a later step of. ``hash`` covers
    every column but ``id`` (`audit/log/canonical.py`).
    """

    id = models.BigAutoField(primary_key=True)
    ts = models.DateTimeField()
    kind = models.SmallIntegerField(choices=Kind)
    op = models.BigIntegerField(null=True)
    op_key = models.UUIDField(null=True)
    actor_id = models.IntegerField(null=True)
    actor_label = models.CharField(max_length=150)
    actor_role = models.CharField(max_length=60)
    remote_addr = models.CharField(max_length=45)
    user_agent_hash = models.CharField(max_length=64)
    login_hash = models.CharField(max_length=64)
    request_id = models.CharField(max_length=64)
    session_key = models.CharField(max_length=40)
    session_label = models.CharField(max_length=200)
    action = models.CharField(max_length=40)
    reason_code = models.CharField(max_length=40)
    reason_note = models.TextField()
    ticket = models.CharField(max_length=100)
    status = models.CharField(max_length=20)
    base_version = models.CharField(max_length=40)
    new_version = models.CharField(max_length=40)
    body = models.TextField()
    detail = models.TextField()
    outcome = models.CharField(max_length=20)
    http_status = models.SmallIntegerField(null=True)
    error_code = models.CharField(max_length=40)
    duration_ms = models.IntegerField(null=True)
    hv = models.SmallIntegerField()
    hash = models.BinaryField(max_length=32)

    objects = AuditEntryQuerySet.as_manager()

    class Meta:
        db_table = "audit_entry"
        default_permissions = ()
        permissions: ClassVar = [
            ("read_audit", "Can read the audit"),
            ("export_audit", "Can export the audit"),
            ("reveal_personal", "Can reveal personal values"),
            ("erase_personal", "Can erase personal values"),
            ("review_audit", "Can review audit entries"),
        ]
        # Each index is a filter followed by the order of the list. `op IS NULL` leaves out the
        # later steps of edits, which no list shows.
        constraints: ClassVar = [
            UniqueConstraint(
                fields=["op"], condition=Q(kind=Kind.OUTCOME), name="audit_one_outcome"
            ),
            UniqueConstraint(
                fields=["op_key"], condition=Q(kind=Kind.INTENT), name="audit_one_intent"
            ),
        ]
        indexes: ClassVar = [
            Index(fields=["session_key", "id"], name="audit_session"),
            Index(fields=["op", "id"], condition=Q(op__isnull=False), name="audit_steps"),
            # With `kind` at the end, a count needs the index alone.
            Index(
                fields=["actor_id", "id", "kind"],
                condition=Q(op__isnull=True),
                name="audit_actor",
            ),
            Index(
                fields=["reason_code", "id", "kind"],
                condition=Q(op__isnull=True),
                name="audit_reason",
            ),
            Index(
                fields=["id", "kind"],
                condition=Q(kind__in=LISTED_KINDS),
                name="audit_listed",
            ),
            Index(fields=["id"], condition=Q(kind=Kind.REFUSAL), name="audit_refusals"),
            Index(fields=["ticket", "id"], condition=~Q(ticket=""), name="audit_ticket"),
            Index(fields=["id"], condition=Q(kind=Kind.ACCESS), name="audit_access"),
            Index(fields=["id"], condition=Q(kind=Kind.NOTE, op__isnull=True), name="audit_notes"),
        ]

    def __str__(self) -> str:
        return f"#{self.id} {Kind(self.kind).label}"


class AuditValue(models.Model):
    """A personal value of an entry, in a table of its own so that it can be erased.

    The entry holds sha256(salt || value). Rows may be inserted and deleted, never updated.
    """

    pk = models.CompositePrimaryKey("entry_id", "field", "side")
    entry_id = models.BigIntegerField()
    field = models.CharField(max_length=40)
    side = models.SmallIntegerField(choices=Side)
    salt = models.BinaryField(max_length=16)
    value = models.TextField()

    class Meta:
        db_table = "audit_value"
        default_permissions = ()

    def __str__(self) -> str:
        return f"#{self.entry_id} {self.field} {Side(self.side).label}"


class AuditTerm(models.Model):
    """A term that an entry is found by: derived, so not hashed and rebuilt at any time.

    ``field`` is a field key, or ``@…`` for a filter such as the outcome.
    """

    pk = models.CompositePrimaryKey("field", "val", "entry_id")
    field = models.CharField(max_length=40)
    val = models.CharField(max_length=64)
    entry_id = models.BigIntegerField()

    class Meta:
        db_table = "audit_token"
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.field} of #{self.entry_id}"


class AuditCheckpoint(models.Model):
    """A signed seal over the entries since the previous checkpoint, of which there may be none.

    ``ranges`` names the sealed ids, ``marks`` holds four bytes of each entry's leaf in that order.
    The Merkle root proves that an entry was changed; ranges and marks tell which one.
    """

    n = models.BigIntegerField(primary_key=True)
    first_id = models.BigIntegerField()
    last_id = models.BigIntegerField()
    count = models.BigIntegerField()
    ranges = models.TextField()
    marks = models.BinaryField()
    merkle_root = models.BinaryField(max_length=32)
    prev_hash = models.BinaryField(max_length=32)
    sealed_at = models.DateTimeField()
    signature = models.BinaryField(max_length=32)
    key_id = models.CharField(max_length=16)

    class Meta:
        db_table = "audit_checkpoint"
        default_permissions = ()
        indexes: ClassVar = [Index(fields=["last_id"], name="audit_sealed_to")]

    def __str__(self) -> str:
        return f"checkpoint {self.n}: {self.first_id} to {self.last_id}"
