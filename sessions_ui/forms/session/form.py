"""Forms drawn from the catalogue and the verdicts: open fields and locked ones.

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
from .row import Row, choices_of
from .values import value_error


class PaveField(forms.CharField):
    """An open field. It is judged only when it was changed; otherwise PAVE's value stands."""

    def __init__(self, row: Row) -> None:
        self.row = row
        super().__init__(
            label=row.spec.label, required=False, strip=False, widget=_widget(row.spec, row.held)
        )

    def clean(self, value: str) -> str:
        """The typed text. Raises ValidationError with a sentence that helps."""
        spec, held = self.row.spec, self.row.held
        if spec.kind.same(value, held):
            return value
        error = value_error(spec, value or "", held, [code for code, _ in choices_of(spec, held)])
        if error:
            raise forms.ValidationError(error)
        return value


_INPUTS: dict[Kind, dict[str, str]] = {
    Kind.URL: {"type": "url", "inputmode": "url"},
    Kind.PHONE: {"type": "tel", "class": "form-control mono"},
    Kind.NUMBER: {"inputmode": "numeric", "class": "form-control mono"},
    Kind.YEAR: {"inputmode": "numeric"},
    Kind.VIN: {"class": "form-control mono", "autocapitalize": "characters"},
}


def _widget(spec: FieldSpec, held: str) -> forms.Widget:
    options = choices_of(spec, held)
    if options:
        return forms.Select(attrs={"class": "form-select"}, choices=options)
    attrs = {"class": "form-control", "autocomplete": "off", "spellcheck": "false"}
    if spec.known:
        attrs["list"] = f"known-{spec.input_name}"
    return forms.TextInput(attrs=attrs | _INPUTS.get(spec.kind, {}))


class SessionForm(forms.Form):
    """One session's form: ``rows`` for all writable fields, Django fields for the open ones.

    ``texts``: what PAVE holds; ``shown``: what open fields show (typed or held). Bound only when
    ``bound``: a form just drawn is not judged.
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
            spec.key: Row(spec, verdicts[spec.key], texts.get(spec.key, ""), merges.get(spec.key))
            for spec in catalogue.writable
        }
        opened = {row.spec.input_name: row for row in self.rows.values() if row.verdict.editable}
        values = {name: row.option(shown.get(row.spec.key, "")) for name, row in opened.items()}
        super().__init__(data=values if bound else None, initial=values)
        self.fields.update({name: PaveField(row) for name, row in opened.items()})
        for name, row in opened.items():
            _describe(self[name], row)
        self.helper = self._helper(catalogue)

    def _helper(self, catalogue: Catalogue) -> FormHelper:
        helper = FormHelper(self)
        helper.form_tag = False
        helper.disable_csrf = True
        helper.layout = Layout(
            *(
                SectionBlock(one, [self.rows[spec.key] for spec in catalogue.section(one.name)])
                for one in SECTIONS
            )
        )
        return helper

    @property
    def changed_count(self) -> int:
        """How many open fields hold something else than PAVE."""
        return sum(row.changed for row in self.rows.values() if row.verdict.editable)


def _describe(bound: forms.BoundField, row: Row) -> None:
    """Tie what stands under a control to it: error, value before, help."""
    said = {"error": bound.errors, "was": row.changed, "help": row.spec.help}
    attrs = bound.field.widget.attrs
    attrs["aria-describedby"] = " ".join(f"{bound.auto_id}_{part}" for part in said if said[part])
    if bound.errors:
        attrs["class"] += " is-invalid"
        attrs["aria-invalid"] = "true"
    if not attrs["aria-describedby"]:
        del attrs["aria-describedby"]
