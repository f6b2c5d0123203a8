"""The box at the top: a ticket, an entry's number, or words of the reason."""

import pytest
from django.db import connection

from sessions_ui.audit.log.index_terms import MAX_NOTE_WORDS, WORD
from sessions_ui.audit.search.pagination import entries_page
from sessions_ui.domain.rules.edit_reasons import ReasonGiven
from sessions_ui.forms.audit_filter import read_filter
from sessions_ui.models import AuditTerm
from tests.audit.authors import BOB, PHONE, edit, intent, refusal

pytestmark = pytest.mark.django_db
NOTE = "The customer gave an old number; Zoë's follow-up is in T-77."


def found(q, **more):
    return [row.entry.id for row in entries_page(read_filter({"q": q, **more})).rows]


def test_words_of_a_note_are_found_in_any_order_and_spelling():
    wanted = edit(PHONE, note=NOTE)
    edit(note="The customer gave nothing at all")
    for q in ("old number", "NUMBER old", "zoe", "Zoë", "follow-up", "follow", "t-77", "77",
              "“old” (number)", "gave customer old"):  # fmt: skip
        assert found(q) == [wanted], q
    for q in ("old numbers", "numb", "old nothing", "nowhere"):
        assert found(q) == [], q


def test_a_ticket_or_a_number_that_there_is_goes_before_words():
    noted = edit(note="as said in T-4821")
    ticketed = edit(ticket="T-4821")
    assert found("T-4821") == [ticketed]
    assert found("t-4821") == [ticketed, noted], "no ticket is spelled so: words of both"
    assert found("4821") == [ticketed, noted]
    assert found(str(noted)) == [noted]
    assert found(f"#{ticketed}") == [ticketed]


def test_words_go_together_with_the_other_filters():
    mine = edit(PHONE, note="an old number was given")
    his = edit(note="an old number was given", actor=BOB)
    assert found("old number") == [his, mine]
    assert found("old number", actor="2") == [his]
    assert found("old number", field="sms.to", outcome="confirmed") == [mine]
    assert found("old number", kind="refusal") == []


def test_a_refusals_reason_is_found_too():
    entry = refusal(reason=ReasonGiven("other", "tried once more", "Q-9"))
    assert found("once tried") == [entry]
    assert found("9 q-9") == [entry]


def test_what_is_kept_out_of_a_note_is_kept_out_of_the_index():
    changes = {"sms.to_name": ("Daniel Osei", "Grace Lindqvist")}
    intent(changes, note="Daniel Osei asked, call 647-555-0148")
    words = set(AuditTerm.objects.filter(field=WORD).values_list("val", flat=True))
    assert words == {"asked", "call", "0148"}


def test_a_long_note_is_found_by_its_first_words():
    entry = edit(note=" ".join(f"word{place:03d}" for place in range(MAX_NOTE_WORDS + 1)))
    assert found("word000 word039") == [entry]
    assert found("word040") == []


@pytest.mark.skipif(connection.vendor != "sqlite", reason="a small table is always read whole")
def test_words_are_found_by_the_index():
    edit(note=NOTE)
    with connection.execute_wrapper(_plans := _Plans()):
        assert len(found("old number")) == 1
    told = "\n".join(_plans.told)
    assert "SCAN audit" not in told, told


class _Plans:
    """Asks for the plan of every SELECT on the audit."""

    def __init__(self):
        self.told = []

    def __call__(self, execute, sql, params, many, context):
        if sql.startswith("SELECT") and "audit_token" in sql:
            cursor = context["cursor"]
            execute(f"EXPLAIN QUERY PLAN {sql}", params, many, context)
            self.told += [row[3] for row in cursor.fetchall()]
        return execute(sql, params, many, context)
