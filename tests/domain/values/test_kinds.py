"""Values: how kinds compare and encode, VINs, redirect URLs, and the rows themselves."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sessions_ui.domain.catalogue import CATALOGUE, SECTIONS
from sessions_ui.domain.rules.edit_reasons import note_needed
from sessions_ui.domain.rules.outcomes import WORDS, FieldResult, Outcome, roll_up
from sessions_ui.domain.values.kinds import Kind
from sessions_ui.domain.values.redirect_url import redirect_error
from sessions_ui.domain.values.vin import vin_error, vin_warning

SAME = [
    (Kind.NUMBER, "100,945", 100945),
    (Kind.YEAR, 2011, "2011"),
    (Kind.PHONE, "+1 (647) 455-0126", "647-455-0126"),
    (Kind.LANGUAGE, "en", "EN"),
    (Kind.WORD, "AUTOMATIC", "Automatic"),
    (Kind.TEXT, None, ""),
    (Kind.VIN, "2hgfc2f7xmh018462", "2HGFC2F7XMH018462"),
]
OTHER = [
    (Kind.NUMBER, "100,945", "100,946"),
    (Kind.PHONE, "+44 647 455 0126", "647-455-0126"),
    (Kind.TEXT, "honda", "Honda"),
    (Kind.URL, "https://a.ca/x", "https://a.ca/X"),
    (Kind.NUMBER, "", "0"),
]


@pytest.mark.parametrize(("kind", "one", "other"), SAME)
def test_it_knows_one_value_in_two_shapes(kind, one, other):
    assert kind.same(one, other)


@pytest.mark.parametrize(("kind", "one", "other"), OTHER)
def test_it_tells_two_values_apart(kind, one, other):
    assert not kind.same(one, other)


@given(kind=st.sampled_from(Kind), text=st.text())
def test_it_encodes_any_text_to_the_same_value(kind, text):
    assert kind.same(kind.sent(text), text)


def test_it_keeps_kinds_apart_that_mean_the_same():
    assert len(set(Kind)) == 12


GOOD_VINS = ["2HGFC2F7XMH018462", "1FTEW1EP3NFA73058", "WVWZZZ1JZXW000001"]


@pytest.mark.parametrize("vin", GOOD_VINS)
def test_it_takes_a_vin(vin):
    assert vin_error(vin.lower()) == ""


@pytest.mark.parametrize(
    ("vin", "words"),
    [
        ("2HGFC2F7XMHO18462", "Did you mean 2HGFC2F7XMH018462?"),
        ("2HGFC2F7XMH01846", "this one has 16"),
        ("2HGFC2F7XMH-18462", "only digits and the letters"),
        ("", "this one has 0"),
    ],
)
def test_it_says_why_it_is_no_vin(vin, words):
    assert words in vin_error(vin)


def test_it_warns_of_a_check_digit_only_where_it_binds():
    assert vin_warning("1M8GDM9AXKP042788") == ""
    assert "X would fit" in vin_warning("1M8GDM9A1KP042788")
    assert vin_warning("WVWZZZ1JZXW000001") == ""


GOOD_URLS = [
    "https://www.lakeshorehonda.ca/thanks",
    "https://dealer.example/a?b=c#d",
    "https://dealer.com:443/x",
    "HTTPS://Dealer.com/",
    "https://xn--bcher-kva.example/",
    "https://dealer.com",
]
BAD_URLS = """
http://dealer.com/
javascript:alert(1)
data:text/html,x
//evil.com/
ftp://dealer.com/
https:dealer.com
https:/dealer.com
https://
https:///x
https://user@dealer.com/
https://user:pw@evil.com/
https://dealer.com@evil.com/
https://:@evil.com/
https://127.0.0.1/
https://127.1/
https://10.0.0.1/
https://169.254.169.254/latest/meta-data
https://192.168.1.1/
https://0x7f.0.0.1/
https://0x7f000001/
https://2130706433/
https://0177.0.0.1/
https://1.2.3.4.5/
https://[::1]/
https://[fe80::1%25eth0]/
https://[::ffff:127.0.0.1]/
https://localhost/
https://localhost.localdomain.lan/
https://dealer.local/
https://dealer.internal/
https://printer.home/
https://dealer.intranet/
https://dealer.corp/
https://a.onion/
https://1.0.0.127.in-addr.arpa/
https://dealer/
https://dealer.com:8443/
https://dealer.com:80/
https://dealer.com:99999/
https://dealer.com:x/
https://dealer.com:-1/
https://ok.example\\@evil.com/
https:\\\\evil.com/
https://evil.com\\.ok.example/
https://ex ample.com/
https://example.com/a b
https://exa%6dple.com/
https://%65vil.com/
https://-bad.com/
https://bad-.com/
https://bad_host.com/
https://a..b.com/
https://.com/
https://dealer.com..evil/
https://раураl.com/
https://dealer。com/
https://ａpple.com/
https://dealer.c0m0.123/
https://dealer.com/\u2028x
https://dealer.com/\x00
https://dealer.com/\tx
""".strip("\n").split("\n")


@pytest.mark.parametrize("url", GOOD_URLS)
def test_it_takes_a_public_https_address(url):
    assert redirect_error(url) == ""


@pytest.mark.parametrize(
    "url", [*BAD_URLS, "https://dealer.com/" + "x" * 2000, "https://a.com/\nx"]
)
def test_it_refuses_a_hostile_address(url):
    assert redirect_error(url)


def test_it_keeps_to_the_hosts_of_the_settings():
    assert redirect_error("https://trade.dealer.ca/x", ["dealer.ca"]) == ""
    assert "dealer.ca" in redirect_error("https://evildealer.ca/x", ["dealer.ca"])
    assert "dealer.ca" in redirect_error("https://dealer.ca.evil.com/x", ["dealer.ca"])


@given(st.text())
def test_it_judges_any_text(text):
    assert isinstance(redirect_error(text), str)
    assert isinstance(redirect_error("https://" + text), str)
    assert isinstance(vin_error(text) or vin_warning(text), str)


@pytest.mark.parametrize("spec", CATALOGUE.writable, ids=lambda spec: spec.key)
def test_it_has_two_different_examples_for_every_writable_row(spec):
    one, other = spec.examples
    assert not spec.kind.same(one, other)
    assert spec.label
    assert spec.section in {section.name for section in SECTIONS}


def test_it_has_the_nineteen_fields_and_each_key_once():
    assert len(CATALOGUE.writable) == 19
    assert len({spec.key for spec in CATALOGUE}) == len(CATALOGUE)
    assert {s.key for s in CATALOGUE if s.personal} == {
        "sms.to",
        "sms.to_name",
        "sms.from",
        "session.contact",
    }


def test_it_has_words_for_every_outcome():
    assert set(WORDS) == set(Outcome)
    assert all(w.label and w.heading and w.now and w.then and w.icon for w in WORDS.values())


APPLIED, IGNORED, ALTERED, ABSENT = (
    FieldResult.APPLIED,
    FieldResult.IGNORED,
    FieldResult.ALTERED,
    FieldResult.NOT_SHOWN,
)


@pytest.mark.parametrize(
    ("results", "answered", "unanswered"),
    [
        ([APPLIED, APPLIED], Outcome.CONFIRMED, Outcome.IN_EFFECT),
        ([APPLIED, ABSENT], Outcome.ACCEPTED, Outcome.UNRESOLVED),
        ([ABSENT], Outcome.ACCEPTED, Outcome.UNRESOLVED),
        ([IGNORED], Outcome.NOT_IN_EFFECT, Outcome.NOT_IN_EFFECT),
        ([IGNORED, ABSENT], Outcome.NOT_IN_EFFECT, Outcome.NOT_IN_EFFECT),
        ([APPLIED, IGNORED], Outcome.PARTIAL, Outcome.PARTIAL),
        ([APPLIED, ALTERED], Outcome.PARTIAL, Outcome.PARTIAL),
        ([ALTERED], Outcome.SUPERSEDED, Outcome.SUPERSEDED),
        ([IGNORED, ALTERED], Outcome.SUPERSEDED, Outcome.SUPERSEDED),
    ],
)
def test_it_rolls_fields_up_into_one_outcome(results, answered, unanswered):
    fields = dict(enumerate(results))
    assert roll_up(fields, answered=True) is answered
    assert roll_up(fields, answered=False) is unanswered


def test_it_asks_for_a_note_where_one_is_needed():
    assert note_needed("other", ["session.theme"])
    assert note_needed("customer_request", ["sms.by"])
    assert note_needed("customer_request", ["session.theme"]) == ""
