"""Check typed values: errors stop an edit, warnings are shown on its review page.

Values that PAVE alone can judge are left to PAVE.
"""

import re
from collections.abc import Callable, Collection

from django.conf import settings

from sessions_ui.domain.catalogue import FieldSpec, Rule
from sessions_ui.domain.status import Delivery
from sessions_ui.domain.values.kinds import Kind, number_of
from sessions_ui.domain.values.phone import phone_error, phone_warning
from sessions_ui.domain.values.redirect_url import redirect_error
from sessions_ui.domain.values.vin import vin_error, vin_warning

UNSTORABLE = "\ufffd"  # takes the place of what no database can store


def value_error(spec: FieldSpec, text: str, current: str, codes: Collection[str] = ()) -> str:
    """Return why a changed value cannot be sent, as a sentence for the agent; ``""`` if it can.

    ``current`` is PAVE's present value; ``codes`` are the choices of a field with a list.
    """
    if not text.strip():
        return (
            f"PAVE has no way to empty a field. It holds “{current}”: type that, or another value."
        )
    if codes and not any(spec.kind.same(code, text) for code in codes):
        return f"“{text}” is not on the list. Choose one of {', '.join(filter(None, codes))}."
    if not text.isprintable() or UNSTORABLE in text:
        return "This has a line break or another character that nobody can see. Type it once more."
    check = ERRORS.get(spec.kind)
    return (check(text) if check else "") or _too_long(spec, text)


def _too_long(spec: FieldSpec, text: str) -> str:
    if len(text.strip()) <= spec.max_length:
        return ""
    return f"This has {len(text.strip())} characters; {spec.max_length} is the most."


def _year_error(text: str) -> str:
    if re.fullmatch(r"(19|20)[0-9]{2}", text.strip()):
        return ""
    return "A year has four digits, such as 2021."


def _number_error(text: str) -> str:
    return "" if number_of(text) is not None else "Write the reading in digits, such as 84,210."


ERRORS: dict[Kind, Callable[[str], str]] = {
    Kind.VIN: vin_error,
    Kind.URL: lambda text: redirect_error(text, settings.PAVE_REDIRECT_HOSTS),
    Kind.PHONE: phone_error,
    Kind.YEAR: _year_error,
    Kind.NUMBER: _number_error,
}


def value_warnings(spec: FieldSpec, text: str, current: str, delivery: Delivery) -> list[str]:
    """Return what looks odd about a value that may be sent all the same, as sentences.

    ``current`` is PAVE's present value; ``delivery`` is of the session's text message.
    """
    warnings = [spec.caution]
    if spec.kind in WARNINGS:
        warnings.append(WARNINGS[spec.kind](text, current))
    if spec.known and text.strip().casefold() not in map(str.casefold, spec.known):
        warnings.append(f"“{text.strip()}” is not a usual value; PAVE may not know it.")
    if spec.rule is Rule.TEXT_DETAIL and delivery is Delivery.OK:
        warnings.append("The text has gone out already, so the customer will not see this change.")
    return [sentence for sentence in warnings if sentence]


def _number_warning(text: str, current: str) -> str:
    typed, before = number_of(text), number_of(current)
    if typed is None or before is None or typed >= before:
        return ""
    return f"The reading goes down, from {before:,} to {typed:,}."


WARNINGS: dict[Kind, Callable[[str, str], str]] = {
    Kind.VIN: lambda text, _: vin_warning(text),
    Kind.PHONE: lambda text, _: phone_warning(text),
    Kind.NUMBER: _number_warning,
}
