"""The form with which a person closes an edit that nobody could settle."""

from django import forms

from sessions_ui.domain.rules.outcomes import Outcome

from .notes import note_field

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
    note = note_field("How you know", "how you know")
