"""Form fields and the select of the audit's filters."""

from datetime import date, datetime, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms.renderers import BaseRenderer
from django.forms.utils import flatatt
from django.utils import timezone
from django.utils.safestring import SafeString

from sessions_ui.audit.search.filters import entry_number
from sessions_ui.html import joined, markup

_EMPTY, _SELECTED = markup(""), markup(" selected")


class OpenSelect(forms.Select):
    """A select that also offers what was typed, where its list does not have it.

    The options are joined here: Django renders a template for each, and the sixty and more of this
    form would take as long as the whole list of entries.
    """

    def render(
        self,
        name: str,
        value: Any,
        attrs: dict[str, Any] | None = None,
        renderer: BaseRenderer | None = None,
    ) -> SafeString:
        """The select with the typed value selected."""
        choices = dict(self.choices)
        choices.setdefault(value or "", value)
        options = (
            markup(
                '<option value="{}"{}>{}</option>',
                choice,
                _SELECTED if choice and choice == value else _EMPTY,
                label,
            )
            for choice, label in choices.items()
        )
        all_attrs = flatatt(self.build_attrs(self.attrs, attrs))
        return markup('<select name="{}"{}>{}</select>', name, all_attrs, joined(_EMPTY, options))


class MomentField(forms.Field):
    """A local day as 2026-01-31, or a moment in ISO 8601; a moment without a zone is local.

    ``day_end``: a day means the end of it, not its beginning.
    """

    default_error_messages = {"invalid": "“%(value)s” is not a date. Write it as 2026-01-31."}

    def __init__(self, *, day_end: bool = False, **kwargs: Any) -> None:
        super().__init__(required=False, **kwargs)
        self._days = timedelta(days=1 if day_end else 0)

    def to_python(self, value: str | None) -> datetime | None:
        """The moment, with its zone. Raises ValidationError for any other text."""
        if not value:
            return None
        try:
            if len(value) == len("2026-01-31"):
                day = date.fromisoformat(value) + self._days
                return timezone.make_aware(datetime(day.year, day.month, day.day))
            moment = datetime.fromisoformat(value)
            return moment if moment.tzinfo else timezone.make_aware(moment)
        except (ValueError, OverflowError):
            raise ValidationError(
                self.error_messages["invalid"], "invalid", {"value": value}
            ) from None


class PageEdgeField(forms.Field):
    """The id of the entry from which a page goes on."""

    default_error_messages = {
        "invalid": "“%(value)s” is not a place in the list. Start from its newest."
    }
    widget = forms.HiddenInput

    def __init__(self) -> None:
        super().__init__(required=False)

    def to_python(self, value: str | None) -> int | None:
        """The id. Raises ValidationError for any other text."""
        number = entry_number(value or "")
        if value and number is None:
            raise ValidationError(self.error_messages["invalid"], "invalid", {"value": value})
        return number
