"""Test which settings the client accepts, and that bad ones fail before any call."""

import dataclasses
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sessions_ui.pave.client import PaveConfig, Secret
from sessions_ui.pave.config import is_base_url
from sessions_ui.pave.transport.request import Call, prepare_request, v1_credentials

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
        "https://OpenAPI.PaveAPI.com",
        "https://10.1.2.3:8443",
        "https://pave",
    ],
)
def test_a_base_url_is_scheme_and_host(url):
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
        "https://openapi.paveapi.com:0",
        "https://openapi.paveapi.com:",
        "https://openapi.paveapi.com:٤٤٣",
        "https://.example.com",
        "https://*.example.com",
        "https://example..com",
        "https://example.com.",
        "https://-example.com",
        "https://example-.com",
        "https://a b.com",
        "https://a\tb.com",
        "https://a_b.com",
        "https://a%41.com",
        "https://" + "a" * 64 + ".com",
        "https://" + "a." * 127 + "com",
        "https://[::1",
        "https://[fe80::1%eth0]",
        "https://[a]",
        "https://::1",
        "https://exämple.com",
        "http://openapi.paveapi.com",
        "http://10.0.0.1",
        "http://127.0.0.1.evil.example",
        "http://localhost.evil.example",
        "HTTPS://openapi.paveapi.com",
        "ftp://127.0.0.1",
        "file:///etc/passwd",
    ],
)
def test_any_other_base_url_is_refused(url):
    with pytest.raises(ValueError, match="base_url") as caught:
        PaveConfig(**{**GOOD, "base_url": url})
    assert "canary" not in str(caught.value)


HOSTS = st.text(st.sampled_from("az09az09.-*_[]:@%/ \té"), max_size=8)


@given(HOSTS.map("https://{}".format))
def test_any_base_url_that_is_accepted_can_be_called(url):
    if is_base_url(url):
        config = PaveConfig(**{**GOOD, "base_url": url})
        call = Call("GET", "/v1/x", v1_credentials)
        assert prepare_request(call, config, datetime.now(UTC)).url == f"{url}/v1/x"


@pytest.mark.parametrize(
    ("name", "value"),
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
        ("get_deadline", float("inf")),
        ("get_attempts", 0),
        ("retry_base", -0.1),
        ("retry_base", float("nan")),
        ("rate", -1),
        ("rate", float("inf")),
    ],
)
def test_the_error_names_the_field_and_not_its_value(name, value):
    with pytest.raises(ValueError, match=name) as caught:
        PaveConfig(**{**GOOD, name: value})
    assert "canary" not in str(caught.value)


def test_the_defaults_are_as_agreed():
    config = PaveConfig(**GOOD)
    times = (config.connect_timeout, config.read_timeout, config.get_deadline, config.put_deadline)
    assert times == (3, 5, 8, 15)
    assert config.max_bytes == 256 * 1024
    assert config.verify is True
    assert (config.get_attempts, config.retry_base, config.rate) == (3, 0.25, 5)
    assert config.circuit is True


def test_a_config_is_hashable_and_frozen():
    config = PaveConfig(**GOOD)
    assert {config: 1}[PaveConfig(**GOOD)] == 1
    with pytest.raises(dataclasses.FrozenInstanceError):
        config.base_url = "https://elsewhere.example"


def test_a_config_is_shown_without_its_credentials():
    credentials = {"api_key": "canary-of-the-api-key", "api_secret": Secret("canary-of-the-secret")}
    config = PaveConfig(**{**GOOD, **credentials})
    assert "acme" in repr(config)
    assert "canary" not in f"{config} {config!r}"
