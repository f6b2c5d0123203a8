"""Test kinds of watch rule: each reads as a title and a sentence with its numbers."""

import pytest

from sessions_ui.domain.rules.watch_rules import KINDS, rule_sentence, rule_title
from sessions_ui.forms.watch_rule import WatchForm

USUAL = {code: {ask.name: ask.usual for ask in kind.asks} for code, kind in KINDS.items()}


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_reads_well_with_its_usual_numbers(kind):
    assert rule_title(kind, USUAL[kind])
    assert rule_sentence(kind, USUAL[kind]).endswith(".")
    assert "{" not in rule_title(kind, USUAL[kind]) + rule_sentence(kind, USUAL[kind])


def test_one_is_singular():
    assert "1 edit by" in rule_title("busy_person", {"edits": 1, "hours": 1})
    assert "within 1 hour." in rule_sentence("busy_person", {"edits": 1, "hours": 1})


def test_a_field_is_named_by_its_label_and_an_unknown_one_by_its_key():
    numbers = USUAL["same_field"]
    assert rule_title("same_field", numbers).startswith("Phone number changed")
    assert rule_title("same_field", {**numbers, "field": "x.y"}).startswith("x.y changed")


def test_a_kind_that_is_gone_still_has_a_title():
    assert rule_title("of_old", {}) == "A rule of a kind that is no longer known"
    assert rule_sentence("of_old", {}).endswith("known.")


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_each_kind_has_a_sentence_with_its_usual_numbers(kind):
    usual = {ask.name: ask.usual for ask in kind.asks}
    form = WatchForm(kind, usual)
    assert form.is_valid(), form.errors
    sentence = rule_sentence(kind.code, form.cleaned_data)
    assert sentence.endswith(".")
    for ask in kind.asks:
        words = ask.choices[str(ask.usual)] if ask.choices else str(ask.usual)
        assert words in sentence
    assert len(rule_title(kind.code, form.cleaned_data)) <= 80


def test_a_rule_s_title_always_fits_its_column():
    for kind in KINDS.values():
        most = {a.name: max(a.choices, key=lambda c: len(a.choices[c])) if a.choices else a.high
                for a in kind.asks}  # fmt: skip
        assert len(rule_title(kind.code, most)) <= 80
