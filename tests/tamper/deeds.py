"""Tamper with a sealed audit at random. Each method returns the id that verification must name."""

from datetime import timedelta

from sessions_ui.audit.integrity.checkpoints import Checkpoint, join_marks, leaf_hashes, merkle_root
from sessions_ui.audit.integrity.sealing import seal_entries
from sessions_ui.models import AuditCheckpoint, AuditEntry, AuditTerm, AuditValue, Kind
from tests.audit.authors import edit

from .tools import forget, insert_as, rehash, swap

TEXTS = (
    "actor_label", "actor_role", "remote_addr", "request_id", "session_key", "session_label",
    "action", "reason_code", "reason_note", "ticket", "status", "base_version", "new_version",
    "body", "detail", "outcome", "error_code",
)  # fmt: skip


class Deeds:
    """The tamperings, on one sealed audit. ``key``: for those that need the seal key."""

    def __init__(self, chance, key):
        self._chance, self._key = chance, key
        self.ids = list(AuditEntry.objects.order_by("id").values_list("id", flat=True))
        self.checkpoints = [
            Checkpoint.from_row(row) for row in AuditCheckpoint.objects.order_by("n")
        ]
        self.sealed_to = self.checkpoints[-1].last_id
        self.sealed = [id_ for id_ in self.ids if id_ <= self.sealed_to]
        self.gaps = sorted(set(range(1, self.sealed_to)) - set(self.ids))

    def _victim(self):
        return self._chance.choice(self.sealed)

    def _change(self, id_):
        """Change one letter, number or moment of an entry."""
        column = self._chance.choice([*TEXTS, "ts", "duration_ms", "http_status"])
        was = AuditEntry.objects.values_list(column, flat=True).get(id=id_)
        if column == "ts":
            now = was + timedelta(microseconds=self._chance.choice([-1, 1, 10**6, 10**11]))
        elif column in TEXTS:
            place = self._chance.randrange(len(was) + 1)
            now = f"{was[:place]}{self._chance.choice('x7 é')}{was[place:]}"[-40:]
            now = now if now != was else f"{was}!"[-20:]
        else:
            now = (was or 0) + self._chance.randrange(1, 99)
        AuditEntry.objects.filter(id=id_).update(**{column: now})

    def edit(self):
        """Change a column of an entry, sealed or not."""
        victim = self._chance.choice(self.ids)
        self._change(victim)
        return victim

    def delete(self):
        """Delete one to five consecutive entries, with or without their related rows."""
        place = self._chance.randrange(len(self.sealed))
        going = self.sealed[place : place + self._chance.choice([1, 1, 1, 2, 5])]
        AuditEntry.objects.filter(id__in=going).delete()
        if self._chance.random() < 0.5:
            AuditValue.objects.filter(entry_id__in=going).delete()
            AuditTerm.objects.filter(entry_id__in=going).delete()
        return going[0]

    def insert(self):
        """Insert a copy of an entry under an unused id, or before the first entry."""
        kinds = AuditEntry.objects.filter(kind=Kind.SENT, id__lte=self.sealed_to)
        like = self._chance.choice(list(kinds.values_list("id", flat=True)))
        new_id = self._chance.choice([*self.gaps, 0, -7])
        insert_as(new_id, like)
        return new_id

    def swap(self):
        """Exchange two entries with their hashes."""
        one, other = self._chance.sample(self.sealed, 2)
        swap(one, other)
        return min(one, other)

    def cut_the_tail(self):
        """Cut off the end from a checkpoint on, checkpoints included; only the copy reveals it."""
        first = self._chance.choice(self.checkpoints[1:])
        forget(first.first_id, self.ids[-1])
        AuditCheckpoint.objects.filter(n__gte=first.n).delete()
        return first.first_id

    def rehash(self):
        """Change an entry and its hash."""
        victim = self._victim()
        self._change(victim)
        rehash(victim)
        return victim

    def rehash_the_seal(self):
        """Change an entry, its hash, and its checkpoint except for the signature."""
        checkpoint = self._chance.choice([one for one in self.checkpoints if one.count])
        ids = [id_ for id_ in self.sealed if checkpoint.first_id <= id_ <= checkpoint.last_id]
        victim = self._chance.choice(ids)
        self._change(victim)
        rehash(victim)
        entries = AuditEntry.objects.filter(id__in=ids).order_by("id")
        leaves = leaf_hashes(ids, [bytes(h) for h in entries.values_list("hash", flat=True)])
        AuditCheckpoint.objects.filter(n=checkpoint.n).update(
            marks=join_marks(leaves), merkle_root=merkle_root(leaves)
        )
        return checkpoint.first_id

    def restore_an_older_copy(self):
        """Restore an old backup, and continue to write and to seal with the real key."""
        first = self._chance.choice(self.checkpoints[1:])
        forget(first.first_id, self.ids[-1])
        AuditCheckpoint.objects.filter(n__gte=first.n).delete()
        for _ in range(self._chance.randrange(3)):
            edit()
        for _ in range(self._chance.randrange(1, 4)):
            seal_entries(key=self._key)
        return first.first_id

    def exchange_a_value(self):
        """Replace a personal value of an entry."""
        kept = AuditValue.objects.filter(entry_id__lte=self.sealed_to)
        value = kept.order_by("entry_id", "field", "side")[self._chance.randrange(kept.count())]
        same = AuditValue.objects.filter(
            entry_id=value.entry_id, field=value.field, side=value.side
        )
        same.update(value=f"416-555-{self._chance.randrange(10000):04}x")
        return value.entry_id

    def remove_a_seal(self):
        """Delete a checkpoint."""
        checkpoint = self._chance.choice(self.checkpoints[:-1])
        AuditCheckpoint.objects.filter(n=checkpoint.n).delete()
        return checkpoint.first_id


KINDS = [name for name in vars(Deeds) if not name.startswith("_")]
