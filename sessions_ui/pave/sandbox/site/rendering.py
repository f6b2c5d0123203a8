"""HTML that cannot be broken by what it shows: every text and attribute is escaped here."""

from html import escape
from typing import Final

VOID: Final = frozenset({"input", "link", "meta", "wbr"})


class Html(str):
    """Text that is markup already, because `tag` or `joined` made it."""

    __slots__ = ()


def tag(name: str, /, *children: object, **attributes: object) -> Html:
    """Give an element. Children that are not Html are escaped; None is left out.

    Attribute names lose a last `_` and take `-` for `_`: `class_`, `data_action`. True gives a
    bare attribute; False and None give none.
    """
    written = "".join(_attribute(key, value) for key, value in attributes.items())
    if name in VOID:
        return Html(f"<{name}{written}>")
    return Html(f"<{name}{written}>{joined(*children)}</{name}>")


def joined(*children: object) -> Html:
    """Give children one after the other, escaped unless they are Html; None is left out."""
    return Html("".join(_safe(child) for child in children if child is not None))


def _safe(child: object) -> str:
    if isinstance(child, Html):
        return str(child)
    if isinstance(child, (list, tuple)):
        return str(joined(*child))
    return escape(str(child))


def _attribute(key: str, value: object) -> str:
    if value is None or value is False:
        return ""
    name = key.rstrip("_").replace("_", "-")
    return f" {name}" if value is True else f' {name}="{escape(str(value))}"'


def icon(name: str) -> Html:
    """Give a drawing of the sprite, hidden from screen readers: words stand beside it."""
    use = tag("use", href=f"/sandbox/icons.svg#{name}")
    return tag("svg", use, class_="i", aria_hidden="true")
