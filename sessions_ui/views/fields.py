"""Show every field and its rules; each verdict is asked of the policy, none is repeated."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import groupby

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from sessions_ui.domain.catalogue import CATALOGUE, SECTIONS, Catalogue, FieldSpec, Section
from sessions_ui.domain.rules.policy import RULES, Situation, Stage, Status, Verdict, verdict
from sessions_ui.domain.snapshot import Snapshot
from sessions_ui.domain.values.kinds import Kind
from sessions_ui.forms.session.row import choices_of
from sessions_ui.permissions import VIEW_FIELDS, requires
from sessions_ui.roles import administrators

ONCE = datetime(2026, 1, 1, tzinfo=UTC)
# What PAVE may show of a text message; each case with the object that it would show.
CASES: tuple[tuple[str, dict[str, str]], ...] = (
    ("text failed", {"to": "x", "delivery_status": "400 Bad Request"}),
    ("text accepted", {"to": "x", "delivery_status": "201 Created"}),
    ("delivery not reported", {"to": "x", "delivery_status": ""}),
    ("no text message", {}),
)
# Kinds that say more than their length.
KIND_WORDS = {
    Kind.VIN: "A VIN",
    Kind.URL: "A web address",
    Kind.PHONE: "A phone number",
    Kind.YEAR: "A year",
    Kind.NUMBER: "A whole number",
}


@dataclass(frozen=True, slots=True)
class Cell:
    """One field in one status: editable, or locked with a code."""

    status: Status
    verdict: Verdict

    @property
    def code(self) -> str:
        return self.verdict.reason.value if self.verdict.reason else "EDITABLE"


@dataclass(frozen=True, slots=True)
class MatrixRow:
    """One field, or one case of it where the text message decides too (``case`` says which)."""

    spec: FieldSpec
    case: str
    cells: tuple[Cell, ...]


def situation_of(status: Status, sms: dict[str, str]) -> Situation:
    """A session in this status, started unless the status says no, with this text message."""
    started = "" if status.stage is Stage.NOT_STARTED else ONCE.isoformat()
    document = {"status": status.value, "inspect_started_at": started, "options": {"sms": sms}}
    return Situation(Snapshot("", document, ONCE))


def matrix_rows(spec: FieldSpec) -> list[MatrixRow]:
    """The rows of a field: one, or one per group of text message cases that come to the same."""

    def cells_of(case: tuple[str, dict[str, str]]) -> tuple[Cell, ...]:
        return tuple(
            Cell(status, verdict(spec, situation_of(status, case[1]))) for status in Status
        )

    def codes_of(case: tuple[str, dict[str, str]]) -> list[str]:
        return [cell.code for cell in cells_of(case)]

    groups = [list(cases) for _, cases in groupby(CASES, key=codes_of)]
    names = [", ".join(name for name, _ in cases) for cases in groups]
    return [
        MatrixRow(spec, name if len(groups) > 1 else "", cells_of(cases[0]))
        for name, cases in zip(names, groups, strict=True)
    ]


def matrix(catalogue: Catalogue = CATALOGUE) -> Iterator[tuple[Section, list[list[MatrixRow]]]]:
    """Every section with the rows of its writable fields."""
    for section in SECTIONS:
        yield section, [matrix_rows(spec) for spec in catalogue.section(section.name)]


def taken_by(spec: FieldSpec) -> str:
    """What a field takes, in words: its choices, or its kind and length."""
    choices = choices_of(spec, spec.examples[0])
    if choices:
        return ", ".join(label for _, label in choices)
    length = f"{spec.max_length:,} characters"
    return f"{KIND_WORDS.get(spec.kind, 'Text')}, at most {length}"


@requires(VIEW_FIELDS)
@require_safe
def fields(request: HttpRequest) -> HttpResponse:
    """Every field, in which status it may be edited and why not, as the policy says it now."""
    context = {
        "statuses": list(Status),
        "sections": list(matrix()),
        "rules": RULES,
        "takes": [(spec, taken_by(spec)) for spec in CATALOGUE.writable],
        "read_only": [spec for spec in CATALOGUE if not spec.writable],
        "administrators": administrators(),
    }
    return render(request, "sessions_ui/site/fields.html", context)
