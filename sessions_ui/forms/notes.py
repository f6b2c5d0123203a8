"""The field in which a person says something that stays on record."""

from django import forms

from sessions_ui.domain.rules.edit_reasons import LONGEST_NOTE, SHORTEST_NOTE


def note_field(label: str, ask: str, *, asked: str = "") -> forms.CharField:
    """A note that must be given. ``ask`` is what the sentence for an empty one asks to write;
    ``asked`` the same for one that is too short, where that is to be said shorter."""
    return forms.CharField(
        label=label,
        min_length=SHORTEST_NOTE,
        max_length=LONGEST_NOTE,
        widget=forms.Textarea(attrs={"class": "form-control", "rows": 2}),
        error_messages={
            "required": f"Write {ask}.",
            "min_length": f"Write {SHORTEST_NOTE} characters or more: {asked or ask}.",
        },
    )
