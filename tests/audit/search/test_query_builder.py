"""Test which entries a filter finds, also by the words of a reason."""

import pytest
from django.db import connection

from sessions_ui.audit.log.index_terms import MAX_NOTE_WORDS, WORD
from sessions_ui.domain.rules.edit_reasons import ReasonGiven
from sessions_ui.models import AuditTerm
from tests.audit.authors import BOB, PHONE, edit, intent, refusal
from tests.audit.search.find import find

pytestmark = pytest.mark.django_db
OTHER = "NGF-8C0RQ5VJ2T"
NOTE = "The customer gave an old number; Zoë's follow-up is in T-77."


class _Plans:
    """Asks for the plan of every SELECT on the audit."""

    def __init__(self):
        self.lines = []

    def __call__(self, execute, sql, params, many, context):
        if sql.startswith("SELECT") and "audit_token" in sql:
            cursor = context["cursor"]
            execute(f"EXPLAIN QUERY PLAN {sql}", params, many, context)
            self.lines += [row[3] for row in cursor.fetchall()]
        return execute(sql, params, many, context)


@pytest.mark.parametrize("name", ["edit", "intent"])
def test_entries_are_found_by_kind(name):
    edit_id, refusal_id = edit(), refusal()
    assert find(kind=name) == [edit_id]
    assert find(kind="refusal") == [refusal_id]


def test_entries_are_found_by_every_filter(users):
    plain = edit(code="customer_request")
    phone = edit(
        PHONE, "partial", actor=BOB, key=OTHER, status="STARTED", code="wrong_number", ticket="ZD-1"
    )
    refused = refusal(actor=BOB, key=OTHER)
    assert find(session=OTHER) == [refused, phone]
    assert find(session=OTHER.lower()) == [refused, phone]
    assert find(actor="bob") == find(actor="2") == [refused, phone]
    assert find(outcome="partial") == [phone]
    assert find(outcome="confirmed") == [plain]
    assert find(field="sms.to") == [phone]
    assert find(field="session.theme") == [refused, plain]
    assert find(reason="customer_request") == [plain]
    assert find(status="STARTED") == [refused, phone]
    assert find(status="IDLE") == [plain]
    assert find(q="ZD-1") == [phone]
    assert find(q=f"#{plain}") == find(q=str(plain)) == [plain]
    assert find(q=str(phone + 2)) == [phone]  # the number of a step
    assert find(q="ZD-2") == []
    assert find(value="(647) 555-0148") == find(value="+1 647 555 0184") == [phone]
    assert find(value="647-555-0148", field="sms.from") == []
    assert find(actor="bob", outcome="partial", field="sms.to", status="STARTED") == [phone]
    assert find(actor="alice", outcome="partial") == []
    assert find(actor="bob", reason="customer_request") == []
    assert find(kind="edit", session=OTHER, actor="bob", outcome="partial") == [phone]


def test_a_ticket_and_an_entry_of_the_same_number_are_both_found():
    first = edit()
    second = edit(ticket=str(first))
    assert find(q=str(first)) == [second, first]


@pytest.mark.parametrize("value", ["'; DROP TABLE audit_entry; --", "%", "\x00", "😀" * 300])
def test_hostile_values_find_nothing(value):
    edit()
    for name in ("q", "value"):
        assert find(**{name: value}) == []


def test_the_words_of_a_note_are_found_in_any_order_and_spelling():
    wanted = edit(PHONE, note=NOTE)
    edit(note="The customer gave nothing at all")
    for q in ("old number", "NUMBER old", "zoe", "Zoë", "follow-up", "follow", "t-77", "77",
              "“old” (number)", "gave customer old"):  # fmt: skip
        assert find(q=q) == [wanted], q
    for q in ("old numbers", "numb", "old nothing", "nowhere"):
        assert find(q=q) == [], q


def test_an_existing_ticket_or_number_goes_before_words():
    noted = edit(note="as said in T-4821")
    ticketed = edit(ticket="T-4821")
    assert find(q="T-4821") == [ticketed]
    assert find(q="t-4821") == [ticketed, noted], (
        "not the spelling of a ticket, so the words of both"
    )
    assert find(q="4821") == [ticketed, noted]
    assert find(q=str(noted)) == [noted]
    assert find(q=f"#{ticketed}") == [ticketed]


def test_words_combine_with_the_other_filters():
    first = edit(PHONE, note="an old number was given")
    second = edit(note="an old number was given", actor=BOB)
    assert find(q="old number") == [second, first]
    assert find(q="old number", actor="2") == [second]
    assert find(q="old number", field="sms.to", outcome="confirmed") == [first]
    assert find(q="old number", kind="refusal") == []


def test_the_reason_of_a_refusal_is_found():
    entry = refusal(reason=ReasonGiven("other", "tried once more", "Q-9"))
    assert find(q="once tried") == [entry]
    assert find(q="9 q-9") == [entry]


def test_personal_words_of_a_note_are_not_indexed():
    changes = {"sms.to_name": ("Daniel Osei", "Grace Lindqvist")}
    intent(changes, note="Daniel Osei asked, call 647-555-0148")
    words = set(AuditTerm.objects.filter(field=WORD).values_list("val", flat=True))
    assert words == {"asked", "call", "0148"}


def test_a_long_note_is_found_by_its_first_words():
    entry = edit(note=" ".join(f"word{place:03d}" for place in range(MAX_NOTE_WORDS + 1)))
    assert find(q="word000 word039") == [entry]
    assert find(q="word040") == []


@pytest.mark.skipif(connection.vendor != "sqlite", reason="a small table is always read whole")
def test_words_are_found_by_the_index():
    edit(note=NOTE)
    with connection.execute_wrapper(_plans := _Plans()):
        assert len(find(q="old number")) == 1
    plan = "\n".join(_plans.lines)
    assert "SCAN audit" not in plan, plan
