"""Read an audit filter from GET parameters, with its choices and the sentences for its problems."""

import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import cached_property

from django import forms
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.utils import timezone

from sessions_ui.audit.search.filters import (
    DEFAULT_WINDOW,
    MAX_LENGTH,
    MAX_VALUE_LENGTH,
    NAMES,
    AuditFilter,
    entry_number,
    typed_params,
)
from sessions_ui.audit.search.value_search import value_problem
from sessions_ui.domain.catalogue import CATALOGUE
from sessions_ui.domain.rules.edit_reasons import REASONS
from sessions_ui.domain.rules.outcomes import Outcome
from sessions_ui.domain.status import Status

from .filter_fields import MomentField, OpenSelect, PageEdgeField

MAX_PEOPLE = 500
_LARGEST_USER_ID = 2**31 - 1
_SESSION_KEY = re.compile(r"[A-Z0-9-]{3,40}")
_PARAMETERS = {"since": "from", "until": "to"}
"""The parameters that are not named like their fields: `from` is a keyword of Python's."""
_INPUT = {"class": "form-control", "autocomplete": "off"}
_KEY_INPUT = {**_INPUT, "class": "form-control mono", "spellcheck": "false"}
_VALUE_INPUT = {**_INPUT, "spellcheck": "false", "aria-describedby": "id_value_hint"}
_TEXT_INPUT = {**_INPUT, "aria-keyshortcuts": "/", "aria-describedby": "id_q_hint"}
_KINDS = (
    ("edit", "Edits"),
    ("refusal", "Refusals"),
    ("access", "Who read what"),
    ("note", "Watch rules and purges"),
)


def _text(label: str, widget: forms.Widget, max_length: int | None = MAX_LENGTH) -> forms.CharField:
    # Blanks were stripped before the text was cut to length.
    return forms.CharField(
        label=label, required=False, max_length=max_length, strip=False, widget=widget
    )


def _choice(
    label: str, empty: str, noun: str, choices: Iterable[tuple[str, str]]
) -> forms.ChoiceField:
    return forms.ChoiceField(
        label=label,
        required=False,
        choices=[("", empty), *choices],
        widget=OpenSelect({"class": "form-select"}),
        error_messages={"invalid_choice": f"“%(value)s” is not {noun}. Choose one from the list."},
    )


class AuditFilterForm(forms.Form):
    """The filters of the audit; the order of the fields is the order of their problems."""

    since = MomentField(label="From", widget=forms.DateInput({**_INPUT, "type": "date"}))
    until = MomentField(
        label="To", widget=forms.DateInput({**_INPUT, "type": "date"}), day_end=True
    )
    session = _text("Session", forms.TextInput(_KEY_INPUT))
    actor = _text("Who", OpenSelect({"class": "form-select"}), None)
    field = _choice(
        "Field",
        "Any field",
        "a field",
        ((spec.key, f"{spec.label} ({spec.key})") for spec in CATALOGUE.writable),
    )
    outcome = _choice(
        "Outcome",
        "Any outcome",
        "an outcome",
        ((outcome.value, outcome.label) for outcome in Outcome),
    )
    reason = _choice("Reason", "Any reason", "a reason", REASONS.items())
    status = _choice(
        "Status then",
        "Any status",
        "a status of PAVE",
        ((status.value, f"{status.label} ({status.value})") for status in Status),
    )
    kind = _choice("Show", "Edits and refusals", "a kind of entry", _KINDS)
    value = _text("Old or new value", forms.TextInput(_VALUE_INPUT), MAX_VALUE_LENGTH)
    before = PageEdgeField()
    after = PageEdgeField()
    q = _text("Ticket, entry number or words", forms.SearchInput(_TEXT_INPUT))

    def __init__(self, params: Mapping[str, str]) -> None:
        super().__init__(typed_params(params))
        self.fields["actor"].widget.choices = lambda: [("", "Anyone"), *self._people]

    @cached_property
    def _people(self) -> list[tuple[str, str]]:
        """The user name and the full name of everyone who has a role."""
        users = User.objects.filter(groups__isnull=False).distinct()
        users = users.only("username", "first_name", "last_name")
        users = users.order_by("first_name", "username")[:MAX_PEOPLE]
        return [(user.username, user.get_full_name() or user.username) for user in users]

    def add_prefix(self, field_name: str) -> str:
        """The parameter of a field."""
        return _PARAMETERS.get(field_name, field_name)

    def clean_until(self) -> datetime | None:
        """Refuse an end that is not later than the beginning."""
        since: datetime | None = self.cleaned_data.get("since")
        until: datetime | None = self.cleaned_data["until"]
        if since and until and since >= until:
            self.add_error("since", "“From” is after “to”, so nothing can be between them.")
            # Both could be read, and the page of statistics names them in its heading.
            self.cleaned_data["since"] = since
        return until

    def clean_session(self) -> str:
        """The session's key in capitals."""
        key: str = self.cleaned_data["session"].upper()
        if key and not _SESSION_KEY.fullmatch(key):
            raise ValidationError(
                f"“{key}” cannot be a session key: it has 3 to 40 letters, digits and dashes."
            )
        return key

    def clean_actor(self) -> int | None:
        """The id of the user with this name; a number that is no user name is an id itself, so that
        the entries of a deleted account can be found."""
        typed = self.cleaned_data["actor"]
        if not typed:
            return None
        users = User.objects.filter(username__iexact=typed)
        user_id, number = users.values_list("pk", flat=True).first(), entry_number(typed)
        if user_id is None and number is not None and number <= _LARGEST_USER_ID:
            return number
        if user_id is None:
            raise ValidationError(
                f"Nobody here has the user name “{typed}”. For a person whose account is gone,"
                " give the number that the page of each of their entries shows."
            )
        return user_id

    def clean_value(self) -> str:
        """Refuse a value that the index cannot find."""
        value: str = self.cleaned_data["value"]
        problem = value_problem(value, self.cleaned_data.get("field", ""))
        if problem:
            raise ValidationError(problem)
        return value

    def audit_filter(self) -> AuditFilter:
        """The filter that was typed.

        Without a session, a search text or a day it covers the last 30 days only.
        """
        problems = {self[name].html_name: str(errors[0]) for name, errors in self.errors.items()}
        values = dict(self.cleaned_data)
        text = values.pop("q")
        pinned = text or any(values.get(name) for name in ("since", "until", "session"))
        windowed = not pinned and not problems
        if windowed:
            values["since"] = timezone.now() - DEFAULT_WINDOW
        return AuditFilter(
            typed=self.data,
            problems=problems,
            entry=entry_number(text),
            ticket=text,
            windowed=windowed,
            **values,
        )

    def chips(self) -> list[tuple[str, str, str]]:
        """For each filter that is set: its label, its value in words, and its parameter."""
        bound = {field.html_name: field for field in self}
        return [
            (str(bound[name].label), _in_words(bound[name]), name)
            for name in NAMES
            if self.data.get(name)
        ]


def _in_words(field: forms.BoundField) -> str:
    """The typed value as its list words it."""
    typed: str = field.value()
    words: dict[str, str] = dict(getattr(field.field.widget, "choices", ()))
    return words.get(typed, typed)


def read_filter(params: Mapping[str, str]) -> AuditFilter:
    """The filter in GET parameters, or in options of a command with the same names."""
    return AuditFilterForm(params).audit_filter()
