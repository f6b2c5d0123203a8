"""Test that no spreadsheet takes a cell for a formula."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sessions_ui.audit.export.csv_cells import safe_cell

PAYLOADS = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "\x00=1", " =1", "\u00a0=1",
            "\uff1d1+1", "\uff0b1", "\u200b=1", "\ufeff@x", "=cmd|' /C calc'!A0", "|x", "%0A=1",
            "\uff20x", "  \t -2", '"=1"\n=2'.strip('"')]  # fmt: skip


@pytest.mark.parametrize("payload", PAYLOADS)
def test_no_cell_begins_a_formula(payload):
    assert safe_cell(payload) == f"'{payload}"


@pytest.mark.parametrize("text", ["", "Alice", "•••-•••-0148", "2026-11-23T19:36:18.140Z", "a=b"])
def test_plain_cells_stay_as_they_are(text):
    assert safe_cell(text) == text


@given(st.text(max_size=40))
def test_any_text_becomes_safe_and_nothing_of_it_is_lost(text):
    cell = safe_cell(text)
    assert cell in (text, f"'{text}")
    assert cell.lstrip()[:1] not in set("=+-@")
