"""Ask for a manager's mark on one audit entry, or on several at once."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.http import QueryDict

from sessions_ui.domain.rules.edit_reasons import LONGEST_NOTE
from sessions_ui.domain.values.ids import LARGEST_ID, parse_id

REVIEWED, FLAGGED, COMMENTED, REOPENED = "reviewed", "flagged", "commented", "reopened"
MARKS = (
    (REVIEWED, "Mark reviewed"),
    (FLAGGED, "Flag"),
    (COMMENTED, "Comment"),
    (REOPENED, "Open again"),
)
NOTE_REQUIRED = {
    FLAGGED: "Write why it should be looked at.",
    COMMENTED: "Write your comment.",
}
MOST_AT_ONCE = 100


class MarkForm(forms.Form):
    """A mark on one entry, with a note: a flag and a comment need one, a review does not."""

    mark = forms.ChoiceField(choices=MARKS, error_messages={"required": "Choose what to do."})
    upto = forms.IntegerField(
        required=False, min_value=0, max_value=LARGEST_ID, widget=forms.HiddenInput
    )
    note = forms.CharField(
        label="Comment",
        required=False,
        max_length=LONGEST_NOTE,
        widget=forms.Textarea(attrs={"class": "form-control", "rows": 2}),
    )

    def __init__(self, data: Mapping[str, Any] | None = None) -> None:
        # The page has other forms with a note.
        super().__init__(data, auto_id="mark_%s")

    def clean(self) -> dict[str, Any]:
        """Check that there is a note where the mark needs one."""
        super().clean()
        error = NOTE_REQUIRED.get(self.cleaned_data.get("mark", ""))
        if error and not self.cleaned_data.get("note") and "note" not in self.errors:
            self.add_error("note", error)
        return self.cleaned_data


class BatchForm(forms.Form):
    """The ticked entries of the review queue, to be marked reviewed together."""

    upto = forms.IntegerField(min_value=0, max_value=LARGEST_ID, widget=forms.HiddenInput)
    note = forms.CharField(
        label="Comment for all of them (optional)",
        required=False,
        max_length=LONGEST_NOTE,
        widget=forms.TextInput(attrs={"class": "form-control", "autocomplete": "off"}),
    )

    def ticked(self) -> list[int]:
        """Return the ids of the ticked entries, each once; values that are no id are left out."""
        posted = self.data.getlist("entry") if isinstance(self.data, QueryDict) else []
        ids = map(parse_id, posted[:MOST_AT_ONCE])
        return list(dict.fromkeys(entry_id for entry_id in ids if entry_id is not None))
