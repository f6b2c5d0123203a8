"""Test that a data subject is recognized in any formatting, and others are not mistaken for it."""

import pytest

from sessions_ui.audit.privacy.subjects import Subject

PHONE = "647-555-0126"
NAME = "Zoé Tremblay"


def by_hash(text):
    """The same, as it is known after a restore."""
    known = Subject.parse(text)
    return Subject(known.kind, known.hashes | {"another"})


@pytest.mark.parametrize("known", [Subject.parse, by_hash])
@pytest.mark.parametrize(
    "text",
    ["6475550126", "+1 (647) 555-0126", "1-647-555-0126", "647.555.0126", "647–555–0126",
     "6 4 7 5 5 5 0 1 2 6", "６４７-555-0126", "tel:+16475550126", "416-555-0100 647-555-0126",
     '{"mobile":"647 555 0126"}', "Daniel (647/555/0126)", "647_555_0126"],
)  # fmt: skip
def test_a_number_is_recognized_in_any_formatting(known, text):
    assert known(PHONE).matches_value(text)
    assert known("+1 647 555 0126").occurs_in(f"Please call {text} today")


@pytest.mark.parametrize("known", [Subject.parse, by_hash])
@pytest.mark.parametrize(
    "text", ["647-555-0127", "555-0126", "26475550126", "64755501261", "647-555", "", "0126"]
)
def test_another_number_is_not_mistaken_for_it(known, text):
    assert not known(PHONE).matches_value(text)


@pytest.mark.parametrize("known", [Subject.parse, by_hash])
@pytest.mark.parametrize(
    "text",
    ["Zoé Tremblay", "zoe tremblay", "ZOE  TREMBLAY", "Mme Zoé Tremblay-Roy", "Zoe\u0301 Tremblay"],
)
def test_a_name_is_recognized_in_any_spelling(known, text):
    assert known(NAME).matches_value(text)
    assert known("zoe  TREMBLAY").occurs_in(f"For {text}, who called")


@pytest.mark.parametrize("known", [Subject.parse, by_hash])
@pytest.mark.parametrize("text", ["Zoé", "Tremblay", "Zoé Tremblayer", "Tremblay Zoé", ""])
def test_another_name_is_not_mistaken_for_it(known, text):
    assert not known(NAME).matches_value(text)


@pytest.mark.parametrize("known", [Subject.parse, by_hash])
def test_one_word_matches_only_as_a_whole_value(known):
    assert known("Osei").matches_value("osei")
    assert not known("Osei").matches_value("Daniel Osei")
    assert known("Osei").occurs_in("Osei called")


@pytest.mark.parametrize("text", ["", "  ", "ab", "647555", "1" * 16, "--", "+"])
def test_a_text_that_is_too_short_or_too_long_is_no_subject(text):
    assert Subject.parse(text) is None


def test_the_hash_depends_on_the_key(settings):
    before = Subject.parse(PHONE)
    assert before.hash == Subject.parse("+1 647 555 0126").hash
    settings.AUDIT_TOKEN_KEY = "another key of thirty-two letters"
    assert before.hash != Subject.parse(PHONE).hash
    assert len(before.hash) == 16
