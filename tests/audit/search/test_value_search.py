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


def find(**params):
    """The ids that a search without problems finds, in ascending order."""
    audit_filter = read_filter(params)
    assert not audit_filter.problems
    return sorted(EntrySearch(audit_filter).ids())


def set_to(key, now, was=""):
    return edit({key: (was, now)})


@pytest.mark.parametrize(
    ("key", "now", "typed"),
    [
        ("session.language", "FR", "fr"),
        ("session.theme", "PRO", "PRO"),
        ("vehicle.year", "2021", "2021"),
        ("vehicle.odom_reading", 90123, "90,123"),
        ("vehicle.odom_unit", "MILES", "miles"),
        ("vehicle.transmission", "CVT", "cvt"),
    ],
)
def test_a_value_of_any_kind_is_found(key, now, typed):
    edit_id = edit({key: ("", now)})
    edit({"vehicle.make": ("", "Ford")})
    assert find(value=typed) == find(value=typed, field=key) == [edit_id]


def test_every_writable_field_can_be_searched():
    for spec in CATALOGUE.writable:
        was, now = spec.examples
        edit_id = edit({spec.key: (was, now)})
        assert edit_id in find(value=now), spec.key
        assert edit_id in find(value=was), spec.key


def test_a_vin_is_found_whole_or_by_its_beginning_in_any_case():
    first, second = set_to(VIN, "2HGFC2F7XMH018462"), set_to(VIN, "2HGFC2F7XMH018463")
    set_to(VIN, "1FTEW1EP3NFA73058")
    assert find(value="2hgfc2f7xmh018462") == [first]
    assert find(value="2HGFC*") == find(value="2hgfc*", field=VIN) == [first, second]
    assert find(value="2HGFC") == []
    assert find(value="2HGFC*", field=URL) == []


def test_a_value_longer_than_a_term_is_found_exactly():
    first, second = set_to(URL, f"{LONG}1"), set_to(URL, f"{LONG}2")
    assert len(LONG) > 64
    assert find(value=f"{LONG}1") == [first]
    assert find(value=f"{LONG}2") == [second]
    assert find(value=LONG) == []
    assert find(value=f"{LONG}{'x' * 1900}") == []


def test_the_longest_value_is_found():
    longest = LONG + "y" * (2000 - len(LONG))
    first = set_to(URL, longest)
    set_to(URL, longest[:-1] + "z")
    assert find(value=longest) == [first]


@pytest.mark.parametrize("length", [3, 20, 42, 43, 44, 50, 63, 64, 65, 70, 71])
def test_a_prefix_of_any_length_finds_what_begins_with_it_and_nothing_else(length):
    begins = [set_to(URL, f"{LONG}{n}") for n in (1, 2)]
    others = {
        set_to(URL, f"{LONG[:cut]}~{LONG[cut:]}"): cut
        for cut in (2, 19, 41, 42, 43, 49, 62, 64, 69)
    }
    wanted = [*begins, *(edit_id for edit_id, cut in others.items() if cut >= length)]
    assert find(value=f"{LONG[:length]}*") == sorted(wanted)


def test_a_long_prefix_does_not_find_what_merely_contains_it():
    inside = set_to(URL, f"https://a.ca/?next={LONG}1")
    begins = set_to(URL, f"{LONG}1")
    assert find(value=f"{LONG}*") == [begins]
    assert find(value="https://a.ca/*") == [inside]


def test_a_long_prefix_is_found_in_sent_and_held_values():
    edit_id = intent({URL: ("", "https://a.ca/1")})
    sent(edit_id, {URL: (f"{LONG}9", "https://a.ca/1")})
    ended(edit_id, "partial", {URL: ("altered", f"{LONG}8")})
    assert find(value=f"{LONG}9") == find(value=f"{LONG}8*") == find(value=f"{LONG}*") == [edit_id]


@pytest.mark.parametrize("sign", ['"', "\\", "%", "_", "é", "'"])
def test_special_characters_of_json_and_sql_are_literal(sign):
    head = "https://www.lakeshorehonda.ca/thanks/and/good/bye/"
    first = set_to(URL, f"{head}{sign}x{'1' * 30}")
    set_to(URL, f"{head}-x{'1' * 30}")
    assert find(value=f"{head}{sign}x*") == [first]


