"""Our clock against PAVE's: seen in every answer, told to the log, named when PAVE refuses."""

import json
import logging
from datetime import timedelta
from email.utils import format_datetime

import pytest

from paveadmin.logs import JsonLine
from sessions_ui.pave.errors import PaveError, PaveUnauthorised, PaveUnknown
from sessions_ui.pave.transport.clock_skew import ClockSkew
from tests.pave.fake_clock import NOON
from tests.pave.scripted_server import KEY, answers, echoes_session, hangs_up

CHANGE = {"session": {"theme": "LITE"}}
SESSION = {"session_key": KEY}
NO = {"message": "Unauthorized."}


def dated(ahead):
    """Give the Date header of a PAVE for which our clock is so many seconds ahead."""
    return f"Date: {format_datetime(NOON - timedelta(seconds=ahead), usegmt=True)}"


@pytest.fixture
def at_noon(calls):
    """Make a client whose clock stands at noon."""
    return lambda server, **more: calls(server, clock=lambda: NOON, **more)


@pytest.fixture
def lines(caplog):
    """Give a function that returns what the log was told, each line parsed again."""
    caplog.set_level(logging.INFO, logger="sessions_ui.pave.transport.clock_skew")
    return lambda: [json.loads(JsonLine().format(record)) for record in caplog.records]


@pytest.mark.parametrize(("ahead", "about"), [
    (0, 0), (90, 89), (-90, -90), (600, 599), (-600, -600), (86_400, 86_399),
])  # fmt: skip
@pytest.mark.parametrize("status", ["200 OK", "404 No", "503 Oh", "302 There"])
def test_it_knows_by_how_much_our_clock_is_off(serve, at_noon, ahead, about, status):
    client = at_noon(serve(answers({**SESSION, **NO}, dated(ahead), status=status)))
    assert client.skew is None
    try:
        client.session_get(KEY)
    except PaveError as error:
        assert error.cause != "clock"  # noqa: PT017 - only a 401 is the clock's
    assert client.skew == client.state.skew == pytest.approx(about, abs=1)


@pytest.mark.parametrize("script", [echoes_session, answers(SESSION, "Date: soon")])
def test_it_knows_nothing_where_pave_tells_no_time(serve, at_noon, script):
    client = at_noon(serve(script))
    client.session_get(KEY)
    assert client.skew is None


def test_it_keeps_what_it_knew(serve, at_noon):
    scripts = [answers(SESSION, dated(90)), hangs_up]
    client = at_noon(serve(lambda *each: scripts.pop(0)(*each)))
    client.session_get(KEY)
    with pytest.raises(PaveUnknown):
        client.session_get(KEY)
    assert client.skew == 89


def test_it_does_not_take_a_slow_answer_for_a_wrong_clock():
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
def test_it_tells_the_log_in_one_line(serve, at_noon, lines, ahead, level):
    client = at_noon(serve(answers(SESSION, dated(ahead))))
    for _ in range(3):
        client.session_get(KEY)
    assert [line["level"] for line in lines()] == ([level] if level else [])
    assert [line["skew_seconds"] for line in lines()] == ([round(client.skew)] if level else [])


def test_it_tells_the_log_when_things_get_worse_and_when_they_are_well(serve, at_noon, lines):
    times = [40, 40, 130, 130, 40, 0, 0]
    client = at_noon(serve(lambda *each: answers(SESSION, dated(times.pop(0)))(*each)))
    for _ in range(7):
        client.session_get(KEY)
    assert [line["level"] for line in lines()] == ["warning", "error", "warning", "info"]


@pytest.mark.parametrize("call", [
    lambda c: c.session_get(KEY), lambda c: c.session_update(KEY, CHANGE)
], ids=["get", "put"])  # fmt: skip
@pytest.mark.parametrize(("ahead", "status", "cause"), [
    (600, "401 No", "clock"), (-600, "401 No", "clock"), (62, "401 No", "clock"),
    (60, "401 No", "http_401"), (-60, "401 No", "http_401"), (600, "403 No", "http_403"),
])  # fmt: skip
def test_it_names_the_clock_when_pave_refuses_our_signature(
    serve, at_noon, call, ahead, status, cause
):
    client = at_noon(serve(answers(NO, dated(ahead), status=status)))
    with pytest.raises(PaveUnauthorised) as caught:
        call(client)
    assert (caught.value.cause, caught.value.http_status) == (cause, int(status[:3]))
    assert caught.value.pave_message == "Unauthorized."


def test_it_stays_unknown_what_became_of_a_change_whatever_the_clock(serve, at_noon):
    html = answers("<h1>No</h1>", dated(600), status="401 No", kind="Content-Type: text/html")
    with pytest.raises(PaveUnknown) as caught:
        at_noon(serve(html)).session_update(KEY, CHANGE)
    assert caught.value.cause == "html"
