"""Test the signature of PAVE's page *Generate Access Token*, and the secret that makes it."""

import hashlib
import hmac
from datetime import UTC, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sessions_ui.pave.signing import Secret, timestamp, token
from tests.pave.client_calls import MOMENT, STAMP, TOKEN


def test_the_test_vector_is_signed():
    key = "11111111-2222-3333-4444-555555555555"
    assert token("acme", key, Secret("s3cr3t-key"), STAMP) == TOKEN


@given(user=st.text(), key=st.text(), secret=st.text(min_size=8), moment=st.datetimes())
def test_any_credentials_are_signed_as_the_manual_says(user, key, secret, moment):
    stamp = timestamp(moment.replace(tzinfo=UTC))
    try:
        message = f"{user}:{key}@{stamp}".encode()
        expected = hmac.new(secret.encode(), message, hashlib.sha256).hexdigest()
    except UnicodeEncodeError:  # half of a surrogate pair
        with pytest.raises(UnicodeEncodeError):
            token(user, key, Secret(secret), stamp)
        return
    assert token(user, key, Secret(secret), stamp) == expected
    assert secret not in f"{Secret(secret)!r}{Secret(secret)}"


@pytest.mark.parametrize(
    "moment",
    [
        MOMENT,
        MOMENT + timedelta(microseconds=999_999),
        MOMENT.astimezone(timezone(timedelta(hours=-4))),
    ],
)
def test_the_timestamp_is_in_utc_and_whole_seconds(moment):
    assert timestamp(moment) == STAMP


def test_a_secret_is_shown_only_on_demand():
    secret = Secret("canary")
    for shown in (repr(secret), str(secret), f"{secret}", f"{secret!r:>5}", "%s" % secret):  # noqa: UP031
        assert "canary" not in shown
        assert "***" in shown
    assert secret.reveal() == "canary"


def test_secrets_are_compared_by_their_text():
    assert Secret("a") == Secret("a")
    assert Secret("a") != Secret("b")
    assert Secret("a") != "a"
    assert len({Secret("a"), Secret("a")}) == 1
    assert not Secret("")
