"""Describe one field as a page shows it: its choices, how its value is spelled, what was typed."""

from dataclasses import dataclass

from django.conf import settings
from django.conf.locale import LANG_INFO

from sessions_ui.domain.catalogue import FieldSpec
from sessions_ui.domain.rules.merge import FieldMerge, Merge
from sessions_ui.domain.rules.policy import Verdict
from sessions_ui.domain.values.kinds import Kind

_MONO = frozenset({Kind.VIN, Kind.PHONE, Kind.NUMBER})
_ONE_LINE = 60
"""How many characters a one-line control shows."""


def choices_of(spec: FieldSpec, current: str) -> list[tuple[str, str]]:
    """Return the choices of a field with a list, as code and label; else an empty list.

    Languages come from the settings. PAVE's present value is added where the list does not have it.
    """
    offered = list(spec.choices)
    if spec.kind is Kind.LANGUAGE:
        offered = [(code, _language(code)) for code in settings.PAVE_LANGUAGES]
    if not offered:
        return []
    choices = [(code, _label(code, name)) for code, name in offered]
    if any(spec.kind.same(code, current) for code, _ in choices):
        return choices
    return [(current, current or "Not set"), *choices]


def _label(code: str, name: str) -> str:
    return name if name.casefold() == code.casefold() else f"{name} · {code}"


def _language(code: str) -> str:
    name: str = LANG_INFO.get(code.lower(), {}).get("name", code)
    return name


def display_text(spec: FieldSpec, text: str) -> str:
    """Return the value as a page spells it: the label of a choice, else the value itself."""
    for code, label in choices_of(spec, text):
        if spec.kind.same(code, text):
            return label
    return text


@dataclass(frozen=True, slots=True)
class FieldRow:
    """Hold one field of the page: its verdict, PAVE's present value, and the merge."""

    spec: FieldSpec
    verdict: Verdict
    current: str
    merge: FieldMerge | None = None

    @property
    def display(self) -> str:
        """PAVE's present value as the page spells it."""
        return display_text(self.spec, self.current) if self.current else ""

    @property
    def mono(self) -> bool:
        """Whether people compare the value character by character."""
        return self.spec.kind in _MONO

    @property
    def long(self) -> bool:
        """Whether the value is too long for one line, so that it needs a box that grows."""
        return len(self.current) > _ONE_LINE

    @property
    def typed(self) -> str:
        """What was typed, where that is not what the page showed."""
        return self.merge.mine if self.merge and self.merge.touched else ""

    @property
    def changed(self) -> bool:
        """Whether what was typed differs from PAVE's present value."""
        return self.merge is not None and self.merge.merge in (Merge.MINE, Merge.CONFLICT)

    @property
    def conflict(self) -> bool:
        """Whether somebody else changed the field as well."""
        return self.merge is not None and self.merge.merge is Merge.CONFLICT

    def option(self, text: str) -> str:
        """Return the value in the spelling of its choice (PAVE may say ``en`` for ``EN``)."""
        codes = (code for code, _ in choices_of(self.spec, self.current))
        return next((code for code in codes if self.spec.kind.same(code, text)), text)
