"""Bars as SVG, drawn here so that a picture needs no script.

Widths are shares of the page's, heights and letters keep their size, so a picture can be read on a
small screen too. Its links are for the pointer; the keyboard has those of the table beside it.
"""

from collections.abc import Iterator

from django import template
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.text import Truncator

from sessions_ui.services.audit.statistics import Bar, Picture

register = template.Library()

ROW, BAR, LINE = 44, 12, 15  # px: a row, its bar, the foot of its words
TALL, TOP, FOOT = 140, 20, 20  # px: the tallest column, room above for its number, below for days
GAP, WIDEST = 0.2, 8.0  # of a column's place; % of the picture
LONGEST = 38  # characters of a label; the table has all of it


@register.simple_tag
def bars(picture: Picture) -> SafeString:
    """Lying bars, each under its words and its number."""
    drawn = format_html_join("", "{}", ((one,) for one in _rows(picture)))
    return _drawing(picture, ROW * len(picture.bars), drawn)


@register.simple_tag
def columns(picture: Picture) -> SafeString:
    """Standing bars on one line of time, with the largest number and the first and last day."""
    place, foot = 100 / len(picture.bars), TOP + TALL
    width = min(place * (1 - GAP), WIDEST)
    drawn = format_html_join(
        "",
        '<rect x="{}%" y="{}" width="{}%" height="{}" rx="2"/>',
        (
            (f"{place * (n + 0.5) - width / 2:.3f}", foot - _tall(bar), f"{width:.3f}", _tall(bar))
            for n, bar in enumerate(picture.bars)
        ),
    )  # fmt: skip
    links = format_html_join(
        "",
        '<a href="{}?{}" tabindex="-1"><title>{}: {}</title>'
        '<rect class="spot" x="{}%" y="{}" width="{}%" height="{}"/></a>',
        (
            (reverse("audit"), bar.query, bar.label, f"{bar.count:,}",
             f"{place * n:.3f}", TOP, f"{place:.3f}", TALL)
            for n, bar in enumerate(picture.bars)
        ),
    )  # fmt: skip
    first, last = picture.bars[0].label, picture.bars[-1].label
    axis = format_html(
        '<line x1="0" x2="100%" y1="{0}" y2="{0}"/><text x="0" y="{1}">{2}</text>'
        '<text x="0" y="{3}">{4}</text><text class="end" x="100%" y="{3}">{5}</text>',
        foot, LINE, f"At most {picture.most:,}", foot + LINE + 2, first, last,
    )  # fmt: skip
    return _drawing(picture, foot + FOOT, format_html("{}{}{}", axis, drawn, links))


def _tall(bar: Bar) -> int:
    """A column's height in px; what is not nothing can be seen."""
    return max(2, round(bar.share * TALL)) if bar.count else 0


def _rows(picture: Picture) -> Iterator[SafeString]:
    for n, bar in enumerate(picture.bars):
        top = n * ROW
        shown = format_html(
            '<title>{}: {}</title><text x="0" y="{}">{}</text>'
            '<text class="end" x="100%" y="{}">{}</text>'
            '<rect x="0" y="{}" width="{}%" height="{}" rx="2"/>',
            bar.label, f"{bar.count:,}", top + LINE, Truncator(bar.label).chars(LONGEST),
            top + LINE, f"{bar.count:,}", top + LINE + 6,
            f"{max(0.5, bar.share * 100):.2f}" if bar.count else "0", BAR,
        )  # fmt: skip
        link = f"{reverse('audit')}?{bar.query}" if bar.query else ""
        inner = format_html('<a href="{}" tabindex="-1">{}</a>', link, shown) if link else shown
        yield format_html('<g class="{}">{}</g>', bar.tone, inner)


def _drawing(picture: Picture, height: int, drawn: SafeString) -> SafeString:
    return format_html(
        '<svg class="picture" role="group" width="100%" height="{0}"'
        ' aria-labelledby="pic-{1} pic-{1}-d"><title id="pic-{1}">{2}</title>'
        '<desc id="pic-{1}-d">{3} The numbers stand in the table beside it.</desc>{4}</svg>',
        height, picture.key, picture.title, picture.summary, drawn,
    )  # fmt: skip
