"""So many calls a second, so many at a time; who would wait too long is told so at once."""

import threading

import pytest

from sessions_ui.pave.errors import PaveBusy, PaveNotSent
from sessions_ui.pave.transport.rate_limiter import BURST, MAX_CONCURRENT, RateLimiter
from tests.pave.scripted_server import KEY, answers, echoes_session

CHANGE = {"session": {"theme": "LITE"}}
CALLS = {
    "get": lambda c: c.session_get(KEY),
    "update": lambda c: c.session_update(KEY, CHANGE),
    "create": lambda c: c.session_create({}),
    "delete": lambda c: c.session_delete(KEY),
    "resend": lambda c: c.session_resend(KEY),
}


@pytest.fixture
def gate(time):
    """Give a gate for five calls a second."""
    return RateLimiter(5, timer=time, sleep=time.pause)


@pytest.fixture
def hurried(calls, time):
    """Make a client that lets out five calls a second."""
    return lambda server, **more: calls(server, rate=5, timer=time, pause=time.pause, **more)


def pass_through(gate, times=1, seconds=9):
    came = []
    for _ in range(times):
        with gate.slot(seconds) as turn:
            came.append(turn)
    return came


def held_back(call, client):
    with pytest.raises(PaveNotSent) as caught:
        call(client)
    error = caught.value
    assert (error.cause, error.http_status, error.duration_ms) == ("busy_here", None, 0)
    assert error.request_id
    return error


def test_it_lets_a_burst_out_and_then_so_many_a_second(gate, time):
    assert all(pass_through(gate, BURST))
    assert time.pauses == []
    assert all(pass_through(gate, 5))
    assert time.pauses == pytest.approx([0.2] * 5)


def test_it_saves_no_more_than_a_burst(gate, time):
    time.now += 3600
    assert all(pass_through(gate, BURST + 1))
    assert time.pauses == pytest.approx([0.2])


def test_it_lets_out_all_at_once_without_a_rate(time):
    gate = RateLimiter(0, timer=time, sleep=time.pause)
    gate.cancel_burst()
    assert all(pass_through(gate, 1000))
    assert time.pauses == []


def test_it_waits_two_seconds_at_most(gate, time):
    """Sixteen ask at the same moment: ten go, ten more would have to wait up to two seconds."""
    waits = [gate._reserve(2.0) for _ in range(BURST + 12)]
    assert waits[:BURST] == [0.0] * BURST
    assert waits[BURST:-2] == pytest.approx([0.2 * turn for turn in range(1, 11)])
    assert waits[-2:] == [None, None], "too late, and told so at once"


def test_it_waits_no_longer_than_the_call_may_last(gate, time):
    pass_through(gate, BURST)
    assert pass_through(gate, seconds=0.1) == [False]
    assert pass_through(gate, seconds=0.3) == [True]


@pytest.mark.parametrize("call", CALLS)
def test_it_sends_nothing_when_there_is_no_turn(serve, hurried, time, call):
    server = serve(answers({"session_key": KEY}))
    client = hurried(server, get_deadline=0.1, put_deadline=0.1)
    client._caller._rate_limiter._tokens = 0.0
    assert "nothing was sent" in str(held_back(CALLS[call], client))
    assert server.opened == 0
    assert time.pauses == []


def test_it_counts_the_wait_as_part_of_the_call(serve, hurried, time, monkeypatch):
    given, client = [], hurried(serve(echoes_session), put_deadline=1.5)
    once = client._caller.send_once
    monkeypatch.setattr(client._caller, "send_once", lambda c, s: given.append(s) or once(c, s))
    client._caller._rate_limiter._tokens = 0.5
    CALLS["update"](client)
    assert time.pauses == pytest.approx([0.1])
    assert given == pytest.approx([1.4])


def test_it_counts_each_attempt_of_a_read(serve, hurried, time):
    server = serve(answers({"message": "Oh"}, status="503 Oh"))
    client = hurried(server, get_attempts=3, retry_base=0.0)
    with pytest.raises(Exception, match="http_503"):
        client.session_get(KEY)
    assert client._caller._rate_limiter._tokens == BURST - 3


def test_it_has_so_many_calls_under_way_and_no_more(serve, hurried, monkeypatch):
    monkeypatch.setattr("sessions_ui.pave.transport.rate_limiter.MAX_WAIT", 0.05)
    arrived, go_on = threading.Semaphore(0), threading.Event()

    def waits(line, asked, server):
        arrived.release()
        go_on.wait(5)
        echoes_session(line, asked, server)

    server = serve(waits)
    client, done = hurried(server), []
    threads = [
        threading.Thread(target=lambda: done.append(client.session_get(KEY)))
        for _ in range(MAX_CONCURRENT)
    ]
    for thread in threads:
        thread.start()
    assert all(arrived.acquire(timeout=5) for _ in threads)
    assert client.state.in_flight == MAX_CONCURRENT
    held_back(CALLS["update"], client)
    go_on.set()
    for thread in threads:
        thread.join()
    assert len(done) == len(server.asked) == MAX_CONCURRENT
    assert client.state.in_flight == 0
    assert client.session_get(KEY), "places are given back"


def test_it_gives_a_place_back_whatever_happens(gate):
    for _ in range(MAX_CONCURRENT + 1):
        with pytest.raises(KeyboardInterrupt):
            interrupted(gate)
    assert gate.in_flight == 0


def interrupted(gate):
    with gate.slot(9) as came:
        assert came
        raise KeyboardInterrupt


def test_it_goes_slowly_once_pave_asks_us_to_wait(serve, hurried, time):
    client = hurried(serve(answers({"message": "Wait"}, status="429 Wait")))
    for _ in range(3):
        with pytest.raises(PaveBusy):
            client.session_update(KEY, CHANGE)
    assert time.pauses == pytest.approx([0.2] * 2), "the burst is gone"
