"""Test requests and responses apart from any socket."""

import pytest

from sessions_ui.pave.sandbox.server.http_messages import (
    Request,
    decode_json,
    json_response,
    message_response,
)


def test_a_request_has_a_path_its_parts_and_a_query():
    request = Request("GET", "/v1/sessions/a%2Fb/?x=1&x=2&empty=", {"X-Request-ID": "e7-1"})
    assert request.path == "/v1/sessions/a%2Fb/"
    assert request.parts == ["v1", "sessions", "a/b"]
    assert request.query == {"x": "2"}
    assert request.request_id == "e7-1"
    assert Request("GET", "/", {}).request_id == ""


def test_json_responses_have_their_type_and_headers():
    response = json_response({"message": "Wait."}, 429, Retry_After="7")
    assert response.status == 429
    assert response.headers == {"Content-Type": "application/json", "Retry-After": "7"}
    assert decode_json(response.body) == {"message": "Wait."}
    assert message_response(429, "Wait.").body == response.body


@pytest.mark.parametrize("body", [b"", b"{", b"NaN", b"\xff", b"[" * 100_000])
def test_what_is_not_json_is_a_value_error(body):
    with pytest.raises(ValueError, match=r"\w"):
        decode_json(body)
