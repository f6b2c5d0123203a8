"""One call, from the asking to its outcome: what holds it back, how often it is tried, and what
is made of PAVE's reply.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial

from sessions_ui.pave.answer import Answer, date_of, document_of, retry_after, words_of
from sessions_ui.pave.config import PaveConfig
from sessions_ui.pave.errors import (
    SENTENCES,
    STATUS_ERRORS,
    UNAUTHORISED,
    PaveBusy,
    PaveError,
    PaveNotSent,
    PaveRefused,
    PaveUnauthorised,
    PaveUnknown,
    held_back,
)
from sessions_ui.pave.transport.circuit_breaker import Circuit, Leave
from sessions_ui.pave.transport.clock_skew import Skew
from sessions_ui.pave.transport.credential_status import Authority
from sessions_ui.pave.transport.exchange import Reply, exchange, trust
from sessions_ui.pave.transport.rate_limiter import Gate
from sessions_ui.pave.transport.request import Call, prepared, secrets_in
from sessions_ui.pave.transport.retries import Outcome, Reads

LOCAL_CAUSES = frozenset({"busy_here", "thread"})  # they say nothing about PAVE


@dataclass(frozen=True)
class ClientState:
    """How the calls of this process stand: the circuit (``off``, ``closed``, ``open``) and since
    when it is open, the calls under way, `PaveClient.skew`, and since when PAVE refuses our
    credentials (None: it takes them, or has not spoken yet).
    """

    circuit: str
    open_since: datetime | None
    in_flight: int
    skew: float | None
    unauthorised_since: datetime | None


class Caller:
    """Makes calls as ``config`` says, and holds what the calls of a process share: their rate, the
    circuit, what is known of PAVE's clock, and whether PAVE takes our credentials.
    Many threads may share it.
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
        self._trusted = trust(config)
        self._reads = Reads(config, timer=timer, sleep=pause)
        self._gate = Gate(config.rate, timer=timer, sleep=pause)
        self._circuit = Circuit(on=config.circuit, timer=timer, clock=clock)
        self._skew = Skew()
        self._authority = Authority(clock=clock)

    @property
    def state(self) -> ClientState:
        """How the calls stand now."""
        circuit, since = self._circuit.name, self._circuit.since
        skew, refused = self._skew.seconds, self._authority.since
        return ClientState(circuit, since, self._gate.in_flight, skew, refused)

    def call(self, call: Call) -> Outcome:
        """Make the call if the circuit is closed, or as the read that tries PAVE out."""
        leave = self._circuit.leave(is_read=call.is_read)
        if leave is Leave.NONE:
            return held_back("circuit_open", call.request_id)
        attempt = partial(self._attempt, call)
        if call.is_read:
            attempts = 1 if leave is Leave.PROBE else self._config.get_attempts
            outcome = self._reads(attempt, attempts=attempts)
        else:
            outcome = attempt(self._config.put_deadline)
        if isinstance(outcome, Answer) or outcome.cause not in LOCAL_CAUSES:
            failed = not isinstance(outcome, (Answer, PaveRefused))
            self._circuit.note(failed=failed, is_read=call.is_read)
        self._authority.note(outcome)
        return outcome

    def _attempt(self, call: Call, seconds: float) -> Outcome:
        """Wait for a turn, sign and send once, all within ``seconds``."""
        until = self._timer() + seconds
        with self._gate.turn(seconds) as came:
            if not came:
                return held_back("busy_here", call.request_id)
            outcome = self.once(call, until - self._timer())
        if isinstance(outcome, PaveBusy):
            self._gate.slow()
        return outcome

    def once(self, call: Call, seconds: float) -> Outcome:
        """Sign and send once, at once, within ``seconds``."""
        # Not raised here: a traceback may show what a function holds, and this one holds tokens.
        moment = self._clock()
        request = prepared(call, self._config, moment)
        reply = exchange(request, self._config, self._trusted, seconds)
        document, cause = document_of(reply)
        date = date_of(reply.headers)
        if date:
            received = moment + timedelta(milliseconds=reply.duration_ms)
            self._skew.note(date, sent=moment, received=received)
        if reply.status is None or reply.status // 100 != 2 or cause:
            words = words_of(document, secrets_in(request, self._config))
            error = _error(call, reply, cause, words, date)
            return _by_the_clock(error) if self._skew.is_suspect else error
        return Answer(reply.status, document, date, reply.duration_ms, call.request_id)


def _error(
    call: Call, reply: Reply, cause: str, words: str | None, date: datetime | None
) -> PaveError:
    kind: type[PaveError] = PaveUnknown if reply.written else PaveNotSent
    if words is not None and reply.status in STATUS_ERRORS:
        kind = STATUS_ERRORS[reply.status]
    elif call.is_read and reply.status in UNAUTHORISED:
        kind, cause = PaveUnauthorised, ""
    return kind(
        SENTENCES[kind],
        cause=cause or f"http_{reply.status}",
        http_status=reply.status,
        pave_message=words,
        retry_after=retry_after(reply.headers, date or datetime.now(UTC)),
        duration_ms=reply.duration_ms,
        request_id=call.request_id,
        date=date,
    )


def _by_the_clock(error: PaveError) -> PaveError:
    """PAVE takes a signature for a few minutes only: with a clock that is off, that is why."""
    if isinstance(error, PaveUnauthorised) and error.http_status == 401:
        error.cause = "clock"
    return error
