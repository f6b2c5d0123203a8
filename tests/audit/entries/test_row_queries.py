"""Test that a list of rows is loaded at once."""

from datetime import UTC

import pytest

from sessions_ui.audit.entries.row_queries import load_entry_rows
from sessions_ui.audit.entries.rows import build_entry_row, load_personal_values
from sessions_ui.domain.rules.outcomes import Outcome
from sessions_ui.models import AuditEntry
from tests.audit.authors import PHONE, edit, ended, intent, note, refusal, resolved, sent

pytestmark = pytest.mark.django_db


def test_rows_come_in_the_order_of_their_ids_with_their_latest_ends():
    settled, open_edit, refused, about = edit(PHONE), intent(), refusal(), note()
    unknown = intent()
    sent(unknown)
    ended(unknown, "unknown")
    latest = resolved(unknown, "in_effect")
    ids = [about, unknown, refused, open_edit, settled]
    rows = load_entry_rows(ids)
    assert [row.entry.id for row in rows] == ids
    assert [row.outcome for row in rows] == [
        None,
        Outcome.IN_EFFECT,
        Outcome.REFUSED_BY_POLICY,
        Outcome.PENDING,
        Outcome.CONFIRMED,
    ]
    assert rows[1].latest.id == latest
    assert rows[3].latest is None


def test_a_row_is_the_same_as_that_of_the_whole_entry():
    edit_id = edit(PHONE, ticket="T-1", note="Customer called")
    (row,) = load_entry_rows([edit_id])
    entry, end = AuditEntry.objects.get(id=edit_id), AuditEntry.objects.latest_end(edit_id)
    whole = build_entry_row(entry, end, load_personal_values([edit_id, end.id]))
    assert row == whole
    assert row.sentence == whole.sentence
    assert row.entry.ts == entry.ts
    assert row.entry.ts.tzinfo is UTC


@pytest.mark.parametrize("count", [1, 5])
def test_two_queries_load_any_number_of_rows(django_assert_num_queries, count):
    ids = [edit(PHONE) for _ in range(count)]
    with django_assert_num_queries(2):
        assert [row.sentence for row in load_entry_rows(ids)]
    with django_assert_num_queries(0):
        assert load_entry_rows([]) == []


def test_a_column_that_no_row_shows_is_loaded_when_it_is_read(django_assert_num_queries):
    (row,) = load_entry_rows([edit()])
    with django_assert_num_queries(1):
        assert row.entry.actor_role == "Agent"


def test_an_id_without_an_entry_is_left_out():
    edit_id = edit()
    assert [row.entry.id for row in load_entry_rows([edit_id + 99, edit_id])] == [edit_id]
