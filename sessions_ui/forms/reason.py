"""Ask why an edit is made."""

from collections.abc import Iterable
from typing import Any

from django import forms

from sessions_ui.domain.rules.edit_reasons import (
    LONGEST_NOTE,
    LONGEST_TICKET,
    REASONS,
    SHORTEST_NOTE,
    note_needed,
)

REASON_NAMES = ("reason_code", "reason_note", "ticket")


class ReasonForm(forms.Form):
    """The reason of an edit: a code, a note where the edit needs one, a ticket if there is one.

    ``keys`` are the fields that the edit changes: some need a note.
    """

    reason_code = forms.ChoiceField(
        label="Reason",
        choices=list(REASONS.items()),
        widget=forms.RadioSelect,
        error_messages={
            "required": "Choose the reason of this change.",
            "invalid_choice": "Choose a reason from the list.",
        },
    )
    reason_note = forms.CharField(
        label="Note",
        required=False,
        max_length=LONGEST_NOTE,
        widget=forms.Textarea(attrs={"class": "form-control", "rows": 2}),
    )
    ticket = forms.CharField(
        label="Ticket",
        required=False,
        max_length=LONGEST_TICKET,
        help_text="Help-desk number, such as ZD-48213.",
        widget=forms.TextInput(attrs={"class": "form-control mono", "autocomplete": "off"}),
    )

    def __init__(self, *args: Any, keys: Iterable[str] = (), **kwargs: Any) -> None:
        self.keys = tuple(keys)
        super().__init__(*args, **kwargs)
        why = note_needed("", self.keys)
        self.fields["reason_note"].help_text = (
            f"At least {SHORTEST_NOTE} characters, {why}."
            if why
            else "Needed only when the reason is “Other”."
        )

    def clean(self) -> dict[str, Any]:
        """Check that the note is long enough where the code or a field needs one."""
        super().clean()
        why = note_needed(self.cleaned_data.get("reason_code", ""), self.keys)
        if why and len(self.cleaned_data.get("reason_note", "")) < SHORTEST_NOTE:
            error = f"Write a note of {SHORTEST_NOTE} characters or more, {why}."
            self.add_error("reason_note", error)
        return self.cleaned_data
