"""Read, compare and check phone numbers as the phone library does, for the region in use.

PAVE shows one number in several spellings (``647-555-0126``, ``+16475550126``), and people type
more of them. Everything that asks whether two numbers are the same asks here.
"""

import re
from collections.abc import Callable
from functools import lru_cache

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumber, PhoneNumberFormat, ValidationResult

ALLOWED = re.compile(r"[0-9+().\-/\s]+")
"""The characters that a phone number may be typed with."""
_DIGIT = re.compile(r"\d")
_ABROAD = re.compile(r"^\s*00(?=(?:\D*\d){3})")
_POSSIBLE = ValidationResult.IS_POSSIBLE
_CACHED = 4096

_region: Callable[[], str] = lambda: "CA"  # noqa: E731  replaced by use_region


def use_region(source: Callable[[], str]) -> None:
    """Take the region (two capitals, such as ``CA``) from this function from now on.

    The application points it to the setting ``PAVE_PHONE_REGION`` when it starts; this package
    reads no settings by itself.
    """
    global _region
    _region = source


def normalize_phone(text: str, region: str = "") -> str:
    """Return a number in the one spelling in which numbers are compared.

    That is E.164, as in ``+447911123456``, with ``;ext=`` where the number has an extension. A
    text that cannot be a whole number of the region (or of the country whose code it begins with)
    becomes its digits, and a text without digits stays as it is, without blanks around it.
    ``region`` defaults to the one in use.
    """
    return _normalized(text, region or _region())


@lru_cache(_CACHED)
def _normalized(text: str, region: str) -> str:
    number = _whole(text, region)
    if number is None:
        return _digits(text) or text.strip()
    ending = f";ext={number.extension}" if number.extension else ""
    return phonenumbers.format_number(number, PhoneNumberFormat.E164) + ending


def local_digits(text: str, region: str = "") -> str:
    """Return the digits by which a number is known in the region, first to last.

    A number of the region's own country goes without its country code and trunk prefix, a foreign
    one with its country code. A text that cannot be a whole number gives all its digits, ``""``
    where it has none.
    """
    region = region or _region()
    number = _whole(text, region)
    if number is None:
        return _digits(text)
    national = phonenumbers.national_significant_number(number)
    abroad = number.country_code != phonenumbers.country_code_for_region(region)
    return f"{number.country_code}{national}" if abroad else national


def local_start(text: str, region: str = "") -> str:
    """Return the digits of the beginning of a number, as its `local_digits` begin.

    The region's country code goes after a plus, and its trunk prefix (the 0 of ``07911``) goes
    without one. In North America the two are the same 1, which is left where no plus is: it may
    be meant as a digit.
    """
    region = region or _region()
    code = str(phonenumbers.country_code_for_region(region))
    trunk = phonenumbers.ndd_prefix_for_region(region, True) or ""
    prefix = code if text.strip().startswith("+") else trunk if trunk != code else ""
    return _digits(text).removeprefix(prefix)


def with_plus(text: str) -> str:
    """Replace a leading 00, with which most of the world dials abroad, by a plus."""
    return _ABROAD.sub("+", text)


def phone_error(text: str, region: str = "") -> str:
    """Say why this cannot be a phone number, in a sentence that helps; ``""`` if it can."""
    if not ALLOWED.fullmatch(text.strip()):
        return "A phone number has digits, spaces, dashes, dots, brackets and one + at the start."
    number = _parsed(text, region or _region())
    if number is None:
        return "This is not a phone number. Write it like 416-555-0184 or +1 416 555 0184."
    verdict = phonenumbers.is_possible_number_with_reason(number)
    if verdict == _POSSIBLE:
        return ""
    return _ERRORS.get(verdict, _MISCOUNTED).format(digits=len(_digits(text)))


_MISCOUNTED = "This cannot be a phone number with {digits} digits. Count them once more."
_ERRORS = {
    ValidationResult.TOO_SHORT: "This phone number has {digits} digits: too few.",
    ValidationResult.TOO_LONG: "This phone number has {digits} digits: too many.",
    ValidationResult.IS_POSSIBLE_LOCAL_ONLY: (
        "This phone number has {digits} digits: its area code is missing."
    ),
    ValidationResult.INVALID_COUNTRY_CODE: (
        "There is no country with this code. Write the number like +1 416 555 0184."
    ),
}


def phone_warning(text: str, region: str = "") -> str:
    """Say that a possible number lies in a range that nobody has been given; ``""`` if not."""
    number = _parsed(text, region or _region())
    if number is None or phonenumbers.is_valid_number(number):
        return ""
    return "No phone company has handed out this number range."


def _parsed(text: str, region: str) -> PhoneNumber | None:
    try:
        return phonenumbers.parse(text, region)
    except NumberParseException:
        return None


def _whole(text: str, region: str) -> PhoneNumber | None:
    """The number, if it has as many digits as a whole one can have. The 00 with which most of the
    world dials abroad is understood where the region itself has another prefix."""
    for spelling in (text, with_plus(text)):
        number = _parsed(spelling, region)
        if number and phonenumbers.is_possible_number_with_reason(number) == _POSSIBLE:
            return number
    return None


def _digits(text: str) -> str:
    """The digits in ASCII, whatever script they are typed in."""
    return "".join(str(int(digit)) for digit in _DIGIT.findall(text))
