"""The form with which a person closes an edit that nobody could settle."""

from django import forms

from sessions_ui.domain.outcomes import Outcome
from sessions_ui.domain.reasons import LONGEST_NOTE, SHORTEST_NOTE

CLOSINGS = (
    (Outcome.IN_EFFECT.value, "The change is in effect"),
    (Outcome.NOT_IN_EFFECT.value, "The change is not in effect"),
    (Outcome.UNRESOLVED.value, "It cannot be known"),
)


class CloseForm(forms.Form):
    """What a person found out of an unresolved edit, and how."""

    outcome = forms.ChoiceField(
        label="What is so",
        choices=CLOSINGS,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose what is so."},
    )
    note = forms.CharField(
        label="How you know",
        min_length=SHORTEST_NOTE,
        max_length=LONGEST_NOTE,
        widget=forms.Textarea(attrs={"class": "form-control", "rows": 2}),
        error_messages={
            "required": "Write how you know.",
            "min_length": f"Write {SHORTEST_NOTE} characters or more: how you know.",
        },
    )
