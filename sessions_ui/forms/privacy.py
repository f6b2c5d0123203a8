"""The forms around a person's values: why they have to be seen, and what is to be erased."""

from django import forms

from .notes import note_field

WORD = "ERASE"


class RevealForm(forms.Form):
    """Why somebody has to see the personal values of one entry."""

    reason = note_field("Why you need to see them", "why you need to see them")

    def __init__(self, *given: object, **named: object) -> None:
        """Other forms stand on the same page, so ids get a name of their own."""
        super().__init__(*given, auto_id="id_reveal_%s", **named)


class WhomForm(forms.Form):
    """Whose number or name it is about."""

    value = forms.CharField(
        label="Phone number or name",
        max_length=200,
        widget=forms.TextInput(
            attrs={"class": "form-control", "autocomplete": "off", "spellcheck": "false"}
        ),
        error_messages={"required": "Write a phone number or a name."},
    )


class EraseForm(forms.Form):
    """That it is meant, and why. ``sealed`` carries what was typed before, encrypted."""

    sealed = forms.CharField(widget=forms.HiddenInput)
    basis = note_field(
        "Who asked for it, and on what ground",
        "who asked for it, and on what ground",
        asked="who asked, on what ground",
    )
    word = forms.CharField(
        label=f"Type {WORD} to confirm",
        max_length=20,
        widget=forms.TextInput(attrs={"class": "form-control mono", "autocomplete": "off"}),
        error_messages={"required": f"Type {WORD} to confirm."},
    )

    def clean_word(self) -> str:
        """The word, to the letter."""
        word: str = self.cleaned_data["word"]
        if word != WORD:
            raise forms.ValidationError(f"Type {WORD}, in capitals.")
        return word
