"""Personal values: that they changed and how, never what they are."""

import pytest

from sessions_ui.audit.masking import difference, mask, personal_texts, scrub
from sessions_ui.domain.catalogue import CATALOGUE


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
