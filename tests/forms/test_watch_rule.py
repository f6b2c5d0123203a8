"""Ask for the numbers of a watch rule."""

import pytest

from sessions_ui.domain.rules.watch_rules import KINDS
from sessions_ui.forms.watch_rule import WatchForm


def usual(kind):
    """Give the values that the form of this kind begins with."""
    return {ask.name: ask.usual for ask in kind.asks}


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_a_form_asks_for_what_its_kind_needs(kind):
    form = WatchForm(kind)
    assert list(form.fields) == [ask.name for ask in kind.asks]
    assert not form.is_bound
    assert WatchForm(kind, usual(kind)).is_valid()


NUMBERS = [(kind, ask) for kind in KINDS.values() for ask in kind.asks if not ask.choices]


@pytest.mark.parametrize(
    ("kind", "ask"), NUMBERS, ids=[f"{kind.code}.{ask.name}" for kind, ask in NUMBERS]
)
def test_a_number_is_within_its_bounds(kind, ask):
    for number in (ask.low - 1, ask.high + 1, "many", ""):
        form = WatchForm(kind, {**usual(kind), ask.name: number})
        assert not form.is_valid()
        error = f"Write a whole number from {ask.low} to {ask.high}."
        assert form.errors[ask.name] == [error]


def test_the_hours_are_in_order():
    kind = next(kind for kind in KINDS.values() if {"since", "until"} <= usual(kind).keys())
    form = WatchForm(kind, {**usual(kind), "since": 9, "until": 9})
    assert not form.is_valid()
    assert form.errors["until"] == ["This has to be later than “from”."]
    assert WatchForm(kind, {**usual(kind), "since": 8, "until": 9}).is_valid()
