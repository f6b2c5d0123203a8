"""Build the field for a note that a person must give and that stays in the audit."""

from django import forms

from sessions_ui.domain.rules.edit_reasons import LONGEST_NOTE, SHORTEST_NOTE


def note_field(label: str, ask: str, *, short_ask: str = "") -> forms.CharField:
    """Return a required note field.

    ``ask`` completes the sentence "Write …" for an empty note; ``short_ask`` takes its place in
    the sentence for a note that is too short.
    """
    return forms.CharField(
        label=label,
        min_length=SHORTEST_NOTE,
        max_length=LONGEST_NOTE,
        widget=forms.Textarea(attrs={"class": "form-control", "rows": 2}),
        error_messages={
            "required": f"Write {ask}.",
            "min_length": f"Write {SHORTEST_NOTE} characters or more: {short_ask or ask}.",
        },
    )
