"""Test that a rebuilt index has the rows that were written with the entries."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sessions_ui.audit.integrity.verify_related import verify_index
from sessions_ui.audit.log.index_terms import WORD
from sessions_ui.audit.search import index_rebuild as module
from sessions_ui.audit.search.index_rebuild import rebuild_index
from sessions_ui.domain.rules.edit_reasons import ReasonGiven
from sessions_ui.models import AuditTerm, AuditValue, JobCursor
from tests.audit.authors import PHONE, THEME, edit, ended, intent, refusal, resolved, sent, undone

pytestmark = pytest.mark.django_db
NOTE = "The customer gave an old number; Zoë's follow-up is in T-77."
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


def test_the_index_of_words_can_be_made_anew():
    edit(note=NOTE, ticket="T-1")
    refusal(reason=ReasonGiven("other", "tried once more", ""))
    before = set(AuditTerm.objects.values_list("field", "val", "entry_id"))
    AuditTerm.objects.filter(field=WORD).delete()
    AuditTerm.objects.create(field=WORD, val="strange", entry_id=1)
    rebuild_index(anew=True)
    assert set(AuditTerm.objects.values_list("field", "val", "entry_id")) == before


def test_a_complete_index_stays_as_it_is():
    all_kinds()
    before = rows()
    assert rebuild_index() == {"added": 0, "removed": 0}
    assert rows() == before


def test_an_empty_index_is_rebuilt():
    all_kinds()
    before = rows()
    AuditTerm.objects.all().delete()
    assert rebuild_index() == {"added": len(before), "removed": 0}
    assert rows() == before


@settings(max_examples=20)
@given(lost=st.sets(st.integers(0, 60)), strays=st.lists(st.integers(1, 12), max_size=4))
def test_missing_rows_are_added_and_stray_ones_deleted(lost, strays):
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
        rebuild_index()
        assert rows() == before
        verify_index(None)


def test_a_stopped_rebuild_continues(monkeypatch):
    ids = [edit(PHONE) for _ in range(5)]
    before = rows()
    AuditTerm.objects.all().delete()
    monkeypatch.setattr(module, "BATCH_SIZE", 2)

    def stop(count, seen=[]):  # noqa: B006
        seen.append(count)
        if len(seen) == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        rebuild_index(progress=stop)
    assert JobCursor.objects.get(name="index").last_id == ids[3]
    assert {id_ for _, _, id_ in rows()} == set(ids[:4])
    reported = []
    rebuild_index(progress=reported.append)
    assert reported == [1]
    assert rows() == before
    assert JobCursor.objects.get(name="index").last_id == 0


def test_erased_values_are_not_indexed_again():
    edit({**PHONE, **NAME})
    AuditValue.objects.filter(field="sms.to").delete()
    assert rebuild_index()["removed"] == 6
    assert not AuditTerm.objects.filter(field="sms.to").exists()
    assert AuditTerm.objects.filter(field="sms.to_name").exists()
    assert AuditTerm.objects.filter(field="@field", val="sms.to").exists()
