"""Ask why personal values have to be shown, and whose are to be erased, and why."""

from collections.abc import Mapping
from typing import Any

from django import forms

from .notes import note_field

CONFIRMATION = "ERASE"


class RevealForm(forms.Form):
    """Why a person has to see the personal values of one entry."""

    reason = note_field("Why you need to see them", "why you need to see them")

    def __init__(self, data: Mapping[str, Any] | None = None) -> None:
        # The page has other forms, so the ids need a prefix of their own.
        super().__init__(data, auto_id="id_reveal_%s")


class SubjectForm(forms.Form):
    """The data subject: a phone number or a name."""

    value = forms.CharField(
        label="Phone number or name",
        max_length=200,
        widget=forms.TextInput(
            attrs={"class": "form-control", "autocomplete": "off", "spellcheck": "false"}
        ),
        error_messages={"required": "Write a phone number or a name."},
    )


class EraseForm(forms.Form):
    """The confirmation of an erasure, and its legal basis. ``sealed`` carries the data subject that
    was typed before, encrypted."""

    sealed = forms.CharField(widget=forms.HiddenInput)
    basis = note_field(
        "Who asked for it, and on what ground",
        "who asked for it, and on what ground",
        short_ask="who asked, on what ground",
    )
    word = forms.CharField(
        label=f"Type {CONFIRMATION} to confirm",
        max_length=20,
        widget=forms.TextInput(attrs={"class": "form-control mono", "autocomplete": "off"}),
        error_messages={"required": f"Type {CONFIRMATION} to confirm."},
    )

    def clean_word(self) -> str:
        """Return the word, which must be exact."""
        word: str = self.cleaned_data["word"]
        if word != CONFIRMATION:
            raise forms.ValidationError(f"Type {CONFIRMATION}, in capitals.")
        return word
