"""Render the HTML templates of the site, with every value escaped."""

from functools import cache
from html import escape
from pathlib import Path
from string import Template
from typing import Final

FOLDER: Final = Path(__file__).parent / "templates"


class Html(str):
    """Text that is markup already, because `render` made it."""

    __slots__ = ()


def render(name: str, /, **values: object) -> Html:
    """Fill the template `name` ("home/page"). Raises KeyError when a placeholder has no value.

    Values are escaped, except for Html; the items of a list are placed one after the other.
    """
    return Html(_load(name).substitute({key: escaped(value) for key, value in values.items()}))


def escaped(value: object) -> str:
    """Return a value as it is placed into a template: the only function that lets markup pass."""
    if isinstance(value, Html):
        return value
    if isinstance(value, list | tuple):
        return "".join(escaped(item) for item in value)
    return escape(str(value))


@cache
def _load(name: str) -> Template:
    # Without the last newline a template can be a part of a word, such as of a long URL.
    return Template((FOLDER / f"{name}.html").read_text("utf-8").rstrip("\n"))