def test_the_index_is_sorted_by_code_point():
    """A locale's order would miss or add values that differ in punctuation only."""
    ids = [set_to("vehicle.model", name) for name in ("F-150", "F 150", "F150", "f.150", "G-150")]
    assert find(value="f-15*") == [ids[0]]
    assert find(value="F 1*") == [ids[1]]
    assert find(value="F15*") == [ids[2]]
    assert find(value="f.1*") == [ids[3]]


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite compares code points")
def test_the_column_is_sorted_by_code_point_in_every_locale():
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
def test_a_prefix_matches_as_in_python(values, start):
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
    first = set_to(PHONE, "+1 (647) 555-0126")
    set_to(PHONE, "647-555-0127")
    assert find(value=typed) == find(value=f"{typed}*") == find(value=typed, field=PHONE) == [first]


def test_a_phone_is_found_by_its_first_and_last_digits():
    first, second = set_to(PHONE, "647-555-0126"), set_to(PHONE, "+16475559126")
    other = set_to("sms.from", "416-555-0126")
    assert find(value="0126") == [first, other]
    assert find(value="0126", field=PHONE) == [first]
    assert find(value="647*") == find(value="+1 647*") == find(value="001647*") == [first, second]
    assert find(value="0026") == []
    assert find(value="(647) 555*") == find(value="647-555*") == [first, second]
    assert find(value="647 555") == find(value="6475*") == []


def test_a_name_is_found_whole_by_a_word_and_by_three_letters():
    first, second = set_to(NAME, "Zoé  Tremblay-Roÿe"), set_to(NAME, "Kim Osei")
    for typed in ("zoe tremblay roye", "ZOÉ TREMBLAY-ROŸE", "Tremblay", "zoé", "tre*", "ROYE"):
        assert find(value=typed) == [first], typed
    assert find(value="kim*") == find(value="ose*") == [second]
    assert find(value="osei kim") == find(value="trembla") == []


def test_old_values_and_values_that_pave_held_are_found():
    edit_id = intent({PHONE: ("647-555-0001", "647-555-0002")})
    sent(edit_id, {PHONE: ("647-555-0003", "647-555-0002")})
    ended(edit_id, "unknown")
    resolved(edit_id, "unresolved", {PHONE: ("other_value", "+1 647 555 0004")})
    for last in range(1, 5):
        assert find(value=f"647-555-000{last}") == [edit_id], last
    refused = refusal({PHONE: ("", "647-555-0005")})
    assert find(value="0005") == [refused]


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
def test_a_search_that_the_index_cannot_answer_is_a_problem(params, words):
    audit_filter = read_filter(params)
    assert words in audit_filter.problems["value"]
    assert list(EntrySearch(audit_filter).ids()) == []


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
def test_an_empty_result_says_how_masked_values_are_searched(client, carol, typed, hint):
    client.force_login(carol)
    set_to(PHONE, "647-555-0126")
    text = words(client.get("/audit/", {"value": typed}))
    if hint:
        assert "No entry matches" in text
    assert hint in text
    assert bool(hint) == (" is masked" in text)
    plain = client.get("/audit/", {"value": typed, "field": "vehicle.model"})
    assert " is masked" not in words(plain)


def test_a_result_needs_no_hint(client, carol):
    client.force_login(carol)
    set_to(NAME, "Daniel Osei")
    assert "is masked" not in words(client.get("/audit/", {"value": "Osei"}))


def test_a_prefix_uses_the_index():
    if connection.vendor != "sqlite":
        pytest.skip("a small table is always read whole on PostgreSQL: see test_plans")
    plan = AuditTerm.objects.filter(value_condition("2HGFC*")).explain()
    assert "SCAN" not in plan
    assert "val>? AND val<?" in plan


@pytest.mark.parametrize("typed", ["07911 123456", "+44 7911 123456", "0791*", "+44791*", "3456"])
def test_a_number_outside_north_america_is_found_in_every_spelling(settings, typed):
    settings.PAVE_PHONE_REGION = "GB"
    first = intent({"sms.to": ("07911 123456", "020 7946 0018")})
    second = intent({"sms.to": ("020 7946 0018", "+44 7911 123456")})
    assert find(value=typed) == [first, second]
