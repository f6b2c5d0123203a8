"""Test that the HTTP server refuses requests that it cannot read."""

from tests.pave.sandbox.raw_client import send, signed_headers


def test_bodies_without_a_usable_length_are_refused(sandbox, failed):
    path = f"/v1/sessions/{failed}"
    chunked = signed_headers() | {"Transfer-Encoding": "chunked"}
    assert send(sandbox, "PUT", path, b"0\r\n\r\n", headers=chunked).status == 411
    vague = signed_headers() | {"Content-Length": "many"}
    assert send(sandbox, "PUT", path, headers=vague).status == 400
    huge = signed_headers() | {"Content-Length": "99999999"}
    assert send(sandbox, "PUT", path, headers=huge).status == 413
