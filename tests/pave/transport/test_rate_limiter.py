"""Test the limits of calls per second and at a time, and that nobody waits in vain for a slot."""

import threading

import pytest

from sessions_ui.pave.errors import PaveBusy, PaveNotSent
from sessions_ui.pave.transport.rate_limiter import BURST, MAX_CONCURRENT, RateLimiter
from tests.pave.client_calls import SESSION, WRITES, get, update
from tests.pave.scripted_server import echoes_session, responds

CALLS = {"get": get, **WRITES}


@pytest.fixture
def limiter(clock):
    """Give a rate limiter of five calls per second."""
    return RateLimiter(5, timer=clock, sleep=clock.pause)


@pytest.fixture
def make_limited_client(make_client, clock):
    """Give a function that makes a client with a limit of five calls per second."""
    return lambda server, **options: make_client(
        server, rate=5, timer=clock, pause=clock.pause, **options
    )


def take_slots(limiter, times=1, seconds=9):
    """Take slots one after the other, and return whether there was one each time."""
    results = []
    for _ in range(times):
        with limiter.slot(seconds) as acquired:
            results.append(acquired)
    return results


def assert_held_back(call, client):
    with pytest.raises(PaveNotSent) as caught:
        call(client)
    error = caught.value
    assert (error.cause, error.http_status, error.duration_ms) == ("busy_here", None, 0)
    assert error.request_id
    return error


def test_a_burst_goes_out_at_once_and_the_rest_at_the_rate(limiter, clock):
    assert all(take_slots(limiter, BURST))
    assert clock.pauses == []
    assert all(take_slots(limiter, 5))
    assert clock.pauses == pytest.approx([0.2] * 5)


def test_a_quiet_time_saves_up_no_more_than_a_burst(limiter, clock):
    clock.now += 3600
    assert all(take_slots(limiter, BURST + 1))
    assert clock.pauses == pytest.approx([0.2])


def test_everything_goes_out_at_once_without_a_rate(clock):
    limiter = RateLimiter(0, timer=clock, sleep=clock.pause)
    limiter.cancel_burst()
    assert all(take_slots(limiter, 1000))
    assert clock.pauses == []


def test_a_call_waits_two_seconds_at_most(limiter, clock):
    """Of 22 calls at the same moment ten go at once, and ten more wait up to two seconds."""
    waits = [limiter._reserve(2.0) for _ in range(BURST + 12)]
    assert waits[:BURST] == [0.0] * BURST
    assert waits[BURST:-2] == pytest.approx([0.2 * position for position in range(1, 11)])
    assert waits[-2:] == [None, None], "too late, and held back without waiting"


def test_a_call_waits_no_longer_than_it_may_last(limiter, clock):
    take_slots(limiter, BURST)
    assert take_slots(limiter, seconds=0.1) == [False]
    assert take_slots(limiter, seconds=0.3) == [True]


@pytest.mark.parametrize("call", CALLS)
def test_nothing_is_sent_without_a_slot(serve, make_limited_client, clock, call):
    server = serve(responds(SESSION))
    client = make_limited_client(server, get_deadline=0.1, put_deadline=0.1)
    client._caller._rate_limiter._tokens = 0.0
    assert "nothing was sent" in str(assert_held_back(CALLS[call], client))
    assert server.connection_count == 0
    assert clock.pauses == []


def test_the_wait_counts_towards_the_deadline_of_the_call(
    serve, make_limited_client, clock, monkeypatch
):
    deadlines, client = [], make_limited_client(serve(echoes_session), put_deadline=1.5)
    send_once = client._caller.send_once
    monkeypatch.setattr(
        client._caller, "send_once", lambda c, s: deadlines.append(s) or send_once(c, s)
    )
    client._caller._rate_limiter._tokens = 0.5
    update(client)
    assert clock.pauses == pytest.approx([0.1])
    assert deadlines == pytest.approx([1.4])


def test_each_attempt_of_a_read_takes_a_slot(serve, make_limited_client, clock):
    server = serve(responds({"message": "Oh"}, status="503 Oh"))
    client = make_limited_client(server, get_attempts=3, retry_base=0.0)
    with pytest.raises(Exception, match="http_503"):
        get(client)
    assert client._caller._rate_limiter._tokens == BURST - 3


def test_only_so_many_calls_are_under_way_at_a_time(serve, make_limited_client, monkeypatch):
    monkeypatch.setattr("sessions_ui.pave.transport.rate_limiter.MAX_WAIT", 0.05)
    arrived, go_on = threading.Semaphore(0), threading.Event()

    def waits(sock, request, server):
        arrived.release()
        go_on.wait(5)
        echoes_session(sock, request, server)

    server = serve(waits)
    client, answers = make_limited_client(server), []
    threads = [
        threading.Thread(target=lambda: answers.append(get(client))) for _ in range(MAX_CONCURRENT)
    ]
    for thread in threads:
        thread.start()
    assert all(arrived.acquire(timeout=5) for _ in threads)
    assert client.state.in_flight == MAX_CONCURRENT
    assert_held_back(update, client)
    go_on.set()
    for thread in threads:
        thread.join()
    assert len(answers) == len(server.requests) == MAX_CONCURRENT
    assert client.state.in_flight == 0
    assert get(client), "slots are released"


def test_an_interrupted_call_releases_its_slot(limiter):
    for _ in range(MAX_CONCURRENT + 1):
        with pytest.raises(KeyboardInterrupt):
            interrupt(limiter)
    assert limiter.in_flight == 0


def interrupt(limiter):
    with limiter.slot(9) as acquired:
        assert acquired
        raise KeyboardInterrupt


def test_the_burst_is_cancelled_when_pave_asks_us_to_wait(serve, make_limited_client, clock):
    client = make_limited_client(serve(responds({"message": "Wait"}, status="429 Wait")))
    for _ in range(3):
        with pytest.raises(PaveBusy):
            update(client)
    assert clock.pauses == pytest.approx([0.2] * 2), "the burst is gone"
