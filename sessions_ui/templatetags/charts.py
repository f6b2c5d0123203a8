"""Draw bar charts as SVG on the server, so that a chart needs no script.

Widths are percentages of the page, heights and letters keep their size, so a chart can be read on a
small screen too. The links in a chart are for the pointer: the keyboard has those of the
table next to it.
"""

from collections.abc import Iterator

from django import template
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.text import Truncator

from sessions_ui.services.audit.statistics import Bar, Chart

register = template.Library()

# All in px.
ROW_HEIGHT, BAR_HEIGHT, BASELINE = 44, 12, 15
COLUMN_HEIGHT, TOP, FOOT = 140, 20, 20
# A gap is a part of a column's place, a width is in percent of the chart.
GAP, MAX_COLUMN_WIDTH = 0.2, 8.0
MAX_LABEL_LENGTH = 38


@register.simple_tag
def bar_chart(chart: Chart) -> SafeString:
    """Horizontal bars, each under its label and its count."""
    rows = format_html_join("", "{}", ((row,) for row in _rows(chart)))
    return _svg(chart, ROW_HEIGHT * len(chart.bars), rows)


@register.simple_tag
def column_chart(chart: Chart) -> SafeString:
    """Columns over a time axis, with the largest count and the first and the last day."""
    step, foot = 100 / len(chart.bars), TOP + COLUMN_HEIGHT
    width = min(step * (1 - GAP), MAX_COLUMN_WIDTH)
    columns = format_html_join(
        "",
        '<rect x="{}%" y="{}" width="{}%" height="{}" rx="2"/>',
        (
            (
                f"{step * (n + 0.5) - width / 2:.3f}",
                foot - _height(bar),
                f"{width:.3f}",
                _height(bar),
            )
            for n, bar in enumerate(chart.bars)
        ),
    )
    links = format_html_join(
        "",
        '<a href="{}?{}" tabindex="-1"><title>{}: {}</title>'
        '<rect class="spot" x="{}%" y="{}" width="{}%" height="{}"/></a>',
        (
            (reverse("audit"), bar.query, bar.label, f"{bar.count:,}",
             f"{step * n:.3f}", TOP, f"{step:.3f}", COLUMN_HEIGHT)
            for n, bar in enumerate(chart.bars)
        ),
    )  # fmt: skip
    first, last = chart.bars[0].label, chart.bars[-1].label
    axis = format_html(
        '<line x1="0" x2="100%" y1="{0}" y2="{0}"/><text x="0" y="{1}">{2}</text>'
        '<text x="0" y="{3}">{4}</text><text class="end" x="100%" y="{3}">{5}</text>',
        foot, BASELINE, f"At most {chart.most:,}", foot + BASELINE + 2, first, last,
    )  # fmt: skip
    return _svg(chart, foot + FOOT, format_html("{}{}{}", axis, columns, links))


def _height(bar: Bar) -> int:
    """The height of a column in px; any count but 0 can be seen."""
    return max(2, round(bar.share * COLUMN_HEIGHT)) if bar.count else 0


def _rows(chart: Chart) -> Iterator[SafeString]:
    for n, bar in enumerate(chart.bars):
        top = n * ROW_HEIGHT
        row = format_html(
            '<title>{}: {}</title><text x="0" y="{}">{}</text>'
            '<text class="end" x="100%" y="{}">{}</text>'
            '<rect x="0" y="{}" width="{}%" height="{}" rx="2"/>',
            bar.label, f"{bar.count:,}", top + BASELINE,
            Truncator(bar.label).chars(MAX_LABEL_LENGTH), top + BASELINE, f"{bar.count:,}",
            top + BASELINE + 6, f"{max(0.5, bar.share * 100):.2f}" if bar.count else "0",
            BAR_HEIGHT,
        )  # fmt: skip
        if bar.query:
            row = format_html(
                '<a href="{}?{}" tabindex="-1">{}</a>', reverse("audit"), bar.query, row
            )
        yield format_html('<g class="{}">{}</g>', bar.tone, row)


def _svg(chart: Chart, height: int, content: SafeString) -> SafeString:
    return format_html(
        '<svg class="picture" role="group" width="100%" height="{0}"'
        ' aria-labelledby="pic-{1} pic-{1}-d"><title id="pic-{1}">{2}</title>'
        '<desc id="pic-{1}-d">{3} The numbers stand in the table beside it.</desc>{4}</svg>',
        height, chart.key, chart.title, chart.summary, content,
    )  # fmt: skip
