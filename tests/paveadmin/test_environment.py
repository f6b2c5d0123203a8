"""Test the checks of single environment variables, and the sentence that names the bad ones."""

import pytest
from django.core.exceptions import ImproperlyConfigured
from environs import Env, ValidationError

from paveadmin.environment import (
    at_least,
    check_all,
    database_url,
    matches,
    pave_url,
    read_secret,
)


def refusal(check, value):
    """What a check says of a value, or "" where it passes."""
    try:
        check(value)
    except ValidationError as error:
        return error.args[0]
    return ""


def test_a_pattern_must_match_the_whole_text_and_every_item():
    check = matches("[A-Z]{2}", "must be two capitals")
    assert refusal(check, "CA") == refusal(check, ["EN", "FR"]) == ""
    for value in ("CAN", "ca", "", ["EN", "fr"]):
        assert refusal(check, value) == "must be two capitals"


def test_every_number_must_be_at_least_the_least():
    check = at_least(0, "must be 0 or more")
    assert refusal(check, 0) == refusal(check, [0, 5]) == ""
    assert refusal(check, -0.1) == refusal(check, [300, -1]) == "must be 0 or more"


def test_a_database_url_that_cannot_be_parsed_is_not_repeated():
    assert refusal(database_url, "") == ""
    assert refusal(database_url, "postgresql://web@localhost/pave") == ""
    assert "secret" not in refusal(database_url, "nothing://secret@host/x") != ""


def test_only_development_may_use_http_and_only_on_loopback():
    http, https = "http://127.0.0.1:8900", "https://openapi.paveapi.com"
    for development in (True, False):
        assert refusal(pave_url(development=development), https) == ""
    assert refusal(pave_url(development=True), http) == ""
    assert refusal(pave_url(development=False), http) == "must start with https://"
    assert refusal(pave_url(development=True), "http://pave.example.com") != ""


def test_a_secret_is_read_without_the_white_space_around_it(monkeypatch):
    monkeypatch.setenv("SECRET", " of our own\n")
    assert read_secret(Env(), "SECRET", "fallback", development=False) == "of our own"


def test_the_fallback_of_a_secret_is_for_development_only(monkeypatch):
    monkeypatch.delenv("SECRET", raising=False)
    assert read_secret(Env(), "SECRET", "fallback", development=True) == "fallback"
    assert read_secret(Env(), "SECRET", "fallback", development=False, optional=True) == ""


def test_one_sentence_names_every_bad_variable_and_every_conflict(monkeypatch):
    monkeypatch.setenv("NUMBER", "many")
    monkeypatch.delenv("MISSING", raising=False)
    env = Env(eager=False)
    env.int("NUMBER")
    env.str("MISSING")
    with pytest.raises(ImproperlyConfigured) as caught:
        check_all(env, {"LEASE": "is shorter than DEADLINE"})
    assert str(caught.value) == (
        "PAVE Admin cannot start: LEASE is shorter than DEADLINE; "
        "NUMBER cannot be used (not a valid integer); MISSING is not set."
    )


def test_nothing_is_raised_where_nothing_is_bad():
    check_all(Env(eager=False), {})
