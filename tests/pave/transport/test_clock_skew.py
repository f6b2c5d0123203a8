"""Test that each answer shows by how much our clock is off, and that the log and errors say so."""

import json
import logging
from datetime import timedelta
from email.utils import format_datetime

import pytest

from paveadmin.logs import JsonFormatter
from sessions_ui.pave.errors import PaveError, PaveUnauthorised, PaveUnknown
from sessions_ui.pave.transport.clock_skew import ClockSkew
from tests.pave.client_calls import READ_AND_WRITE, SESSION, get, update
from tests.pave.fake_clock import NOON
from tests.pave.scripted_server import echoes_session, hangs_up, responds

NO = {"message": "Unauthorized."}


def date_header(ahead):
    """Return the Date header of a PAVE whose clock ours is so many seconds ahead of."""
    return f"Date: {format_datetime(NOON - timedelta(seconds=ahead), usegmt=True)}"


@pytest.fixture
def make_client_at_noon(make_client):
    """Give a function that makes a client whose clock always shows noon."""
    return lambda server: make_client(server, clock=lambda: NOON)


@pytest.fixture
def log_lines(caplog):
    """Give a function that returns the lines of the log, parsed."""
    caplog.set_level(logging.INFO, logger="sessions_ui.pave.transport.clock_skew")
    return lambda: [json.loads(JsonFormatter().format(record)) for record in caplog.records]


@pytest.mark.parametrize(("ahead", "about"), [
    (0, 0), (90, 89), (-90, -90), (600, 599), (-600, -600), (86_400, 86_399),
])  # fmt: skip
@pytest.mark.parametrize("status", ["200 OK", "404 No", "503 Oh", "302 There"])
def test_any_answer_with_a_date_shows_the_skew(serve, make_client_at_noon, ahead, about, status):
    server = serve(responds({**SESSION, **NO}, date_header(ahead), status=status))
    client = make_client_at_noon(server)
    assert client.skew is None
    try:
        get(client)
    except PaveError as error:
        assert error.cause != "clock"  # noqa: PT017 - only a 401 can be due to the clock
    assert client.skew == client.state.skew == pytest.approx(about, abs=1)


@pytest.mark.parametrize("script", [echoes_session, responds(SESSION, "Date: soon")])
def test_the_skew_is_unknown_without_a_valid_date(serve, make_client_at_noon, script):
    client = make_client_at_noon(serve(script))
    get(client)
    assert client.skew is None


def test_a_lost_answer_leaves_the_skew_as_it_was(serve, make_client_at_noon):
    scripts = [responds(SESSION, date_header(90)), hangs_up]
    client = make_client_at_noon(serve(lambda *args: scripts.pop(0)(*args)))
    get(client)
    with pytest.raises(PaveUnknown):
        get(client)
    assert client.skew == 89


def test_a_slow_answer_does_not_count_as_a_wrong_clock():
    skew = ClockSkew()
    for seconds in (0, 1, 40):
        skew.record(
            NOON + timedelta(seconds=seconds), sent=NOON, received=NOON + timedelta(seconds=40)
        )
        assert skew.seconds == 0


@pytest.mark.parametrize(("ahead", "level"), [
    (0, None), (29, None), (-29, None), (32, "warning"), (-32, "warning"), (119, "warning"),
    (122, "error"), (-122, "error"), (-86_400, "error"),
])  # fmt: skip
def test_a_lasting_skew_is_logged_once(serve, make_client_at_noon, log_lines, ahead, level):
    client = make_client_at_noon(serve(responds(SESSION, date_header(ahead))))
    for _ in range(3):
        get(client)
    lines = log_lines()
    assert [line["level"] for line in lines] == ([level] if level else [])
    assert [line["skew_seconds"] for line in lines] == ([round(client.skew)] if level else [])


def test_each_change_of_level_is_logged(serve, make_client_at_noon, log_lines):
    skews = [40, 40, 130, 130, 40, 0, 0]
    server = serve(lambda *args: responds(SESSION, date_header(skews.pop(0)))(*args))
    client = make_client_at_noon(server)
    for _ in range(7):
        get(client)
    assert [line["level"] for line in log_lines()] == ["warning", "error", "warning", "info"]


@READ_AND_WRITE
@pytest.mark.parametrize(("ahead", "status", "cause"), [
    (600, "401 No", "clock"), (-600, "401 No", "clock"), (62, "401 No", "clock"),
    (60, "401 No", "http_401"), (-60, "401 No", "http_401"), (600, "403 No", "http_403"),
])  # fmt: skip
def test_the_clock_is_the_cause_of_a_401_if_it_is_off(
    serve, make_client_at_noon, call, ahead, status, cause
):
    client = make_client_at_noon(serve(responds(NO, date_header(ahead), status=status)))
    with pytest.raises(PaveUnauthorised) as caught:
        call(client)
    assert (caught.value.cause, caught.value.http_status) == (cause, int(status[:3]))
    assert caught.value.pave_message == "Unauthorized."


def test_a_wrong_clock_does_not_make_an_unknown_write_definite(serve, make_client_at_noon):
    html = responds(
        "<h1>No</h1>", date_header(600), status="401 No", kind="Content-Type: text/html"
    )
    with pytest.raises(PaveUnknown) as caught:
        update(make_client_at_noon(serve(html)))
    assert caught.value.cause == "html"
