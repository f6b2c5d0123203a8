"""Check typed values: errors stop an edit, warnings do not."""

import pytest

from sessions_ui.domain.catalogue import CATALOGUE
from sessions_ui.domain.status import Delivery
from sessions_ui.forms.session.value_checks import value_error, value_warnings

WRITABLE = {spec.key: spec for spec in CATALOGUE.writable}


@pytest.mark.parametrize("spec", WRITABLE.values(), ids=WRITABLE)
def test_the_examples_of_every_field_are_valid(spec):
    for example in spec.examples:
        assert value_error(spec, example, "", [code for code, _ in spec.choices]) == ""


@pytest.mark.parametrize("spec", WRITABLE.values(), ids=WRITABLE)
def test_no_field_can_be_emptied(spec):
    for blank in ("", "  "):
        assert "no way to empty a field. It holds “now”" in value_error(spec, blank, "now")


@pytest.mark.parametrize("text", ["a\nb", "a\tb", "a\u200bb", "a\ufffdb"])
def test_characters_that_nobody_can_see_are_errors(text):
    assert "another character that nobody can see" in value_error(
        CATALOGUE["vehicle.trim"], text, "EX"
    )


@pytest.mark.parametrize(
    ("year", "is_valid"),
    [("1900", True), ("2099", True), (" 2021 ", True), ("1899", False), ("21", False)],
)
def test_a_year_has_four_digits(year, is_valid):
    assert (value_error(CATALOGUE["vehicle.year"], year, "") == "") == is_valid


def test_a_value_longer_than_pave_takes_is_an_error():
    spec = CATALOGUE["vehicle.trim"]
    assert value_error(spec, "x" * spec.max_length, "EX") == ""
    error = value_error(spec, "x" * (spec.max_length + 1), "EX")
    assert error == f"This has {spec.max_length + 1} characters; {spec.max_length} is the most."


def warnings(key, text, current="", delivery=Delivery.ERROR):
    """Give the warnings for a value, as one text."""
    return " ".join(value_warnings(CATALOGUE[key], text, current, delivery))


def test_an_odometer_that_goes_down_is_a_warning():
    assert "from 84,210 to 1." in warnings("vehicle.odom_reading", "1", "84,210")
    assert warnings("vehicle.odom_reading", "84211", "84,210") == ""
    assert warnings("vehicle.odom_reading", "1", "not a number") == ""


def test_an_unusual_value_of_an_open_list_is_a_warning():
    assert "not a usual value" in warnings("vehicle.transmission", "Warp drive")
    assert (
        warnings("vehicle.transmission", CATALOGUE["vehicle.transmission"].known[0].upper()) == ""
    )


def test_a_text_message_that_has_gone_out_is_a_warning():
    words = "The text has gone out already"
    assert words in warnings("sms.by", "Dealer", delivery=Delivery.OK)
    assert words not in warnings("sms.by", "Dealer", delivery=Delivery.ERROR)
