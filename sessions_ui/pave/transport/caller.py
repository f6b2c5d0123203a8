"""Make one call: hold it back if necessary, send it, retry it if it is a read, and turn PAVE's
response into an `Answer` or an error.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial

from sessions_ui.pave.answer import (
    Answer,
    CallResult,
    clean_message,
    parse_date,
    parse_document,
    parse_retry_after,
)
from sessions_ui.pave.config import PaveConfig
from sessions_ui.pave.errors import (
    MESSAGES,
    STATUS_ERRORS,
    UNAUTHORISED_STATUSES,
    PaveBusy,
    PaveError,
    PaveNotSent,
    PaveRefused,
    PaveUnauthorised,
    PaveUnknown,
    held_back,
)
from sessions_ui.pave.transport.circuit_breaker import CircuitBreaker, Permit
from sessions_ui.pave.transport.clock_skew import ClockSkew
from sessions_ui.pave.transport.credential_status import CredentialStatus
from sessions_ui.pave.transport.http_exchange import ExchangeResult, exchange
from sessions_ui.pave.transport.rate_limiter import RateLimiter
from sessions_ui.pave.transport.request import Call, prepare_request, secrets_of
from sessions_ui.pave.transport.retries import Retrier
from sessions_ui.pave.transport.tls import tls_context

LOCAL_CAUSES = frozenset({"busy_here", "thread"})  # they say nothing about PAVE


@dataclass(frozen=True)
class ClientState:
    """The state of one process's calls: the circuit (``off``, ``closed``, ``open``) and since when
    it is open, the number of calls under way, `PaveClient.skew`, and since when PAVE has been
    refusing our credentials (None if it accepts them or has not answered yet).
    """

    circuit: str
    open_since: datetime | None
    in_flight: int
    skew: float | None
    unauthorised_since: datetime | None


class Caller:
    """Make calls as ``config`` says, and hold what all calls of a process share: the rate limiter,
    the circuit breaker, the clock skew and the status of our credentials.

    Threads may share one instance.
    """

    def __init__(
        self,
        config: PaveConfig,
        *,
        clock: Callable[[], datetime],
        timer: Callable[[], float],
        pause: Callable[[float], None],
    ) -> None:
        self._config = config
        self._clock, self._timer = clock, timer
        self._tls_context = tls_context(config)
        self._retrier = Retrier(config, timer=timer, sleep=pause)
        self._rate_limiter = RateLimiter(config.rate, timer=timer, sleep=pause)
        self._circuit_breaker = CircuitBreaker(enabled=config.circuit, timer=timer, clock=clock)
        self._clock_skew = ClockSkew()
        self._credential_status = CredentialStatus(clock=clock)

    @property
    def state(self) -> ClientState:
        """The current state of the calls."""
        return ClientState(
            circuit=self._circuit_breaker.state,
            open_since=self._circuit_breaker.open_since,
            in_flight=self._rate_limiter.in_flight,
            skew=self._clock_skew.seconds,
            unauthorised_since=self._credential_status.refused_since,
        )

    def call(self, call: Call) -> CallResult:
        """Make the call if the circuit is closed, or if it is the read that probes PAVE."""
        permit = self._circuit_breaker.request_permit(is_read=call.is_read)
        if permit is Permit.DENIED:
            return held_back("circuit_open", call.request_id)
        attempt = partial(self._attempt, call)
        if call.is_read:
            attempts = 1 if permit is Permit.PROBE else self._config.get_attempts
            result = self._retrier.call(attempt, attempts=attempts)
        else:
            result = attempt(self._config.put_deadline)
        if isinstance(result, Answer) or result.cause not in LOCAL_CAUSES:
            failed = not isinstance(result, (Answer, PaveRefused))
            self._circuit_breaker.record(failed=failed, is_read=call.is_read)
        self._credential_status.record(result)
        return result

    def _attempt(self, call: Call, seconds: float) -> CallResult:
        """Wait for a slot and send the call once, all within ``seconds``."""
        until = self._timer() + seconds
        with self._rate_limiter.slot(seconds) as acquired:
            if not acquired:
                return held_back("busy_here", call.request_id)
            result = self.send_once(call, until - self._timer())
        if isinstance(result, PaveBusy):
            self._rate_limiter.cancel_burst()
        return result

    def send_once(self, call: Call, seconds: float) -> CallResult:
        """Sign the call, send it at once and only once, and read the result within ``seconds``."""
        # The error is returned, not raised: a traceback may show the local variables of each
        # function in it, and this function holds tokens.
        moment = self._clock()
        request = prepare_request(call, self._config, moment)
        result = exchange(request, self._config, self._tls_context, seconds)
        document, cause = parse_document(result)
        date = parse_date(result.headers)
        if date:
            received = moment + timedelta(milliseconds=result.duration_ms)
            self._clock_skew.record(date, sent=moment, received=received)
        if result.status is None or result.status // 100 != 2 or cause:
            message = clean_message(document, secrets_of(request, self._config))
            error = _make_error(call, result, cause, message, date)
            return _blame_clock(error) if self._clock_skew.is_suspect else error
        return Answer(result.status, document, date, result.duration_ms, call.request_id)


def _make_error(
    call: Call, result: ExchangeResult, cause: str, message: str | None, date: datetime | None
) -> PaveError:
    kind: type[PaveError] = PaveUnknown if result.write_started else PaveNotSent
    if message is not None and result.status in STATUS_ERRORS:
        kind = STATUS_ERRORS[result.status]
    elif call.is_read and result.status in UNAUTHORISED_STATUSES:
        kind, cause = PaveUnauthorised, ""
    return kind(
        MESSAGES[kind],
        cause=cause or f"http_{result.status}",
        http_status=result.status,
        pave_message=message,
        retry_after=parse_retry_after(result.headers, date or datetime.now(UTC)),
        duration_ms=result.duration_ms,
        request_id=call.request_id,
        date=date,
    )


def _blame_clock(error: PaveError) -> PaveError:
    """Name our clock as the cause of a 401: PAVE accepts a signature for a few minutes only."""
    if isinstance(error, PaveUnauthorised) and error.http_status == 401:
        error.cause = "clock"
    return error
