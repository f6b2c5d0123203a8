"""Kinds of watch rule: each reads as a title and a sentence with its numbers."""

import pytest

from sessions_ui.domain.rules.watch_rules import KINDS, rule_sentence, rule_title

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
