"""The forms around a person's values: why they have to be seen."""

from django import forms

from sessions_ui.domain.reasons import LONGEST_NOTE, SHORTEST_NOTE


class RevealForm(forms.Form):
    """Why somebody has to see the personal values of one entry."""

    reason = forms.CharField(
        label="Why you need to see them",
        min_length=SHORTEST_NOTE,
        max_length=LONGEST_NOTE,
        widget=forms.Textarea(attrs={"class": "form-control", "rows": 2}),
        error_messages={
            "required": "Write why you need to see them.",
            "min_length": f"Write {SHORTEST_NOTE} characters or more: why you need to see them.",
        },
    )

    def __init__(self, *given: object, **named: object) -> None:
        """Other forms stand on the same page, so ids get a name of their own."""
        super().__init__(*given, auto_id="id_reveal_%s", **named)
