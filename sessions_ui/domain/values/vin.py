"""Check vehicle identification numbers: their form, and the check digit (49 CFR 565)."""

import re

_VALUES = dict(
    zip(
        "0123456789ABCDEFGHJKLMNPRSTUVWXYZ",
        [*range(10), *range(1, 9), 1, 2, 3, 4, 5, 7, 9, *range(2, 10)],
        strict=True,
    )
)
_WEIGHTS = (8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2)
_LOOKALIKES = str.maketrans("IOQ", "100")


def vin_error(text: str) -> str:
    """Say why this cannot be a VIN, with a suggestion where there is one; ``""`` if it can."""
    vin = text.strip().upper()
    wrong = [letter for letter in "IOQ" if letter in vin]
    if wrong and len(vin) == 17:
        letters, corrected = " or ".join(wrong), vin.translate(_LOOKALIKES)
        return f"A VIN never has the letter {letters}. Did you mean {corrected}?"
    if len(vin) != 17:
        return f"A VIN has 17 characters; this one has {len(vin)}."
    if not re.fullmatch(r"[A-HJ-NPR-Z0-9]{17}", vin):
        return "A VIN has only digits and the letters A to Z without I, O and Q."
    return ""


def vin_warning(text: str) -> str:
    """Warn when the check digit (9th place) does not fit. It is binding only in North America."""
    vin = text.strip().upper()
    if vin_error(vin) or vin[0] not in "12345":
        return ""
    rest = sum(_VALUES[letter] * weight for letter, weight in zip(vin, _WEIGHTS, strict=True)) % 11
    expected = "X" if rest == 10 else str(rest)
    if vin[8] == expected:
        return ""
    return (
        f"The check digit of this VIN does not fit: the 9th character is {vin[8]}, "
        f"{expected} would fit. Compare it once more with the papers."
    )
