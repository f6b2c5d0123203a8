"""Build the state that a session's form is rendered from.

It joins PAVE's snapshot (or the fault in its place), the verdict of each field, what the agent
typed, and the three-way merge of both. Views render the state; they decide nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum

from sessions_ui.domain.catalogue import CATALOGUE
from sessions_ui.domain.rules.merge import FieldMerge, Merge, merge
from sessions_ui.domain.rules.policy import Situation, Verdict, verdicts
from sessions_ui.domain.snapshot import Snapshot
from sessions_ui.models import Edit
from sessions_ui.pave.errors import PaveError

from .form_data import FormData
from .form_token import FormToken


class Decision(Enum):
    """The next step for a posted form; the first that fits, in this order."""

    UNREADABLE = "unreadable"
    CONFLICT = "conflict"
    CHANGES = "changes"
    LOCKED = "locked"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class SessionRead:
    """Hold what one attempt to read a session gave: a snapshot, or the fault in its place.

    ``last_read`` is the cached snapshot of an earlier read, shown while PAVE cannot be read.
    """

    snapshot: Snapshot | None = None
    fault: PaveError | None = None
    last_read: Snapshot | None = None


@dataclass(frozen=True)
class FormState:
    """Hold the state of one session's form.

    ``texts`` is what each field shows: PAVE's spelling; without a snapshot what the page showed
    before, or nothing. ``unknown_names`` are posted names that PAVE's update call does not have.
    ``pending`` is the edit that holds the session's slot. ``reverts`` is the id of the edit to be
    reverted, 0 for none.
    """

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
        return [CATALOGUE[key].label for key, verdict in self.verdicts.items() if verdict.editable]

    @property
    def touched(self) -> dict[str, FieldMerge]:
        """The fields in which the agent typed something else than the page showed."""
        return {key: merged for key, merged in self.merges.items() if merged.touched}

    @property
    def refused(self) -> dict[str, FieldMerge]:
        """Touched fields that are locked now."""
        return {
            key: merged for key, merged in self.touched.items() if not self.verdicts[key].editable
        }

    @property
    def conflicts(self) -> dict[str, FieldMerge]:
        """Open fields that the agent and somebody else changed to different values."""
        return self._open_fields(Merge.CONFLICT)

    @property
    def changes(self) -> dict[str, FieldMerge]:
        """The fields that would be sent: open ones that only the agent changed."""
        return self._open_fields(Merge.MINE)

    @property
    def elsewhere(self) -> dict[str, FieldMerge]:
        """Fields that only somebody else changed since the page was rendered."""
        return {key: merged for key, merged in self.merges.items() if merged.merge is Merge.THEIRS}

    @property
    def shown(self) -> dict[str, str]:
        """The values of the form's controls: what was typed, else PAVE's value."""
        return {**self.texts, **{key: merged.mine for key, merged in self.touched.items()}}

    @property
    def decision(self) -> Decision:
        """The next step, leaving errors in values to the form."""
        if self.snapshot is None:
            return Decision.UNREADABLE
        if self.conflicts:
            return Decision.CONFLICT
        if self.changes:
            return Decision.CHANGES
        return Decision.LOCKED if self.refused or self.unknown_names else Decision.NOTHING

    def _open_fields(self, wanted: Merge) -> dict[str, FieldMerge]:
        return {
            key: merged
            for key, merged in self.touched.items()
            if merged.merge is wanted and self.verdicts[key].editable
        }


NOTHING_TYPED = FormData(typed={})


def form_state_of(
    session_key: str,
    read: SessionRead,
    *,
    may_edit: bool = True,
    pending: Edit | None = None,
    token: FormToken | None = None,
    form_data: FormData = NOTHING_TYPED,
) -> FormState:
    """Return the state of a session's form, with what was typed merged into what was read.

    Without a ``token`` nobody knows what the page showed, so what was typed is compared with PAVE's
    present values. Without a snapshot every field is locked and shows what the page showed before,
    or else the last read.
    """
    snapshot = read.snapshot or (None if token else read.last_read)
    seen = token.texts if token else None
    texts = snapshot.texts() if snapshot else dict(seen or {})
    situation = Situation(read.snapshot, may_edit, pending=pending is not None)
    return FormState(
        session_key=session_key,
        snapshot=read.snapshot,
        texts=texts,
        verdicts=verdicts(situation),
        typed=form_data.typed,
        merges=merge(texts if seen is None else seen, texts, form_data.typed),
        unknown_names=form_data.unknown_names,
        fault=read.fault,
        pending=pending,
        last_read=None if read.snapshot else read.last_read,
        reverts=form_data.reverts,
    )
