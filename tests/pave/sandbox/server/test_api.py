"""Test which requests reach an endpoint and which of them a fault strikes."""

from tests.pave.sandbox.payloads import BODY
from tests.pave.sandbox.raw_client import get, put, send


def test_an_unknown_session_is_not_found(sandbox):
    for method, tail in (("GET", ""), ("PUT", ""), ("DELETE", ""), ("GET", "/results")):
        answer = send(
            sandbox, method, f"/v1/sessions/SBX-NONE{tail}", {} if method == "PUT" else None
        )
        assert answer.status == 404
        assert answer.json == {"message": "Session SBX-NONE cannot be found."}


def test_an_unknown_address_or_method_is_refused(sandbox, failed):
    assert send(sandbox, "GET", "/v1/callbacks").status == 404
    assert send(sandbox, "GET", f"/v1/sessions/{failed}/images").status == 404
    assert send(sandbox, "GET", f"/v1/sessions/{failed}/photos/1").status == 404
    assert send(sandbox, "GET", "/v1/sessions").status == 405
    assert send(sandbox, "PATCH", f"/v1/sessions/{failed}", {}).status == 405
    assert get(sandbox, "a%2Fb").json == {"message": "Session a/b cannot be found."}


def test_a_fault_spares_requests_without_a_signature(sandbox, key):
    sandbox.state.fault("error_before", key=key)
    assert put(sandbox, key, BODY, headers={}).status == 401
    assert put(sandbox, key, BODY).status == 503
