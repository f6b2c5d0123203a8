"""Test personal values: that they changed and how, never what they are."""

import random

import pytest

from sessions_ui.domain.catalogue import CATALOGUE
from sessions_ui.domain.values.masking import difference, mask, personal_texts, scrub


@pytest.mark.parametrize(
    ("key", "value", "shown"),
    [
        ("sms.to", "647-555-0148", "•••-•••-0148"),
        ("sms.to", "+1 (647) 555-0148", "•••-•••-0148"),
        ("sms.to", "0148", "•••••"),
        ("sms.from", "416 555 0100", "•••-•••-0100"),
        ("sms.to_name", "Daniel Osei", "D••••• O•••"),
        ("sms.to_name", "", ""),
        ("session.contact", '{"mail":"a@b.ca"}', "•••••"),
        ("vehicle.vin", "2HGFC2F7XMH018462", "2HGFC2F7XMH018462"),
        ("vehicle.odom_reading", 330477, "330477"),
        ("session.theme", None, ""),
    ],
)
def test_it_masks_by_kind(key, value, shown):
    assert mask(CATALOGUE[key], value) == shown


def test_what_no_row_vouches_for_is_hidden():
    assert mask(None, "Daniel Osei 647-555-0148") == "•••••"


@pytest.mark.parametrize("spec", [spec for spec in CATALOGUE if spec.personal], ids=str)
def test_every_personal_field_is_masked(spec):
    for value in (*spec.examples, "Canary Q. Value"):
        assert value not in mask(spec, value)


@pytest.mark.parametrize(
    ("was", "now", "words"),
    [
        ("647-555-0184", "647-555-0148", "Same length, 2 digits differ"),
        ("647-555-0184", "647-555-0185", "Same length, 1 digit differs"),
        ("647-555-0184", "6475550184", "Same digits, spelled otherwise"),
        ("647-555-0184", "+1 647-555-0184", "Same digits, spelled otherwise"),
        ("647-555-0184", "+44 20 7946 0958", "10 digits before, 12 now"),
        ("Daniel Osei", "daniel  OSEI", "Same letters, spelled otherwise"),
        ("Daniel Osei", "Grace Lindqvist", "10 letters before, 14 now"),
        ("Daniel", "Danial", "Same length, 1 letter differs"),
        ("Dan", "Daniel", "3 letters before, 6 now"),
        ("Dan", "Dan", "Same value"),
        ("", "Dan", ""),
    ],
)
def test_it_says_how_two_values_differ(was, now, words):
    assert difference(was, now) == words


@pytest.mark.parametrize(
    ("text", "scrubbed"),
    [
        ("Number +1 647 555-0148 failed", "Number •••-•••-0148 failed"),
        ("Hello DANIEL OSEI", "Hello •••••"),
        ("Ticket ZD-48213 stays", "Ticket ZD-48213 stays"),
        ("On 1 of 2 fields", "On 1 of 2 fields"),
    ],
)
def test_it_scrubs_free_text(text, scrubbed):
    assert scrub(text, ["Daniel Osei", "D"]) == scrubbed


@pytest.mark.parametrize(
    "text",
    [
        "2026-11-20 10:05",
        "Letter of 2026-11-20, asked again on 2026-11-20T10:05:33-05:00",
        "from 2026-11-01 - 2026-11-30",
        "On 2026-11-20 3 texts failed",
        "Revert of #1234567",
        "Revert of #123456789, see #7",
        "INC0012345 of 2026-11-20",
        "VIN 3VWDP7AJ7DM1234567",
    ],
)
def test_a_day_a_number_of_an_entry_and_a_ticket_are_no_phone(text):
    assert scrub(text) == text


@pytest.mark.parametrize(
    ("text", "scrubbed"),
    [
        ("2026-13-20", "•••-•••-1320"),
        ("2026-11-32", "•••-•••-1132"),
        ("7026-11-20", "•••-•••-1120"),
        ("+2026-11-20", "•••-•••-1120"),
        ("202-6112012", "•••-•••-2012"),
        ("2026-11-20 12", "•••-•••-2012"),
        ("#6475550148", "#•••-•••-0148"),
        ("#647555 0148", "#•••-•••-0148"),
        ("INC6475550148", "INC•••-•••-0148"),
        ("#647-555-0148", "#•••-•••-0148"),
        ("TEL647-555-0148", "TEL•••-•••-0148"),
        ("tel5550148", "tel•••-•••-0148"),
    ],
)
def test_what_only_begins_like_one_is_a_phone(text, scrubbed):
    assert scrub(text) == scrubbed


BESIDE = ["{}", "Call {}, now", "2026-11-20 {}", "{} 2026-11-20", "2026-11-20 10:05 {}"]
BESIDE += ["INC0012345 {}", "#1234567 {}", "x{}", "2026-11-20 {} 2026-11-21 10:05"]


@pytest.mark.parametrize("text", BESIDE)
def test_a_phone_is_hidden_in_any_spelling_beside_anything(text):
    chance = random.Random(text)  # noqa: S311
    for _ in range(2000):
        digits = [chance.choice("3456789"), *chance.choices("0123456789", k=9)]
        joins = chance.choices(["", "", " ", "-", ".", ") ", " - ", "\N{NO-BREAK SPACE}"], k=9)
        start = chance.choice(["", "", "+1 ", "1-", "+1", "1"])
        phone = start + digits[0] + "".join(map("".join, zip(joins, digits[1:], strict=True)))
        shown = "•••-•••-" + "".join(digits[-4:])
        assert scrub(text.format(phone)) == text.format(shown), phone


@pytest.mark.parametrize(
    ("text", "scrubbed"),
    [
        ("The customer DANIEL cannot be texted", "The customer ••••• cannot be texted"),
        ("Osei, Daniel: Daniel's phone", "•••••, •••••: •••••'s phone"),
        ("daniel.osei@mail.ca danielosei7", "•••••@mail.ca •••••7"),
        ("Daniel \n Osei", "•••••"),
        ("Danielle is another, and so is Roseira", "Danielle is another, and so is Roseira"),
        ("Jean-Luc O’Neil and luc neil", "••••• and ••••• •••••"),
        ("Bo is here, Bob too", "••••• is here, Bob too"),
        ("Ana Müller, Ana Muller, mu\u0308ller", "•••••, •••••, •••••"),
        (
            "Text 12 of 2012, extension 4711, not 14711",
            "Text 12 of 2012, extension •••••, not 14711",
        ),
        ("Call (647) 555 0148", "Call (•••-•••-0148"),
        ("Li, an old friend", "Li, an old friend"),
        ("An Li called", "••••• called"),
    ],
)
def test_a_name_is_hidden_whole_and_by_its_words(text, scrubbed):
    known = ["Daniel Osei", "Jean-Luc O’Neil", "Bo", "Ana Müller", "An Li", "", " ", "D", "(("]
    known += ["12", "4711", "647-555-0148"]
    assert scrub(text, known) == scrubbed


def test_it_gathers_what_is_personal_in_a_session():
    texts = {
        "sms.to_name": "Daniel Osei",
        "sms.to": "",
        "sms.by": "Lakeshore Honda",
        "vehicle.make": "Honda",
        "session.contact": {"name": "Grace Lindqvist", "more": [{"age": 7}, None]},
    }
    assert personal_texts(texts) == {"Daniel Osei", "Grace Lindqvist", "7"}
