"""The form that asks why an edit is made."""

from collections.abc import Iterable

from django import forms

from sessions_ui.domain.rules.edit_reasons import (
    LONGEST_NOTE,
    LONGEST_TICKET,
    REASONS,
    SHORTEST_NOTE,
    note_needed,
)


class ReasonForm(forms.Form):
    """Why: a code from the list, a note where the edit needs one, a ticket if there is one."""

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

    def __init__(self, *args: object, keys: Iterable[str] = (), **kwargs: object) -> None:
        self.keys = tuple(keys)
        super().__init__(*args, **kwargs)
        why = note_needed("", self.keys)
        self.fields["reason_note"].help_text = (
            f"At least {SHORTEST_NOTE} characters, {why}."
            if why
            else "Needed only when the reason is “Other”."
        )

    def clean(self) -> dict[str, str]:
        """Adds the rule that joins code, note and fields."""
        cleaned = super().clean()
        why = note_needed(cleaned.get("reason_code", ""), self.keys)
        if why and len(cleaned.get("reason_note", "")) < SHORTEST_NOTE:
            words = f"Write a note of {SHORTEST_NOTE} characters or more, {why}."
            self.add_error("reason_note", words)
        return cleaned
