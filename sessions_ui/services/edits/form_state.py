"""A sheet: everything that a form of one session is drawn from.

PAVE's snapshot (or the reason why there is none), the verdict of each field, what the agent typed,
and how the two merge. Views draw it; they decide nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum

from sessions_ui.domain.catalogue import CATALOGUE, Catalogue
from sessions_ui.domain.rules.merge import FieldMerge, Merge, merge
from sessions_ui.domain.rules.policy import Situation, Verdict, verdicts
from sessions_ui.domain.snapshot import Snapshot
from sessions_ui.models import Edit
from sessions_ui.pave.errors import PaveError


class Decision(Enum):
    """What a sheet with typed values comes to; the first that fits, in this order."""

    UNREADABLE = "unreadable"
    CONFLICT = "conflict"
    CHANGES = "changes"
    LOCKED = "locked"
    NOTHING = "nothing"


@dataclass(frozen=True)
class FormState:
    """One session's form. ``texts`` is what each field shows (PAVE's spelling; without a snapshot
    what the page showed last, or nothing); ``unknown_names`` are posted names that PAVE's update
    call does not have; ``reverts`` is the edit that is being taken back."""

    session_key: str
    snapshot: Snapshot | None
    texts: Mapping[str, str]
    verdicts: Mapping[str, Verdict]
    typed: Mapping[str, str] = field(default_factory=dict)
    merges: Mapping[str, FieldMerge] = field(default_factory=dict)
    unknown_names: tuple[str, ...] = ()
    fault: PaveError | None = None
    pending: Edit | None = None
    last_read: Snapshot | None = None
    reverts: int = 0

    @property
    def open_labels(self) -> list[str]:
        """The labels of the fields that may be changed now."""
        return [CATALOGUE[key].label for key, one in self.verdicts.items() if one.editable]

    @property
    def touched(self) -> dict[str, FieldMerge]:
        """The fields in which the agent typed something else than the page showed."""
        return {key: one for key, one in self.merges.items() if one.touched}

    @property
    def refused(self) -> dict[str, FieldMerge]:
        """Touched fields that are locked now."""
        return {k: m for k, m in self.touched.items() if not self.verdicts[k].editable}

    @property
    def conflicts(self) -> dict[str, FieldMerge]:
        """Open fields that the agent and somebody else changed to different values."""
        return self._open(Merge.CONFLICT)

    @property
    def changes(self) -> dict[str, FieldMerge]:
        """What would be sent: open fields that only the agent changed."""
        return self._open(Merge.MINE)

    @property
    def elsewhere(self) -> dict[str, FieldMerge]:
        """Fields that only somebody else changed since the page was drawn."""
        return {key: one for key, one in self.merges.items() if one.merge is Merge.THEIRS}

    @property
    def shown(self) -> dict[str, str]:
        """What an open field shows: what was typed where something was, else PAVE's value."""
        return {**self.texts, **{key: one.mine for key, one in self.touched.items()}}

    @property
    def decision(self) -> Decision:
        """What the sheet comes to, leaving errors in values to the form."""
        if self.snapshot is None:
            return Decision.UNREADABLE
        if self.conflicts:
            return Decision.CONFLICT
        if self.changes:
            return Decision.CHANGES
        return Decision.LOCKED if self.refused or self.unknown_names else Decision.NOTHING

    def _open(self, wanted: Merge) -> dict[str, FieldMerge]:
        return {
            key: one
            for key, one in self.touched.items()
            if one.merge is wanted and self.verdicts[key].editable
        }


def form_state_of(
    *,
    session_key: str,
    snapshot: Snapshot | None,
    may_edit: bool,
    pending: Edit | None = None,
    seen: Mapping[str, str] | None = None,
    typed: Mapping[str, str] | None = None,
    unknown_names: tuple[str, ...] = (),
    fault: PaveError | None = None,
    last_read: Snapshot | None = None,
    reverts: int = 0,
    catalogue: Catalogue = CATALOGUE,
) -> FormState:
    """The sheet of a session. Without a snapshot, all is locked, and what is shown is ``seen`` or
    PAVE's last word."""
    situation = Situation(snapshot, may_edit, pending=pending is not None)
    held = snapshot or (last_read if seen is None else None)
    texts = held.texts(catalogue) if held else dict(seen or {})
    typed = dict(typed or {})
    return FormState(
        session_key=session_key,
        snapshot=snapshot,
        texts=texts,
        verdicts=verdicts(situation, catalogue),
        typed=typed,
        merges=merge(texts if seen is None else seen, texts, typed, catalogue),
        unknown_names=unknown_names,
        fault=fault,
        pending=pending,
        last_read=None if snapshot else last_read,
        reverts=reverts,
    )
