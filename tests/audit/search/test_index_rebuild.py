"""The index made anew from the record: the same rows as were written, whatever was missing."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sessions_ui.audit.integrity.verify_related import verify_index
from sessions_ui.audit.search import index_rebuild as indexing
from sessions_ui.audit.search.index_rebuild import index_rebuild
from sessions_ui.models import AuditTerm, AuditValue, JobCursor
from tests.audit.authors import PHONE, THEME, edit, ended, intent, refusal, resolved, sent, undone

pytestmark = pytest.mark.django_db

URL = {"session.redirect_url": ("", "https://trade.northgateford.ca/done?ref=" + "7" * 60)}
NAME = {"sms.to_name": ("Daniel Osei", "Grace Lindqvist")}
READING = {"vehicle.odom_reading": ("84,210", 90123)}


def rows():
    return set(AuditTerm.objects.values_list("field", "val", "entry_id"))


def all_kinds():
    edit({**PHONE, **NAME, **URL, **READING}, "partial", status="STARTED")
    refusal(NAME)
    refusal({}, fields=["sms.to", "session.gone"])
    open_id = intent(PHONE)
    sent(open_id, {"sms.to": ("416-555-0100", "647-555-0148")})
    late = intent(THEME)
    sent(late, THEME)
    ended(late, "unknown")
    resolved(late, "unresolved", {"session.theme": ("other_value", "CAPT")})
    resolved(late, "in_effect", {"session.theme": ("in_effect", "PRO")})
    held = intent(PHONE)
    sent(held, PHONE)
    ended(held, "partial", {"sms.to": ("altered", "905-555-0199")})
    edit({"sms.nothing": ("a", "b")})


def test_it_finds_nothing_to_do_where_all_is_well():
    all_kinds()
    before = rows()
    assert index_rebuild() == {"added": 0, "removed": 0}
    assert rows() == before


def test_it_makes_the_whole_index_from_nothing():
    all_kinds()
    before = rows()
    AuditTerm.objects.all().delete()
    assert index_rebuild() == {"added": len(before), "removed": 0}
    assert rows() == before


@settings(max_examples=20)
@given(lost=st.sets(st.integers(0, 60)), strays=st.lists(st.integers(1, 12), max_size=4))
def test_it_puts_right_whatever_is_missing_or_stray(lost, strays):
    with undone():
        all_kinds()
        before = rows()
        for place, (field, val, id_) in enumerate(sorted(before)):
            if place in lost:
                AuditTerm.objects.filter(field=field, val=val, entry_id=id_).delete()
        added = {("@outcome", "refused", id_) for id_ in strays}
        added |= {("sms.to", "old-form-of-a-token", id_) for id_ in strays}
        AuditTerm.objects.bulk_create(
            AuditTerm(field=field, val=val, entry_id=id_) for field, val, id_ in added
        )
        index_rebuild()
        assert rows() == before
        verify_index(None)


def test_it_goes_on_where_it_was_stopped(monkeypatch):
    ids = [edit(PHONE) for _ in range(5)]
    before = rows()
    AuditTerm.objects.all().delete()
    monkeypatch.setattr(indexing, "BATCH_SIZE", 2)

    def stop(count, seen=[]):  # noqa: B006
        seen.append(count)
        if len(seen) == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        index_rebuild(progress=stop)
    assert JobCursor.objects.get(name="index").last_id == ids[3]
    assert {id_ for _, _, id_ in rows()} == set(ids[:4])
    told = []
    index_rebuild(progress=told.append)
    assert told == [1]
    assert rows() == before
    assert JobCursor.objects.get(name="index").last_id == 0


def test_what_was_erased_is_not_indexed_again():
    edit({**PHONE, **NAME})
    AuditValue.objects.filter(field="sms.to").delete()
    assert index_rebuild()["removed"] == 6
    assert not AuditTerm.objects.filter(field="sms.to").exists()
    assert AuditTerm.objects.filter(field="sms.to_name").exists()
    assert AuditTerm.objects.filter(field="@field", val="sms.to").exists()
