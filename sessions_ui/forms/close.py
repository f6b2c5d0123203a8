"""Ask how an unresolved edit ended, where a person closes it."""

from django import forms

from sessions_ui.domain.rules.outcomes import Outcome

from .notes import note_field

CLOSING_CHOICES = (
    (Outcome.IN_EFFECT.value, "The change is in effect"),
    (Outcome.NOT_IN_EFFECT.value, "The change is not in effect"),
    (Outcome.UNRESOLVED.value, "It cannot be known"),
)


class CloseForm(forms.Form):
    """The outcome that a person found out, and how."""

    outcome = forms.ChoiceField(
        label="What is so",
        choices=CLOSING_CHOICES,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose what is so."},
    )
    note = note_field("How you know", "how you know")
