"""Ask for the numbers of a watch rule: those that its kind needs."""

from collections.abc import Mapping
from typing import Any

from django import forms

from sessions_ui.domain.rules.watch_rules import Ask, Numbers, WatchKind


class WatchForm(forms.Form):
    """The numbers of a rule of one kind; a kind may ask for none."""

    def __init__(
        self,
        kind: WatchKind,
        data: Mapping[str, Any] | None = None,
        numbers: Numbers | None = None,
    ) -> None:
        super().__init__(data, initial=dict(numbers or {}), auto_id=f"{kind.code}_%s")
        self.kind = kind
        for ask in kind.asks:
            self.fields[ask.name] = _choice(ask) if ask.choices else _number(ask)

    def clean(self) -> dict[str, Any]:
        """Check that the hours of a kind that has two of them are in order."""
        super().clean()
        since, until = self.cleaned_data.get("since"), self.cleaned_data.get("until")
        if since is not None and until is not None and since >= until:
            self.add_error("until", "This has to be later than “from”.")
        return self.cleaned_data


def _number(ask: Ask) -> forms.Field:
    error = f"Write a whole number from {ask.low} to {ask.high}."
    return forms.IntegerField(
        label=ask.label,
        min_value=ask.low,
        max_value=ask.high,
        initial=ask.usual,
        widget=forms.NumberInput(attrs={"class": "form-control", "inputmode": "numeric"}),
        error_messages=dict.fromkeys(("required", "invalid", "min_value", "max_value"), error),
    )


def _choice(ask: Ask) -> forms.Field:
    return forms.ChoiceField(
        label=ask.label,
        choices=list((ask.choices or {}).items()),
        initial=ask.usual,
        widget=forms.Select(attrs={"class": "form-select"}),
        error_messages={"invalid_choice": "Choose one from the list."},
    )
