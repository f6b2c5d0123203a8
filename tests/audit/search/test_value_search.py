"""Test the search for values: whole, by their beginning, and masked ones."""

import pytest
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from sessions_ui.audit.log.index_terms import normalize_value, value_terms
from sessions_ui.audit.search.query_builder import EntrySearch
from sessions_ui.audit.search.value_search import value_condition
from sessions_ui.domain.catalogue import CATALOGUE
from sessions_ui.forms.audit_filter import read_filter
from sessions_ui.models import AuditTerm
from tests.audit.authors import edit, ended, intent, refusal, resolved, sent
from tests.pages import words

pytestmark = pytest.mark.django_db
PHONE, NAME, URL, VIN = "sms.to", "sms.to_name", "session.redirect_url", "vehicle.vin"
LONG = "https://trade.northgateford.ca/appraisal/done?campaign=autumn-2026&ref="


def found(**params):
    chosen = read_filter(params)
    assert not chosen.problems
    return sorted(EntrySearch(chosen).ids())


def set_to(key, now, was=""):
    return edit({key: (was, now)})


def test_a_vin_is_found_whole_or_by_its_beginning_in_any_case():
    one, two = set_to(VIN, "2HGFC2F7XMH018462"), set_to(VIN, "2HGFC2F7XMH018463")
    set_to(VIN, "1FTEW1EP3NFA73058")
    assert found(value="2hgfc2f7xmh018462") == [one]
    assert found(value="2HGFC*") == found(value="2hgfc*", field=VIN) == [one, two]
    assert found(value="2HGFC") == []
    assert found(value="2HGFC*", field=URL) == []


def test_an_address_beyond_the_index_is_found_exactly():
    one, two = set_to(URL, f"{LONG}1"), set_to(URL, f"{LONG}2")
    assert len(LONG) > 64
    assert found(value=f"{LONG}1") == [one]
    assert found(value=f"{LONG}2") == [two]
    assert found(value=LONG) == []
    assert found(value=f"{LONG}{'x' * 1900}") == []


def test_the_longest_address_is_found_as_typed():
    longest = LONG + "y" * (2000 - len(LONG))
    one = set_to(URL, longest)
    set_to(URL, longest[:-1] + "z")
    assert found(value=longest) == [one]


@pytest.mark.parametrize("length", [3, 20, 42, 43, 44, 50, 63, 64, 65, 70, 71])
def test_a_beginning_of_any_length_finds_what_begins_so_and_nothing_else(length):
    begins = [set_to(URL, f"{LONG}{n}") for n in (1, 2)]
    others = {
        set_to(URL, f"{LONG[:cut]}~{LONG[cut:]}"): cut
        for cut in (2, 19, 41, 42, 43, 49, 62, 64, 69)
    }
    wanted = [*begins, *(one for one, cut in others.items() if cut >= length)]
    assert found(value=f"{LONG[:length]}*") == sorted(wanted)


def test_a_long_beginning_is_told_from_what_merely_holds_it():
    inside = set_to(URL, f"https://a.ca/?next={LONG}1")
    begins = set_to(URL, f"{LONG}1")
    assert found(value=f"{LONG}*") == [begins]
    assert found(value="https://a.ca/*") == [inside]


def test_a_long_beginning_is_found_in_what_was_sent_and_held():
    edit_id = intent({URL: ("", "https://a.ca/1")})
    sent(edit_id, {URL: (f"{LONG}9", "https://a.ca/1")})
    ended(edit_id, "partial", {URL: ("altered", f"{LONG}8")})
    assert (
        found(value=f"{LONG}9") == found(value=f"{LONG}8*") == found(value=f"{LONG}*") == [edit_id]
    )


@pytest.mark.parametrize("sign", ['"', "\\", "%", "_", "é", "'"])
def test_signs_of_json_and_sql_mean_themselves(sign):
    head = "https://www.lakeshorehonda.ca/thanks/and/good/bye/"
    one = set_to(URL, f"{head}{sign}x{'1' * 30}")
    set_to(URL, f"{head}-x{'1' * 30}")
    assert found(value=f"{head}{sign}x*") == [one]


def test_the_order_of_the_index_is_that_of_the_letters():
    """A language's order would leave out or bring in what differs by a sign only."""
    ids = [set_to("vehicle.model", name) for name in ("F-150", "F 150", "F150", "f.150", "G-150")]
    assert found(value="f-15*") == [ids[0]]
    assert found(value="F 1*") == [ids[1]]
    assert found(value="F15*") == [ids[2]]
    assert found(value="f.1*") == [ids[3]]


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite compares by letters anyhow")
def test_the_column_is_ordered_by_letters_whatever_the_database_s_language():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT collation_name FROM information_schema.columns"
            " WHERE table_name = 'audit_token' AND column_name = 'val'"
        )
        assert cursor.fetchone() == ("C",)


@given(
    values=st.lists(st.text("ab-_./ \u00e9", min_size=3, max_size=6), min_size=1, max_size=6),
    start=st.text("ab-_./ \u00e9", min_size=3, max_size=4),
)
def test_a_beginning_is_what_python_says_it_is(values, start):
    spec = CATALOGUE["vehicle.trim"]
    if len(start.strip()) < 3:
        return
    AuditTerm.objects.all().delete()
    for number, value in enumerate(values):
        AuditTerm.objects.bulk_create(
            [AuditTerm(field=spec.key, val=token, entry_id=number + 1)
             for token in value_terms(spec, value)]
        )  # fmt: skip
    wanted = [
        number + 1 for number, value in enumerate(values)
        if normalize_value(spec, value).startswith(normalize_value(spec, start)) and value.strip()
    ]  # fmt: skip
    rows = AuditTerm.objects.filter(value_condition(f"{start}*", spec.key))
    assert sorted(set(rows.values_list("entry_id", flat=True))) == wanted


