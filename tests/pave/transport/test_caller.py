"""Test what a call makes of each status: an answer, a definite refusal, or unknown."""

import threading
from datetime import UTC, datetime

import pytest

from sessions_ui.pave.errors import (
    STATUS_ERRORS,
    PaveBusy,
    PaveRefused,
    PaveUnauthorised,
    PaveUnknown,
)
from tests.pave.client_calls import HTML, READ_AND_WRITE, error_of, get, update
from tests.pave.scripted_server import echoes_session, http_response, responds, sends

NO = {"message": "Session :session_key cannot be found."}


@READ_AND_WRITE
@pytest.mark.parametrize("status", [400, 401, 403, 404, 409, 413, 422, 429])
def test_a_refusal_in_paves_own_json_is_definite(serve, make_client, call, status):
    moment = datetime(1994, 11, 15, 8, 12, 31, tzinfo=UTC)
    server = serve(responds(NO, "Date: Tue, 15 Nov 1994 08:12:31 GMT", status=f"{status} No"))
    error = error_of(call, make_client(server, clock=lambda: moment), STATUS_ERRORS[status])
    assert isinstance(error, PaveRefused)
    assert (error.http_status, error.cause) == (status, f"http_{status}")
    assert error.pave_message == NO["message"]
    assert error.request_id == server.requests[0].headers["x-request-id"]
    assert error.date == moment


# A read is refused by any 401 and 403; the test after this one shows it.
REFUSALS = [
    pytest.param(call, status, id=f"{name}-{status}")
    for name, call in (("get", get), ("put", update))
    for status in (400, 401, 403, 404, 409, 413, 422, 429)
    if name == "put" or status not in (401, 403)
]


@pytest.mark.parametrize(("call", "status"), REFUSALS)
@pytest.mark.parametrize(
    ("body", "kind", "cause"),
    [
        ("<h1>No</h1>", HTML, "html"),
        ("No", "Content-Type: text/plain", "json"),
        ("", "", "json"),
        ('{"message": "No"', None, "json"),
        ('["message"]', None, "http"),
        ('{"error": "No"}', None, "http"),
        ('{"message": 7}', None, "http"),
    ],
)
def test_a_refusal_in_other_words_is_unknown(serve, make_client, call, status, body, kind, cause):
    options = {} if kind is None else {"kind": kind}
    server = serve(responds(body, status=f"{status} No", **options))
    error = error_of(call, make_client(server), PaveUnknown)
    assert error.http_status == status
    assert error.cause == (f"http_{status}" if cause == "http" else cause)


@pytest.mark.parametrize("status", [401, 403])
@pytest.mark.parametrize(
    "script",
    [
        lambda status: responds("<h1>No</h1>", status=status, kind=HTML),
        lambda status: responds("", status=status, kind=""),
        lambda status: responds({"error": "No"}, status=status),
        lambda status: responds("No", "Transfer-Encoding: gzip", status=status),
        lambda status: sends(http_response(NO, status=status)[:-5]),
    ],
    ids=["html", "empty", "other words", "framing", "truncated"],
)
def test_any_401_or_403_refuses_a_read_but_not_a_write(serve, make_client, status, script):
    """PAVE does not document the body, so a read takes the status alone for a refusal.

    For a write it proves nothing: a proxy may have sent it after PAVE had applied the change.
    """
    server = serve(script(f"{status} No"))
    error = error_of(get, make_client(server), PaveUnauthorised)
    assert (error.cause, error.http_status) == (f"http_{status}", status)
    error_of(update, make_client(server), PaveUnknown)


@READ_AND_WRITE
@pytest.mark.parametrize(
    "status", [101, 402, 405, 408, 410, 418, 451, 500, 502, 503, 504, 599, 999]
)
@pytest.mark.parametrize("kind", ["Content-Type: application/json", HTML])
def test_any_other_status_is_unknown(serve, make_client, call, status, kind):
    server = serve(responds(NO, status=f"{status} Oh", kind=kind))
    error = error_of(call, make_client(server), PaveUnknown)
    assert error.http_status == status
    assert error.cause == ("html" if kind == HTML and 400 <= status < 500 else f"http_{status}")


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        (["Retry-After: 20"], 20),
        (["Retry-After: 0"], 0),
        (
            ["Retry-After: Tue, 15 Nov 1994 08:13:00 GMT", "Date: Tue, 15 Nov 1994 08:12:30 GMT"],
            30,
        ),
        (["Retry-After: Tue, 15 Nov 1994 08:13:00 GMT"], 0),
        (["Retry-After: soon"], None),
        (["Retry-After: -5"], None),
        (["Retry-After: 99999999999"], None),
        (["Retry-After: ٣"], None),
        ([], None),
    ],
)
def test_the_error_says_how_long_pave_asks_us_to_wait(serve, make_client, headers, seconds):
    server = serve(responds(NO, *headers, status="429 Too Many"))
    error = error_of(update, make_client(server), PaveBusy)
    assert error.retry_after == seconds


def test_many_threads_may_share_one_client(serve, make_client):
    server = serve(echoes_session)
    client, results = make_client(server), {}

    def read_sessions(number):
        keys = [f"XXX-{number}-{index}" for index in range(10)]
        results[number] = [client.session_get(key).document["session_key"] == key for key in keys]

    threads = [threading.Thread(target=read_sessions, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results == {number: [True] * 10 for number in range(8)}
    assert server.connection_count == 80
