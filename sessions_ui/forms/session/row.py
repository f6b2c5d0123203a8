"""One field as a page shows it: what may be chosen, how it is spelled, what was typed."""

from dataclasses import dataclass

from django.conf import settings
from django.conf.locale import LANG_INFO

from sessions_ui.domain.catalogue import FieldSpec
from sessions_ui.domain.rules.merge import FieldMerge, Merge
from sessions_ui.domain.rules.policy import Verdict
from sessions_ui.domain.values.kinds import Kind

_MONO = frozenset({Kind.VIN, Kind.PHONE, Kind.NUMBER})
_ONE_LINE = 60


def choices_of(spec: FieldSpec, held: str) -> list[tuple[str, str]]:
    """What a choice field offers: the closed list (languages: from the settings), and what PAVE
    holds where that is not in it."""
    offered = list(spec.choices)
    if spec.kind is Kind.LANGUAGE:
        offered = [(code, _language(code)) for code in settings.PAVE_LANGUAGES]
    if not offered:
        return []
    labelled = [(code, _labelled(code, label)) for code, label in offered]
    if any(spec.kind.same(code, held) for code, _ in labelled):
        return labelled
    return [(held, held or "Not set"), *labelled]


def _labelled(code: str, label: str) -> str:
    return label if label.casefold() == code.casefold() else f"{label} · {code}"


def _language(code: str) -> str:
    return LANG_INFO.get(code.lower(), {}).get("name", code)


def spelled(spec: FieldSpec, text: str) -> str:
    """The value as a page spells it: the label of a choice, else the value."""
    for code, label in choices_of(spec, text):
        if spec.kind.same(code, text):
            return label
    return text


@dataclass(frozen=True)
class Row:
    """One field on the page: its catalogue row, the verdict, PAVE's value, and what was typed."""

    spec: FieldSpec
    verdict: Verdict
    held: str
    merge: FieldMerge | None = None

    @property
    def spelled(self) -> str:
        return spelled(self.spec, self.held) if self.held else ""

    @property
    def mono(self) -> bool:
        """Whether people compare it character by character."""
        return self.spec.kind in _MONO

    @property
    def long(self) -> bool:
        """Too long for one line, so shown in a box that grows."""
        return len(self.held) > _ONE_LINE

    @property
    def typed(self) -> str:
        """What was typed into it, where that is something else than PAVE holds."""
        return self.merge.mine if self.merge and self.merge.touched else ""

    @property
    def changed(self) -> bool:
        return bool(self.merge) and self.merge.merge in (Merge.MINE, Merge.CONFLICT)

    @property
    def conflict(self) -> bool:
        return bool(self.merge) and self.merge.merge is Merge.CONFLICT

    def option(self, text: str) -> str:
        """A choice as its option spells it (PAVE says ``en`` where the list says ``EN``)."""
        codes = (code for code, _ in choices_of(self.spec, self.held))
        return next((code for code in codes if self.spec.kind.same(code, text)), text)
