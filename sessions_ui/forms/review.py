"""The forms with which a manager says something of an entry, or of several at once."""

from django import forms

from sessions_ui.domain.rules.edit_reasons import LONGEST_NOTE
from sessions_ui.domain.values.ids import LARGEST_ID, parse_id

REVIEWED, FLAGGED, COMMENTED, REOPENED = "reviewed", "flagged", "commented", "reopened"
MARKS = (
    (REVIEWED, "Mark reviewed"),
    (FLAGGED, "Flag"),
    (COMMENTED, "Comment"),
    (REOPENED, "Open again"),
)
NEEDED = {
    FLAGGED: "Write why it should be looked at.",
    COMMENTED: "Write your comment.",
}
MOST_AT_ONCE = 100


class MarkForm(forms.Form):
    """What is said of one entry. A flag and a comment need words, a review does not."""

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

    def __init__(self, *args: object, **kwargs: object) -> None:
        # The page has other forms with a note.
        super().__init__(*args, auto_id="mark_%s", **kwargs)

    def clean(self) -> dict[str, object]:
        """Adds the rule that joins the mark and its words."""
        cleaned = super().clean()
        wanting = NEEDED.get(cleaned.get("mark", ""))
        if wanting and not cleaned.get("note") and "note" not in self.errors:
            self.add_error("note", wanting)
        return cleaned


class BatchForm(forms.Form):
    """The entries of the queue that were ticked, to be marked reviewed together."""

    upto = forms.IntegerField(min_value=0, max_value=LARGEST_ID, widget=forms.HiddenInput)
    note = forms.CharField(
        label="Comment for all of them (optional)",
        required=False,
        max_length=LONGEST_NOTE,
        widget=forms.TextInput(attrs={"class": "form-control", "autocomplete": "off"}),
    )

    def ticked(self) -> list[int]:
        """The numbers of the ticked entries, each once; what is no id is left out."""
        posted = self.data.getlist("entry")[:MOST_AT_ONCE]
        ids = [entry_id for text in posted if (entry_id := parse_id(text)) is not None]
        return list(dict.fromkeys(ids))
