"""Test the audit's own SQL."""

from datetime import UTC, datetime, timedelta

import pytest

from sessions_ui.audit.sql import first_id_since, first_ids_since, query_by_ids, stream_rows
from sessions_ui.models import AuditEntry, Kind
from tests.audit.authors import edit, intent

pytestmark = pytest.mark.django_db


def test_a_query_takes_any_number_of_ids_and_more_parameters():
    first, second = edit(), edit()
    query = "SELECT {column} FROM audit_entry WHERE op {among} AND kind = %s ORDER BY id"
    ids = [first, second, *range(100_000, 140_000)]
    rows = query_by_ids(query, ids, Kind.SENT, column="op")
    assert rows == [(first,), (second,)]
    assert query_by_ids(query, [], Kind.SENT, column="op") == []


def test_a_stream_is_closed_when_its_reader_stops_early():
    edit()
    with stream_rows(AuditEntry.objects.order_by("id")) as entries:
        first = next(entries)
    assert first.kind == Kind.INTENT
    assert list(entries) == []


@pytest.mark.parametrize("count", [0, 1, 2, 3, 9])
def test_the_first_id_of_a_moment_is_found_by_halving(count):
    start = datetime(2026, 1, 1, tzinfo=UTC)
    ids = [intent() for _ in range(count)]
    if count > 4:
        AuditEntry.objects.filter(id__in=ids[3:5]).delete()  # holes, as PostgreSQL leaves them
        ids = ids[:3] + ids[5:]
    for hour, id_ in enumerate(ids):
        AuditEntry.objects.filter(id=id_).update(ts=start + timedelta(hours=hour))
    for hour, id_ in enumerate(ids):
        at = start + timedelta(hours=hour)
        reached = AuditEntry.objects.filter(id__gte=first_id_since(at)).order_by("id").first()
        assert reached.id == id_
        later = AuditEntry.objects.filter(id__gte=first_id_since(at + timedelta(seconds=1)))
        assert list(later.order_by("id").values_list("id", flat=True)) == ids[hour + 1 :]
    assert not AuditEntry.objects.filter(id__gte=first_id_since(start + timedelta(days=9))).exists()


def test_many_moments_are_looked_up_at_once(django_assert_num_queries):
    ids = [intent() for _ in range(3)]
    start = datetime(2026, 1, 1, tzinfo=UTC)
    for hour, entry_id in enumerate(ids):
        AuditEntry.objects.filter(id=entry_id).update(ts=start + timedelta(hours=hour))
    moments = [start + timedelta(minutes=90), start - timedelta(days=1), start + timedelta(days=1)]
    with django_assert_num_queries(1):
        assert first_ids_since(moments) == [ids[2], 1, ids[2] + 1]
