"""The signature of PAVE's page *Generate Access Token*, and the secret that makes it."""

import hashlib
import hmac
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sessions_ui.pave.signing import Secret, timestamp, token
from tests.pave.scripted_server import KEY, echoes_session

STAMP = "2021-05-30T12:49:19Z"
MOMENT = datetime(2021, 5, 30, 12, 49, 19, tzinfo=UTC)
SIGNED = "fe153f7ccc92f874a636642bc3992749d94263fcfeaa9dbc283169d1e8ef06d1"


def test_it_signs_the_test_vector():
    key = "11111111-2222-3333-4444-555555555555"
    assert token("acme", key, Secret("s3cr3t-key"), STAMP) == SIGNED


@given(user=st.text(), key=st.text(), secret=st.text(min_size=8), moment=st.datetimes())
def test_it_signs_anything_as_the_manual_says_and_shows_no_secret(user, key, secret, moment):
    stamp = timestamp(moment.replace(tzinfo=UTC))
    try:
        message = f"{user}:{key}@{stamp}".encode()
        wanted = hmac.new(secret.encode(), message, hashlib.sha256).hexdigest()
    except UnicodeEncodeError:  # half a surrogate pair is no text
        with pytest.raises(UnicodeEncodeError):
            token(user, key, Secret(secret), stamp)
        return
    assert token(user, key, Secret(secret), stamp) == wanted
    assert secret not in f"{Secret(secret)!r}{Secret(secret)}"


@pytest.mark.parametrize(
    "moment",
    [
        MOMENT,
        MOMENT + timedelta(microseconds=999_999),
        MOMENT.astimezone(timezone(timedelta(hours=-4))),
    ],
)
def test_it_writes_the_timestamp_in_utc_and_whole_seconds(moment):
    assert timestamp(moment) == STAMP


def test_it_sends_the_very_timestamp_that_it_signed(serve, calls):
    server = serve(echoes_session)
    calls(server, clock=lambda: MOMENT).session_get(KEY)
    headers = server.asked[0].headers
    assert headers["api-timestamp"] == STAMP
    assert headers["api-token"] == SIGNED
    assert headers["api-key"] == "11111111-2222-3333-4444-555555555555"


def test_it_signs_each_attempt_anew(serve, calls):
    server = serve(echoes_session)
    moments = iter([MOMENT, MOMENT + timedelta(seconds=1)])
    client = calls(server, clock=lambda: next(moments))
    client.session_get(KEY)
    client.session_get(KEY)
    stamps = [asked.headers["api-timestamp"] for asked in server.asked]
    assert stamps == [STAMP, "2021-05-30T12:49:20Z"]
    assert len({asked.headers["api-token"] for asked in server.asked}) == 2


def test_it_shows_a_secret_only_on_demand():
    secret = Secret("canary")
    for shown in (repr(secret), str(secret), f"{secret}", f"{secret!r:>5}", "%s" % secret):  # noqa: UP031
        assert "canary" not in shown
        assert "***" in shown
    assert secret.reveal() == "canary"


def test_it_compares_secrets_by_what_they_hold():
    assert Secret("a") == Secret("a")
    assert Secret("a") != Secret("b")
    assert Secret("a") != "a"
    assert len({Secret("a"), Secret("a")}) == 1
    assert not Secret("")
