"""Test error messages: every code that an entry may hold reads as a sentence."""

import re

import pytest

from sessions_ui.domain.rules.error_messages import ACCESS, DEEDS, ICONS, cause_words, lock_words
from sessions_ui.domain.rules.policy import RULES, Reason
from sessions_ui.pave import errors


@pytest.mark.parametrize("reason", Reason)
def test_a_lock_code_reads_as_the_sentence_of_its_rule(reason):
    (rule,) = [rule for rule in RULES if rule.reason is reason]
    assert lock_words(str(reason)) == cause_words(str(reason)) == rule.sentence


def test_a_status_of_http_is_named():
    assert cause_words("http_503") == "PAVE answered 503."


@pytest.mark.parametrize("code", ["something_new", "SOMETHING_NEW"])
def test_a_code_without_words_stays_readable(code):
    assert cause_words(code) == "Something new."


def test_icons_and_deeds_are_of_known_actions():
    assert set(ACCESS) >= DEEDS
    assert set(ICONS) <= set(ACCESS)


def test_every_error_code_of_the_client_and_every_lock_code_has_words():
    documented = errors.__doc__.partition("short codes")[2]
    codes = set(re.findall(r"``(\w+)``", documented)) - {"http_500"}
    assert {"reset", "tls", "busy_here"} <= codes
    for code in codes | {str(reason) for reason in Reason}:
        assert cause_words(code) != f"{code.replace('_', ' ').capitalize()}.", code
