"""Split two values of a field into parts, and mark those that differ. No HTML here."""

import re
from collections.abc import Iterable
from itertools import groupby
from os.path import commonprefix

from sessions_ui.domain.values.kinds import Kind

Parts = list[tuple[str, bool]]
"""The pieces of a value in order, each with whether it differs."""

_URL = re.compile(r"([a-z][a-z0-9+.-]*://)([^/?#]*)(.*)", re.IGNORECASE | re.DOTALL)
_ALIKE = 3  # where less than a third is alike, nearly all would be marked, which helps nobody


def parts_of(kind: Kind | None, was: str, now: str) -> tuple[Parts, Parts]:
    """Split both values. A value that differs as a whole is one part without a mark."""
    if was == now or not was or not now:
        return _whole(was), _whole(now)
    if kind is Kind.VIN and len(was) == len(now):
        return by_position(was, now)
    if kind is Kind.URL and _URL.fullmatch(was) and _URL.fullmatch(now):
        return by_url(was, now)
    return trimmed(was, now)


def by_position(was: str, now: str) -> tuple[Parts, Parts]:
    """Compare two values of one length, character by character."""
    return _runs(was, now), _runs(now, was)


def by_url(was: str, now: str) -> tuple[Parts, Parts]:
    """Compare two addresses part by part. Another host is marked whole, to be seen at once."""
    both: tuple[Parts, Parts] = ([], [])
    found = [match.groups() for text in (was, now) if (match := _URL.fullmatch(text))]
    *heads, rests = zip(*found, strict=True)
    for pair in heads:
        for side, text in zip(both, pair, strict=True):
            side.append((text, pair[0] != pair[1]))
    for side, parts in zip(both, trimmed(rests[0], rests[1], least=0), strict=True):
        side.extend(parts)
    return _tidy(both[0]), _tidy(both[1])


def trimmed(was: str, now: str, least: int = _ALIKE) -> tuple[Parts, Parts]:
    """Mark all but the common beginning and end; nothing where little is common."""
    start = len(commonprefix([was, now]))
    tails = was[start:][::-1], now[start:][::-1]
    end = len(commonprefix(tails))
    if (start + end) * least < max(len(was), len(now)) and least:
        return _whole(was), _whole(now)
    return _cut(was, start, end), _cut(now, start, end)


def _cut(text: str, start: int, end: int) -> Parts:
    stop = len(text) - end
    return _tidy([(text[:start], False), (text[start:stop], True), (text[stop:], False)])


def _runs(text: str, other: str) -> Parts:
    marked = ((a, a != b) for a, b in zip(text, other, strict=True))
    return [
        ("".join(letter for letter, _ in run), differs)
        for differs, run in groupby(marked, key=lambda pair: pair[1])
    ]


def _whole(text: str) -> Parts:
    return _tidy([(text, False)])


def _tidy(parts: Iterable[tuple[str, bool]]) -> Parts:
    return [(text, differs) for text, differs in parts if text]
