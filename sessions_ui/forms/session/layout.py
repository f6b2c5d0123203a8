"""Lay out a section for crispy: its open fields, then its locked ones, grouped by reason."""

from collections.abc import Sequence
from dataclasses import dataclass

from crispy_forms.layout import LayoutObject
from crispy_forms.utils import TEMPLATE_PACK, render_field
from django.forms import Form
from django.template import Context
from django.template.loader import render_to_string
from django.utils.text import get_text_list

from sessions_ui.domain.catalogue import Section
from sessions_ui.domain.rules.policy import Reason, Verdict

from .row import FieldRow

FIELD = "sessions_ui/sessions/_field.html"
SECTION = "sessions_ui/sessions/_section.html"


@dataclass(frozen=True)
class LockedGroup:
    """Rows of one section that are locked for the same reason, so that it is shown once.

    ``whole``: they are all rows of the section.
    """

    section: Section
    rows: Sequence[FieldRow]
    whole: bool

    @property
    def verdict(self) -> Verdict:
        """The verdict, which all rows share."""
        return self.rows[0].verdict

    @property
    def reason(self) -> str:
        """The code of the lock."""
        return str(self.verdict.reason)

    @property
    def title(self) -> str:
        """The fields in words: ``theme and client ID``, or ``all 11 vehicle fields``."""
        if self.whole and len(self.rows) > 1:
            return f"all {len(self.rows)} {self.section.noun} fields"
        return get_text_list([_lower_first(row.spec.label) for row in self.rows], "and")


def _lower_first(label: str) -> str:
    return label if label[:2].isupper() else label[0].lower() + label[1:]


class SectionBlock(LayoutObject):
    """One section of the session's form. ``rows`` are the form's rows of it, in order."""

    def __init__(self, section: Section, rows: Sequence[FieldRow]) -> None:
        self.section = section
        self.open_rows = [row for row in rows if row.verdict.editable]
        self.locked_rows = [row for row in rows if not row.verdict.editable]

    @property
    def groups(self) -> list[LockedGroup]:
        """The locked rows by reason."""
        by_reason: dict[Reason | None, list[FieldRow]] = {}
        for row in self.locked_rows:
            by_reason.setdefault(row.verdict.reason, []).append(row)
        whole = len(by_reason) == 1 and not self.open_rows
        return [LockedGroup(self.section, rows, whole) for rows in by_reason.values()]

    def render(
        self, form: Form, context: Context, template_pack: str = TEMPLATE_PACK, **_: object
    ) -> str:
        """Return the fieldset as HTML."""
        fields = [
            render_field(
                row.spec.input_name,
                form,
                context,
                template=FIELD,
                template_pack=template_pack,
                extra_context={"row": row},
            )
            for row in self.open_rows
        ]
        return render_to_string(SECTION, {"block": self, "fields": fields, "groups": self.groups})
