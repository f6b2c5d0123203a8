"""Test the arithmetic of checkpoints."""

import pytest

from sessions_ui.audit.integrity.checkpoints import (
    format_ranges,
    leaf_hash,
    merkle_root,
    parse_ranges,
)


def test_a_leaf_belongs_to_its_id():
    assert leaf_hash(1, bytes(32)) != leaf_hash(2, bytes(32))


@pytest.mark.parametrize("count", range(1, 9))
def test_a_root_covers_each_leaf_and_their_order(count):
    leaves = [leaf_hash(n, bytes(32)) for n in range(count)]
    roots = {merkle_root(leaves), merkle_root(leaves + leaves[-1:])}
    for n in range(count):
        roots.add(merkle_root([*leaves[:n], bytes(32), *leaves[n + 1 :]]))
    if count > 1:
        roots.add(merkle_root(leaves[::-1]))
    assert len(roots) == count + 2 + (count > 1)


@pytest.mark.parametrize(
    ("numbers", "text"),
    [([], ""), ([7], "7"), ([1, 2, 3], "1-3"), ([1, 3, 4, 9], "1,3-4,9")],
)
def test_ranges_are_formatted_and_parsed(numbers, text):
    assert format_ranges(numbers) == text
    assert list(parse_ranges(text)) == numbers
