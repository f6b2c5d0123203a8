"""Read the number of a database row from text that a browser sent."""

LARGEST_ID = 2**63 - 1
"""The largest value of a BigIntegerField; SQLite raises OverflowError for a larger one."""


def parse_id(text: str) -> int | None:
    """The id in plain ASCII digits; None for any other text and for a number no row can have."""
    if not (text.isascii() and text.isdecimal()):
        return None
    # int() refuses very long digit strings with a ValueError, so the length is checked first.
    if len(text) > len(str(LARGEST_ID)) or int(text) > LARGEST_ID:
        return None
    return int(text)
