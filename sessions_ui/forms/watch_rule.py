"""The form of a watch rule: it asks what the rule's kind asks for."""

from django import forms

from sessions_ui.domain.rules.watch_rules import KINDS, Ask, Numbers, WatchKind


class WatchForm(forms.Form):
    """The numbers of a rule of one kind; a kind may ask for none."""

    def __init__(
        self, kind: WatchKind, data: object = None, numbers: Numbers | None = None
    ) -> None:
        super().__init__(data, initial=dict(numbers or {}), auto_id=f"{kind.code}_%s")
        self.kind = kind
        for ask in kind.asks:
            self.fields[ask.name] = _choice(ask) if ask.choices else _number(ask)

    def clean(self) -> dict[str, object]:
        """Adds the rule that joins the two hours."""
        cleaned = super().clean()
        since, until = cleaned.get("since"), cleaned.get("until")
        if since is not None and until is not None and since >= until:
            self.add_error("until", "This has to be later than “from”.")
        return cleaned


def kind_of(code: str) -> WatchKind | None:
    """The kind with this name."""
    return KINDS.get(code)


def _number(ask: Ask) -> forms.Field:
    words = f"Write a whole number from {ask.low} to {ask.high}."
    return forms.IntegerField(
        label=ask.label,
        min_value=ask.low,
        max_value=ask.high,
        initial=ask.usual,
        widget=forms.NumberInput(attrs={"class": "form-control", "inputmode": "numeric"}),
        error_messages=dict.fromkeys(("required", "invalid", "min_value", "max_value"), words),
    )


def _choice(ask: Ask) -> forms.Field:
    return forms.ChoiceField(
        label=ask.label,
        choices=list(ask.choices.items()),
        initial=ask.usual,
        widget=forms.Select(attrs={"class": "form-select"}),
        error_messages={"invalid_choice": "Choose one from the list."},
    )
