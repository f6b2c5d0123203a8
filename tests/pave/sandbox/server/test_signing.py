"""Test the signature that PAVE's Authentication page describes."""

import pytest

from sessions_ui.pave.sandbox.server.signing import token
from tests.pave.sandbox.payloads import SESSION
from tests.pave.sandbox.raw_client import send, signed_headers


def test_the_token_equals_the_test_vector(monkeypatch):
    module = "sessions_ui.pave.sandbox.server.signing"
    monkeypatch.setattr(f"{module}.USERNAME", "acme")
    monkeypatch.setattr(f"{module}.API_KEY", "11111111-2222-3333-4444-555555555555")
    monkeypatch.setattr(f"{module}.API_SECRET", "s3cr3t-key")
    expected = "fe153f7ccc92f874a636642bc3992749d94263fcfeaa9dbc283169d1e8ef06d1"
    assert token("2021-05-30T12:49:19Z") == expected


def changed_headers(**changed):
    """Give valid headers with some of them changed; None removes one."""
    headers = signed_headers() | {name.replace("_", "-"): value for name, value in changed.items()}
    return {name: value for name, value in headers.items() if value is not None}


# Made when the test runs: a signature is good for five minutes only.
WRONG_SIGNATURES = {
    "none": dict,
    "other key": lambda: changed_headers(API_Key="11111111-2222-3333-4444-555555555555"),
    "other token": lambda: changed_headers(API_Token="0" * 64),
    "no token": lambda: changed_headers(API_Token=None),
    "token of another time": lambda: changed_headers(API_Token=token("2026-01-01T00:00:00Z")),
    "token in capitals": lambda: changed_headers(API_Token=signed_headers()["API-Token"].upper()),
    "unix seconds": lambda: signed_headers(form="%s"),
    "an offset": lambda: signed_headers(form="%Y-%m-%dT%H:%M:%S+00:00"),
    "milliseconds": lambda: signed_headers(form="%Y-%m-%dT%H:%M:%S.000Z"),
    "a spelled-out date": lambda: signed_headers(form="%a, %d %b %Y %H:%M:%S GMT"),
    "no such day": lambda: signed_headers(form="%Y-13-%dT%H:%M:%SZ"),
}


@pytest.mark.parametrize("case", WRONG_SIGNATURES)
def test_a_wrong_signature_is_refused(sandbox, failed, case):
    path = f"/v1/sessions/{failed}"
    answer = send(sandbox, "PUT", path, {"session": SESSION}, headers=WRONG_SIGNATURES[case]())
    assert (answer.status, answer.json) == (401, {"message": "Unauthorized."})
    assert sandbox.state.applied(failed) == []
    assert sandbox.state.journal()[-1]["kind"] == "request"


@pytest.mark.parametrize(
    ("age", "status"), [(0, 200), (290, 200), (-290, 200), (310, 401), (-310, 401)]
)
def test_a_signature_is_valid_for_five_minutes(sandbox, failed, age, status):
    path = f"/v1/sessions/{failed}"
    assert send(sandbox, "GET", path, headers=signed_headers(age=age)).status == status
