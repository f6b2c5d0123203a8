"""Build a session's form from the catalogue and the verdicts.

A locked field is no form field at all: it cannot be posted, so it cannot fail validation.
"""

from collections.abc import Mapping

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Layout
from django import forms

from sessions_ui.domain.catalogue import CATALOGUE, SECTIONS, Catalogue, FieldSpec
from sessions_ui.domain.rules.merge import FieldMerge
from sessions_ui.domain.rules.policy import Verdict
from sessions_ui.domain.values.kinds import Kind

from .layout import SectionBlock
from .row import FieldRow, choices_of
from .value_checks import value_error


class PaveField(forms.CharField):
    """An open field. It is validated only if it was changed: PAVE's own value is never an error."""

    def __init__(self, row: FieldRow) -> None:
        self.row = row
        super().__init__(
            label=row.spec.label, required=False, strip=False, widget=_widget(row.spec, row.current)
        )

    def clean(self, value: str) -> str:
        """Return the typed text. Raises ValidationError with a sentence for the agent."""
        spec, current = self.row.spec, self.row.current
        if spec.kind.same(value, current):
            return value
        codes = [code for code, _ in choices_of(spec, current)]
        error = value_error(spec, value or "", current, codes)
        if error:
            raise forms.ValidationError(error)
        return value


_INPUT_ATTRS: dict[Kind, dict[str, str]] = {
    Kind.URL: {"type": "url", "inputmode": "url"},
    Kind.PHONE: {"type": "tel", "class": "form-control mono"},
    Kind.NUMBER: {"inputmode": "numeric", "class": "form-control mono"},
    Kind.YEAR: {"inputmode": "numeric"},
    Kind.VIN: {"class": "form-control mono", "autocapitalize": "characters"},
}


def _widget(spec: FieldSpec, current: str) -> forms.Widget:
    choices = choices_of(spec, current)
    if choices:
        return forms.Select(attrs={"class": "form-select"}, choices=choices)
    attrs = {"class": "form-control", "autocomplete": "off", "spellcheck": "false"}
    if spec.known:
        attrs["list"] = f"known-{spec.input_name}"
    return forms.TextInput(attrs=attrs | _INPUT_ATTRS.get(spec.kind, {}))


class SessionForm(forms.Form):
    """One session's form: ``rows`` for all writable fields, Django fields for the open ones.

    ``texts`` are PAVE's present values, ``shown`` the values of the open fields' controls, both by
    field key. Only a ``bound`` form is validated: one that is shown for the first time is not.
    """

    def __init__(
        self,
        *,
        texts: Mapping[str, str],
        verdicts: Mapping[str, Verdict],
        shown: Mapping[str, str] | None = None,
        merges: Mapping[str, FieldMerge] | None = None,
        bound: bool = False,
        catalogue: Catalogue = CATALOGUE,
    ) -> None:
        merges, shown = merges or {}, texts if shown is None else shown
        self.rows = {
            spec.key: FieldRow(
                spec, verdicts[spec.key], texts.get(spec.key, ""), merges.get(spec.key)
            )
            for spec in catalogue.writable
        }
        open_rows = {row.spec.input_name: row for row in self.rows.values() if row.verdict.editable}
        values = {name: row.option(shown.get(row.spec.key, "")) for name, row in open_rows.items()}
        super().__init__(data=values if bound else None, initial=values)
        self.fields.update({name: PaveField(row) for name, row in open_rows.items()})
        for name, row in open_rows.items():
            _set_aria(self[name], row)
        self.helper = self._helper(catalogue)

    def _helper(self, catalogue: Catalogue) -> FormHelper:
        helper = FormHelper(self)
        helper.form_tag = False
        helper.disable_csrf = True
        helper.layout = Layout(
            *(
                SectionBlock(
                    section, [self.rows[spec.key] for spec in catalogue.section(section.name)]
                )
                for section in SECTIONS
            )
        )
        return helper

    @property
    def changed_count(self) -> int:
        """The number of open fields whose value differs from PAVE's."""
        return sum(row.changed for row in self.rows.values() if row.verdict.editable)


def _set_aria(bound: forms.BoundField, row: FieldRow) -> None:
    """Tie the error, the earlier value and the help to the control above them."""
    shown = {"error": bound.errors, "was": row.changed, "help": row.spec.help}
    ids = [f"{bound.auto_id}_{name}" for name, is_shown in shown.items() if is_shown]
    attrs = bound.field.widget.attrs
    if ids:
        attrs["aria-describedby"] = " ".join(ids)
    if bound.errors:
        attrs["class"] += " is-invalid"
        attrs["aria-invalid"] = "true"