@pytest.mark.parametrize(
    "typed",
    [
        "647-555-0126", "(647) 555-0126", "+1 647 555 0126", "16475550126", "647.555.0126",
        "tel:+1-647-555-0126", "001 647 555 0126", "\uff16\uff14\uff17-555-0126",
        "647-555-0126 Ext. 5", "+16475550126;ext=5", "647 555 0126 x12",
    ],
)  # fmt: skip
def test_a_phone_is_found_in_any_formatting(typed):
    one = set_to(PHONE, "+1 (647) 555-0126")
    set_to(PHONE, "647-555-0127")
    assert (
        found(value=typed) == found(value=f"{typed}*") == found(value=typed, field=PHONE) == [one]
    )


def test_a_phone_is_found_by_its_first_and_last_digits():
    one, two = set_to(PHONE, "647-555-0126"), set_to(PHONE, "+16475559126")
    other = set_to("sms.from", "416-555-0126")
    assert found(value="0126") == [one, other]
    assert found(value="0126", field=PHONE) == [one]
    assert found(value="647*") == found(value="+1 647*") == found(value="001647*") == [one, two]
    assert found(value="0026") == []
    assert found(value="(647) 555*") == found(value="647-555*") == [one, two]
    assert found(value="647 555") == found(value="6475*") == []


def test_a_name_is_found_whole_by_a_word_and_by_three_letters():
    one, two = set_to(NAME, "Zoé  Tremblay-Roÿe"), set_to(NAME, "Kim Osei")
    for typed in ("zoe tremblay roye", "ZOÉ TREMBLAY-ROŸE", "Tremblay", "zoé", "tre*", "ROYE"):
        assert found(value=typed) == [one], typed
    assert found(value="kim*") == found(value="ose*") == [two]
    assert found(value="osei kim") == found(value="trembla") == []


def test_what_was_there_before_and_what_pave_held_instead_count_too():
    edit_id = intent({PHONE: ("647-555-0001", "647-555-0002")})
    sent(edit_id, {PHONE: ("647-555-0003", "647-555-0002")})
    ended(edit_id, "unknown")
    resolved(edit_id, "unresolved", {PHONE: ("other_value", "+1 647 555 0004")})
    for last in range(1, 5):
        assert found(value=f"647-555-000{last}") == [edit_id], last
    refused = refusal({PHONE: ("", "647-555-0005")})
    assert found(value="0005") == [refused]


@pytest.mark.parametrize(
    ("params", "words"),
    [
        ({"value": "ab*"}, "Give 3 characters or more"),
        ({"value": "  *"}, "Give 3 characters or more"),
        ({"value": "64755*", "field": PHONE}, "first 3 or 6 digits"),
        ({"value": "Osei", "field": PHONE}, "first 3 or 6 digits"),
        ({"value": "Dani*", "field": NAME}, "first 3 letters"),
        ({"value": "Daniel Os*", "field": NAME}, "first 3 letters"),
    ],
)
def test_what_the_index_cannot_answer_is_said_so(params, words):
    chosen = read_filter(params)
    assert words in chosen.problems["value"]
    assert list(EntrySearch(chosen).ids()) == []


@pytest.mark.parametrize(
    ("typed", "hint"),
    [
        ("64755*", "A phone number is masked: it is found whole, by its first 3 or 6 digits"),
        ("1-647*", "A phone number is masked"),
        ("555-0148", "A phone number is masked"),
        ("647 555", "A phone number is masked"),
        ("Kowal*", "A name is masked: it is found whole, by one whole word, or by the first 3"),
        ("Zo\u00e9 Tremblay-Ro*", "A name is masked"),
        ("0148", ""),
        ("647*", ""),
        ("416-555-0148", ""),
        ("2HGFC2F*", ""),
        ("https://a.ca/*", ""),
        ("\N{BULLET}\N{BULLET}", ""),
    ],
)
def test_where_nothing_is_found_it_says_how_masked_values_are_searched(client, carol, typed, hint):
    client.force_login(carol)
    set_to(PHONE, "647-555-0126")
    text = words(client.get("/audit/", {"value": typed}))
    if hint:
        assert "No entry matches" in text
    assert hint in text
    assert bool(hint) == (" is masked" in text)
    plain = client.get("/audit/", {"value": typed, "field": "vehicle.model"})
    assert " is masked" not in words(plain)


def test_what_is_found_needs_no_hint(client, carol):
    client.force_login(carol)
    set_to(NAME, "Daniel Osei")
    assert "is masked" not in words(client.get("/audit/", {"value": "Osei"}))


def test_a_beginning_uses_the_index_and_reads_no_table():
    if connection.vendor != "sqlite":
        pytest.skip("a small table is always read whole on PostgreSQL: see test_plans")
    plan = AuditTerm.objects.filter(value_condition("2HGFC*")).explain()
    assert "SCAN" not in plan
    assert "val>? AND val<?" in plan


@pytest.mark.parametrize("typed", ["07911 123456", "+44 7911 123456", "0791*", "+44791*", "3456"])
def test_a_number_outside_north_america_is_found_in_every_spelling(settings, typed):
    settings.PAVE_PHONE_REGION = "GB"
    one = intent({"sms.to": ("07911 123456", "020 7946 0018")})
    two = intent({"sms.to": ("020 7946 0018", "+44 7911 123456")})
    assert found(value=typed) == [one, two]
