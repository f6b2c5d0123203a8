"""Test the plain value of an audit filter."""

from datetime import UTC, datetime

import pytest

from sessions_ui.audit.search.filters import (
    MAX_LENGTH,
    MAX_VALUE_LENGTH,
    AuditFilter,
    entry_number,
    typed_params,
)
from sessions_ui.models import Kind
from tests.audit.authors import KEY


def test_edits_and_refusals_are_listed_unless_another_kind_is_chosen():
    assert AuditFilter(session=KEY).kinds == (Kind.INTENT, Kind.REFUSAL)
    assert AuditFilter(kind="access").kinds == (Kind.ACCESS,)


def test_a_filter_is_unbounded_without_any_limit_in_time():
    moment = datetime(2026, 11, 23, tzinfo=UTC)
    assert AuditFilter().unbounded
    assert not AuditFilter(since=moment).unbounded
    assert not AuditFilter(until=moment).unbounded


def test_a_query_string_has_the_set_parameters_in_one_order_and_no_paging():
    typed = {"outcome": "partial", "q": "a&b", "actor": "", "before": "7"}
    audit_filter = AuditFilter(typed=typed)
    assert audit_filter.active == {"q": "a&b", "outcome": "partial"}
    assert audit_filter.query_string() == "q=a%26b&outcome=partial"
    assert audit_filter.query_string(q=None, before=7) == "outcome=partial&before=7"


def test_typed_parameters_are_known_stripped_and_cut_to_length():
    typed = typed_params({"q": f" {'x' * 300}", "value": "y" * 3000, "page": "2", "before": "7"})
    assert typed == {
        "q": "x" * MAX_LENGTH, "value": "y" * MAX_VALUE_LENGTH, "before": "7", "kind": "",
    }  # fmt: skip
    assert typed_params({"session": "\x00"})["session"] == "\N{REPLACEMENT CHARACTER}"
    assert typed_params({"kind": "intent"})["kind"] == "edit"


@pytest.mark.parametrize(
    ("text", "number"),
    [("918204", 918204), ("918,204", 918204), ("#918,204", 918204), ("", None), ("9a", None),
     ("-1", None), ("9" * 19, None), ("9" * 30, None), ("9223372036854775807", 2**63 - 1)],
)  # fmt: skip
def test_the_number_of_an_entry_is_read_as_the_pages_write_it(text, number):
    assert entry_number(text) == number
