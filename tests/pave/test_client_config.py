"""What the client may be told, and what it refuses before there is any call."""

import dataclasses

import pytest

from sessions_ui.pave.client import PaveConfig, Secret

GOOD = {
    "base_url": "https://openapi.paveapi.com",
    "username": "acme",
    "api_key": "11111111-2222-3333-4444-555555555555",
    "api_secret": Secret("canary"),
}


@pytest.mark.parametrize(
    "url",
    [
        "https://openapi.paveapi.com",
        "https://openapi.paveapi.com:8443",
        "http://127.0.0.1:8900",
        "http://localhost:8900",
        "http://[::1]:8900",
    ],
)
def test_it_takes_scheme_and_host(url):
    assert PaveConfig(**{**GOOD, "base_url": url}).base_url == url


@pytest.mark.parametrize(
    "url",
    [
        "",
        "openapi.paveapi.com",
        "https://",
        "https://:443",
        "https://openapi.paveapi.com/",
        "https://openapi.paveapi.com/v1",
        "https://openapi.paveapi.com?a=b",
        "https://openapi.paveapi.com#a",
        "https://canary:canary@openapi.paveapi.com",
        "https://openapi.paveapi.com:99999",
        "https://[::1",
        "https://exämple.com",
        "http://openapi.paveapi.com",
        "http://10.0.0.1",
        "http://127.0.0.1.evil.example",
        "http://localhost.evil.example",
        "ftp://127.0.0.1",
        "file:///etc/passwd",
    ],
)
def test_it_takes_no_other_address(url):
    with pytest.raises(ValueError, match="base_url") as caught:
        PaveConfig(**{**GOOD, "base_url": url})
    assert "canary" not in str(caught.value)


@pytest.mark.parametrize(
    ("part", "value"),
    [
        ("api_key", ""),
        ("api_key", "canary canary"),
        ("api_key", "canary\r\nX: 1"),
        ("api_key", "canaryé"),
        ("username", ""),
        ("api_secret", Secret("")),
        ("api_secret", "canary"),
        ("verify", False),
        ("verify", ""),
        ("verify", None),
        ("verify", 0),
        ("connect_timeout", 0),
        ("read_timeout", -1),
        ("get_deadline", 0),
        ("put_deadline", float("nan")),
        ("max_bytes", 0),
    ],
)
def test_it_names_the_part_that_is_wrong_and_not_its_value(part, value):
    with pytest.raises(ValueError, match=part) as caught:
        PaveConfig(**{**GOOD, part: value})
    assert "canary" not in str(caught.value)


def test_it_has_the_agreed_times():
    config = PaveConfig(**GOOD)
    times = (config.connect_timeout, config.read_timeout, config.get_deadline, config.put_deadline)
    assert times == (3, 5, 8, 15)
    assert config.max_bytes == 256 * 1024
    assert config.verify is True


def test_it_can_be_a_key_and_cannot_be_changed():
    config = PaveConfig(**GOOD)
    assert {config: 1}[PaveConfig(**GOOD)] == 1
    with pytest.raises(dataclasses.FrozenInstanceError):
        config.base_url = "https://elsewhere.example"
