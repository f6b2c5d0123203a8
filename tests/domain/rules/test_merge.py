"""Test three-way merge: before, PAVE now, mine."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sessions_ui.domain.catalogue import CATALOGUE
from sessions_ui.domain.rules.merge import Merge, merge

KEYS = [spec.key for spec in CATALOGUE.writable]


@pytest.mark.parametrize(
    ("seen", "now", "mine", "verdict"),
    [
        ("PRO", "PRO", "PRO", Merge.UNTOUCHED),
        ("PRO", "PRO", None, Merge.UNTOUCHED),
        ("PRO", "LITE", "PRO", Merge.THEIRS),
        ("PRO", "LITE", None, Merge.THEIRS),
        ("PRO", "PRO", "LITE", Merge.MINE),
        ("PRO", "LITE", "LITE", Merge.SAME),
        ("PRO", "LITE", "CAPT", Merge.CONFLICT),
        ("PRO", "pro", "PRO", Merge.UNTOUCHED),
    ],
)
def test_it_tells_whose_change_it_is(seen, now, mine, verdict):
    typed = {} if mine is None else {"session.theme": mine}
    merged = merge({"session.theme": seen}, {"session.theme": now}, typed)
    assert merged["session.theme"].merge is verdict


VALUES = st.dictionaries(st.sampled_from(KEYS), st.sampled_from(["", "A", "B", "a", "12", "1,2"]))


@given(seen=VALUES, now=VALUES, typed=VALUES)
def test_it_never_changes_what_was_not_typed(seen, now, typed):
    for key, one in merge(seen, now, typed).items():
        same = CATALOGUE[key].kind.same
        if key not in typed:
            assert not one.touched
        if one.merge is Merge.MINE:
            assert same(one.now, one.seen)
            assert not same(one.mine, one.now)
        if one.merge is Merge.CONFLICT:
            assert not same(one.now, one.seen)
            assert not same(one.mine, one.now)


@given(seen=VALUES, now=VALUES)
def test_it_finds_no_change_of_mine_when_the_page_is_posted_back(seen, now):
    drawn = {key: seen.get(key, "") for key in KEYS}
    assert not any(one.touched for one in merge(seen, now, drawn).values())
