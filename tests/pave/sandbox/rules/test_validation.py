"""Test that invalid values are refused with a 422 as Laravel writes it."""

import pytest

from tests.pave.sandbox.raw_client import put

BAD_VALUES = [
    ("session", "theme", "GOLD"),
    ("session", "theme", None),
    ("session", "theme", ["PRO"]),
    ("session", "redirect_url", "example.com/thanks"),
    ("session", "redirect_url", "javascript:alert(1)"),
    ("session", "redirect_url", "http://[oops"),
    ("session", "language", "English"),
    ("session", "client_id", 17),
    ("session", "client_id", ""),
    ("vehicle", "vin", "SHORT"),
    ("vehicle", "vin", "4T1BK1EB5EU09606O"),
    ("vehicle", "year", "11"),
    ("vehicle", "year", "20111"),
    ("vehicle", "year", True),
    ("vehicle", "year", 2011.5),
    ("vehicle", "make", {"name": "Ford"}),
    ("vehicle", "odom_reading", "100,945"),
    ("vehicle", "odom_reading", -1),
    ("vehicle", "odom_reading", 1.5),
    ("sms", "to", "call me"),
    ("sms", "to", 6474550142),
    ("sms", "to_name", None),
]


@pytest.mark.parametrize(("section", "name", "value"), BAD_VALUES)
def test_an_invalid_value_is_refused_as_laravel_does(sandbox, failed, section, name, value):
    before = sandbox.state.session(failed)
    answer = put(sandbox, failed, {section: {name: value}, "vehicle2": {}})
    assert answer.status == 422
    assert list(answer.json["errors"]) == [f"{section}.{name}"]
    assert answer.json["message"] == answer.json["errors"][f"{section}.{name}"][0]
    assert sandbox.state.session(failed) == before


def test_the_message_counts_several_errors(sandbox, failed):
    answer = put(sandbox, failed, {"session": {"theme": 1, "language": 2}, "vehicle": []})
    assert answer.json["message"] == "The session.theme is invalid. (and 2 more errors)"
    assert answer.json["errors"]["vehicle"] == ["The vehicle must be an object."]
