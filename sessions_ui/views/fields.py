"""Show every field and its rules, each verdict as the policy itself gives it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import groupby

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from sessions_ui.domain.catalogue import CATALOGUE, SECTIONS, FieldSpec, Section
from sessions_ui.domain.rules.policy import RULES, Situation, Stage, Status, Verdict, verdict
from sessions_ui.domain.snapshot import Snapshot
from sessions_ui.domain.values.kinds import Kind
from sessions_ui.forms.session.row import choices_of
from sessions_ui.permissions import VIEW_FIELDS, requires
from sessions_ui.roles import administrator_names

EXAMPLE_TIME = datetime(2026, 1, 1, tzinfo=UTC)
# What PAVE may show of a text message: each case with the object that it would show.
TEXT_MESSAGE_CASES: tuple[tuple[str, dict[str, str]], ...] = (
    ("text failed", {"to": "x", "delivery_status": "400 Bad Request"}),
    ("text accepted", {"to": "x", "delivery_status": "201 Created"}),
    ("delivery not reported", {"to": "x", "delivery_status": ""}),
    ("no text message", {}),
)
# Kinds that say more than their length.
KIND_LABELS = {
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
    """One field; where the text message decides too, one ``case`` of it."""

    spec: FieldSpec
    case: str
    cells: tuple[Cell, ...]


def example_situation(status: Status, sms: dict[str, str]) -> Situation:
    """A session in this status, started unless the status rules that out, and its text message."""
    started = "" if status.stage is Stage.NOT_STARTED else EXAMPLE_TIME.isoformat()
    document = {"status": status.value, "inspect_started_at": started, "options": {"sms": sms}}
    return Situation(Snapshot("", document, EXAMPLE_TIME))


def matrix_rows(spec: FieldSpec) -> list[MatrixRow]:
    """The rows of a field: one for each run of text message cases with the same verdicts."""
    cells_by_case = [
        (
            name,
            tuple(Cell(status, verdict(spec, example_situation(status, sms))) for status in Status),
        )
        for name, sms in TEXT_MESSAGE_CASES
    ]
    groups = [
        list(group)
        for _, group in groupby(cells_by_case, key=lambda case: [cell.code for cell in case[1]])
    ]
    return [
        MatrixRow(
            spec,
            case=", ".join(name for name, _ in group) if len(groups) > 1 else "",
            cells=group[0][1],
        )
        for group in groups
    ]


def matrix() -> Iterator[tuple[Section, list[list[MatrixRow]]]]:
    """Every section with the rows of its writable fields."""
    for section in SECTIONS:
        yield section, [matrix_rows(spec) for spec in CATALOGUE.section(section.name)]


def describe_input(spec: FieldSpec) -> str:
    """Say what a field accepts: its choices, or its kind and length."""
    # Given an example, the choices are the list alone: a value outside would be offered with it.
    choices = choices_of(spec, next(iter(spec.examples), ""))
    if choices:
        return ", ".join(label for _, label in choices)
    length = f"{spec.max_length:,} characters"
    return f"{KIND_LABELS.get(spec.kind, 'Text')}, at most {length}"


@requires(VIEW_FIELDS)
@require_safe
def fields(request: HttpRequest) -> HttpResponse:
    """Show every field, in which status it may be edited, and why not where it may not."""
    context = {
        "statuses": list(Status),
        "sections": list(matrix()),
        "rules": RULES,
        "takes": [(spec, describe_input(spec)) for spec in CATALOGUE.writable],
        "read_only": [spec for spec in CATALOGUE if not spec.writable],
        "administrators": administrator_names(),
    }
    return render(request, "sessions_ui/site/fields.html", context)
