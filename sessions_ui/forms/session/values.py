"""What a typed value cannot be (said and stopped) and what looks odd (said, and sent all the same).

Values that PAVE alone can judge are left to PAVE.
"""

import re
from collections.abc import Callable, Collection

from django.conf import settings

from sessions_ui.domain.catalogue import FieldSpec
from sessions_ui.domain.rules.policy import Delivery, Rule
from sessions_ui.domain.snapshot import Snapshot
from sessions_ui.domain.values.kinds import Kind, number_of
from sessions_ui.domain.values.phone import phone_error, phone_warning
from sessions_ui.domain.values.redirect_url import redirect_error
from sessions_ui.domain.values.vin import vin_error, vin_warning

UNREADABLE = "\ufffd"  # stands for what no database can hold


def value_error(spec: FieldSpec, text: str, held: str, codes: Collection[str] = ()) -> str:
    """Why a changed value cannot be sent, as a sentence that helps; ``""`` when it can.

    ``held`` is PAVE's present value, ``codes`` the choices where there is a list.
    """
    if not text.strip():
        return f"PAVE has no way to empty a field. It holds “{held}”: type that, or another value."
    if codes and not any(spec.kind.same(code, text) for code in codes):
        return f"“{text}” is not on the list. Choose one of {', '.join(filter(None, codes))}."
    if not text.isprintable() or UNREADABLE in text:
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


def value_warnings(spec: FieldSpec, text: str, held: str, now: Snapshot) -> list[str]:
    """What looks odd about a value that may be sent all the same: sentences for the review."""
    said = [spec.caution]
    if spec.kind in WARNINGS:
        said.append(WARNINGS[spec.kind](text, held))
    if spec.known and text.strip().casefold() not in map(str.casefold, spec.known):
        said.append(f"“{text.strip()}” is not a usual value; PAVE may not know it.")
    if spec.rule is Rule.TEXT_DETAIL and now.delivery is Delivery.OK:
        said.append("The text has gone out already, so the customer will not see this change.")
    return [sentence for sentence in said if sentence]


def _number_warning(text: str, held: str) -> str:
    typed, before = number_of(text), number_of(held)
    if typed is None or before is None or typed >= before:
        return ""
    return f"The reading goes down, from {before:,} to {typed:,}."


WARNINGS: dict[Kind, Callable[[str, str], str]] = {
    Kind.VIN: lambda text, _: vin_warning(text),
    Kind.PHONE: lambda text, _: phone_warning(text),
    Kind.NUMBER: _number_warning,
}
