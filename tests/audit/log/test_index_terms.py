"""Test by which terms an entry is found."""

import pytest

from sessions_ui.audit.log.index_terms import (
    FIELD,
    HEAD_LENGTH,
    MAX_STATUS_LENGTH,
    MAX_TERM_LENGTH,
    STATUS,
    WORD,
    add_terms,
    change_terms,
    field_name_terms,
    keyed_hash,
    reason_terms,
    result_terms,
    split_words,
    status_terms,
    term_head,
    value_term,
    value_terms,
)
from sessions_ui.domain.catalogue import CATALOGUE
from sessions_ui.models import AuditTerm
from tests.audit.authors import PHONE, edit, intent

MAKE = CATALOGUE["vehicle.make"]
PHONE_FIELD = CATALOGUE["sms.to"]


@pytest.mark.django_db
def test_the_terms_of_personal_values_are_keyed_hashes(settings):
    first = intent(PHONE)
    terms = set(AuditTerm.objects.filter(entry_id=first, field="sms.to").values_list("val"))
    assert len(terms) == 6  # each number and its last digits; what both begin with
    assert not any("6475550" in val for (val,) in terms)
    settings.AUDIT_TOKEN_KEY = "another"
    second = intent(PHONE)
    assert not terms & set(
        AuditTerm.objects.filter(entry_id=second, field="sms.to").values_list("val")
    )


def test_the_parts_of_a_keyed_hash_cannot_be_shifted():
    assert keyed_hash("ab", "c") != keyed_hash("a", "bc")
    assert len(keyed_hash("ab", "c")) == len(keyed_hash("", "x" * 9000, "\ud800")) == 16


def test_an_empty_value_has_no_term():
    for spec in (MAKE, PHONE_FIELD):
        assert value_term(spec, "") == value_term(spec, None) == ""
        assert value_terms(spec, " ") == set()


def test_a_long_value_is_indexed_by_its_beginning_and_a_hash():
    first, second = "x" * MAX_TERM_LENGTH, "x" * (MAX_TERM_LENGTH + 1)
    assert value_term(MAKE, first) == first
    term = value_term(MAKE, second)
    assert term.startswith(term_head(second))
    assert term_head(second) == "x" * HEAD_LENGTH + "#"
    assert len(term) <= MAX_TERM_LENGTH
    assert term != value_term(MAKE, second + "x")


def test_fields_named_in_a_detail_are_found_where_the_catalogue_has_them():
    assert field_name_terms({"fields": ["sms.to", "vehicle.plate"]}) == {(FIELD, "sms.to")}
    assert field_name_terms({}) == set()


def test_only_a_value_that_differs_from_what_was_sent_is_indexed_again():
    make = "vehicle.make"
    assert result_terms({make: ("applied", "Ford"), "session.theme": ("in_effect", "PRO")}) == set()
    assert result_terms({make: ("ignored", "Ford"), "x.y": ("ignored", "1")}) == {(make, "ford")}


def test_a_status_is_cut_to_its_column():
    assert status_terms("") == set()
    assert status_terms("IDLE") == {(STATUS, "IDLE")}
    assert status_terms("X" * 99) == {(STATUS, "X" * MAX_STATUS_LENGTH)}


def test_a_reason_is_found_by_its_ticket_and_its_note():
    assert reason_terms("wrong Number", "T-4821") == {
        (WORD, word) for word in ("wrong", "number", "t-4821", "4821")
    }


@pytest.mark.django_db
def test_terms_that_are_stored_already_stay():
    add_terms(7, {("a", "1")})
    add_terms(7, {("a", "1"), ("b", "2")})
    assert set(AuditTerm.objects.values_list("field", "val", "entry_id")) == {
        ("a", "1", 7),
        ("b", "2", 7),
    }


@pytest.mark.parametrize(
    ("text", "words"),
    [("", []), ("!? - …", []), ("a I", []), ("A b-C2 d", ["b-c2", "c2"]), ("x" * 90, ["x" * 64]),
     ("Ünïcode naïve NAÏVE", ["unicode", "naive"]), ("••• a_b", [])],
)  # fmt: skip
def test_words_are_in_lower_case_without_accents_and_each_once(text, words):
    assert split_words(text) == words


@pytest.mark.django_db
def test_no_term_shows_a_masked_value_or_a_part_of_it():
    for key, value in (("sms.to", "647-555-0126"), ("sms.to_name", "Daniel Osei")):
        edit({key: ("", value)})
    rows = AuditTerm.objects.filter(field__in=["sms.to", "sms.to_name"]).values_list(
        "val", flat=True
    )
    assert len(rows) == 4 + 5
    assert all(len(val) == 16 for val in rows)
    text = " ".join(rows).lower()
    assert not [part for part in ("647", "0126", "555", "dan", "osei") if f"{part} " in text]


def test_the_same_value_is_another_term_in_another_field_and_with_another_key(settings):
    phone = value_terms(PHONE_FIELD, "647-555-0126")
    assert not phone & value_terms(CATALOGUE["sms.from"], "647-555-0126")
    settings.AUDIT_TOKEN_KEY = "another key of thirty-two letters"
    assert not phone & value_terms(PHONE_FIELD, "647-555-0126")


def test_the_index_stays_small():
    changes = {
        "sms.to": ("647-555-0184", "647-555-0148"),
        "vehicle.vin": ("2HGFC2F7XMH018462", "x"),
    }
    # The two fields; two VINs; both numbers whole and by their last digits, and their beginnings.
    assert len(change_terms(changes)) == 2 + 2 + 2 * 2 + 2
