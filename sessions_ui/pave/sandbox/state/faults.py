"""What can go wrong between a client and PAVE, to be ordered one at a time or many.

A fault is taken by the first request that fits its method and session. `before` faults answer
in PAVE's stead (nothing is applied), `weigh` faults change what is applied, `after` faults spoil
the answer of a call that was carried out.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from itertools import count
from typing import Any, Final


@dataclass(frozen=True)
class Kind:
    """One sort of fault: where it strikes, what it does, its parameters with their defaults."""

    when: str
    label: str
    params: Mapping[str, Any] = field(default_factory=dict)


ELSEWHERE: Final = "http://127.0.0.1:9/elsewhere"
KINDS: Final[Mapping[str, Kind]] = {
    "reset_before": Kind("before", "Connection reset, nothing applied"),
    "reset_after": Kind("after", "Applied, then connection reset"),
    "hang_before": Kind("before", "Waits, then applies and answers", {"seconds": 20.0}),
    "hang_lost": Kind("before", "Waits, then resets; never applied", {"seconds": 20.0}),
    "hang_after": Kind("after", "Applied, then waits before answering", {"seconds": 20.0}),
    "late": Kind(
        "before",
        "Fails at once, applies later",
        {"seconds": 20.0, "answer": "reset", "status": 504},
    ),
    "error_before": Kind("before", "5xx, nothing applied", {"status": 503}),
    "error_after": Kind("after", "Applied, then 5xx", {"status": 502}),
    "busy": Kind("before", "429, please wait", {"retry_after": 20}),
    "denied": Kind("before", "401 or 403, not authorised", {"status": 401}),
    "refused": Kind(
        "before",
        "400, 409 or 422 with a message",
        {"status": 422, "message": "The given value was invalid."},
    ),
    "not_found": Kind("before", "404, as if the session were gone"),
    "redirect": Kind("before", "Redirect to another place", {"status": 302, "location": ELSEWHERE}),
    "html": Kind("after", "Applied; a web page comes back", {"apply": True}),
    "truncated": Kind("after", "Applied; half of the JSON comes back", {"apply": True}),
    "cut": Kind("after", "Applied; connection ends in mid-answer", {"apply": True}),
    "nan": Kind("after", "Applied; the JSON holds NaN", {"apply": True}),
    "duplicate_keys": Kind("after", "Applied; the JSON names a key twice", {"apply": True}),
    "deep": Kind("after", "Applied; JSON nested 100,000 deep", {"apply": True}),
    "long_number": Kind("after", "Applied; JSON with 10,000 digits", {"apply": True}),
    "huge": Kind("after", "Applied; a huge answer", {"apply": True, "size": 2_000_000}),
    "gzip_bomb": Kind("after", "Applied; a small answer that unpacks huge", {"apply": True}),
    "slow_headers": Kind("after", "Applied; headers drip slowly", {"apply": True, "interval": 0.5}),
    "slow_body": Kind("after", "Applied; the body drips slowly", {"apply": True, "interval": 0.5}),
    "wrong_session": Kind("after", "Applied; another session's answer", {"apply": True}),
    "not_shown": Kind("after", "Applied; the answer leaves the fields out", {"fields": ""}),
    "ignored": Kind("weigh", "A field is silently ignored", {"field": ""}),
    "altered": Kind("weigh", "A field is altered on the way", {"field": "", "value": None}),
    "collateral": Kind(
        "weigh", "Another field changes too", {"field": "session.client_id", "value": "MOVED-1"}
    ),
}
METHODS: Final = ("PUT", "GET", "POST", "DELETE", "*")


@dataclass
class Fault:
    """One ordered fault. `key` None = any session; `skip` lets that many fitting calls pass."""

    kind: str
    method: str
    key: str | None
    times: int
    skip: int
    params: dict[str, Any]
    n: int

    @property
    def when(self) -> str:
        """Where it strikes: `before`, `weigh` or `after`."""
        return KINDS[self.kind].when

    @property
    def applies(self) -> bool:
        """Whether the call is carried out before this `after` fault spoils its answer."""
        return bool(self.params.get("apply", True))


class Faults:
    """The faults waiting for their request, oldest first. Not thread-safe: its owner locks."""

    def __init__(self) -> None:
        self.waiting: list[Fault] = []
        self._numbers = count(1)

    def order(
        self,
        kind: str,
        *,
        method: str = "PUT",
        key: str | None = None,
        times: int = 1,
        skip: int = 0,
        **params: Any,
    ) -> Fault:
        """Queue a fault. Raises ValueError for an unknown kind, method, parameter or bad number."""
        if kind not in KINDS:
            raise ValueError(f"There is no fault {kind!r}.")
        if method not in METHODS:
            raise ValueError(f"A fault cannot wait for the method {method!r}.")
        if times < 1 or skip < 0:
            raise ValueError("A fault strikes at least once.")
        known = KINDS[kind].params
        if unknown := sorted(set(params) - set(known)):
            raise ValueError(f"The fault {kind} takes no {', '.join(unknown)}.")
        fitted = {name: _like(known[name], value) for name, value in params.items()}
        given = {**known, **fitted}
        fault = Fault(kind, method, key or None, times, skip, given, next(self._numbers))
        self.waiting.append(fault)
        return fault

    def take(self, method: str, key: str) -> Fault | None:
        """Give the fault that strikes this request, if any, and count it down."""
        for fault in self.waiting:
            if fault.method not in (method, "*") or fault.key not in (None, key):
                continue
            if fault.skip:
                fault.skip -= 1
                continue
            fault.times -= 1
            if not fault.times:
                self.waiting.remove(fault)
            return fault
        return None

    def restore(self, kept: dict[str, Any]) -> None:
        """Take back a fault that `plain` gave, with a new number."""
        self.waiting.append(Fault(**{**kept, "n": next(self._numbers)}))

    def clear(self) -> None:
        """Forget every waiting fault."""
        self.waiting.clear()

    def plain(self) -> list[dict[str, Any]]:
        """Give the waiting faults as plain JSON values."""
        return [asdict(fault) for fault in self.waiting]


def _like(example: Any, value: Any) -> Any:
    """Turn a form's text into the kind of the default. Raises ValueError when it cannot be."""
    if isinstance(example, bool):
        return value in (True, "yes", "true", "1")
    if isinstance(example, (int, float)):
        return type(example)(value)
    return value
