"""Queue faults that go wrong between a client and PAVE, until a matching request takes them.

The first request with a fault's method and session takes it. A `before` fault answers in PAVE's
place, a `during` fault changes what is applied, an `after` fault spoils the response of a call that
was carried out.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from itertools import count
from typing import Any, Final, Literal


@dataclass(frozen=True)
class Kind:
    """A kind of fault: when it strikes, its label on the page, its parameters with defaults."""

    when: Literal["before", "during", "after"]
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
    "ignored": Kind("during", "A field is silently ignored", {"field": ""}),
    "altered": Kind("during", "A field is altered on the way", {"field": "", "value": None}),
    "collateral": Kind(
        "during", "Another field changes too", {"field": "session.client_id", "value": "MOVED-1"}
    ),
}
METHODS: Final = ("PUT", "GET", "POST", "DELETE", "*")


@dataclass
class Fault:
    """One ordered fault. `key` None means any session; `skip` matching calls pass unharmed."""

    kind: str
    method: str
    key: str | None
    times: int
    skip: int
    params: dict[str, Any]
    n: int

    @property
    def when(self) -> Literal["before", "during", "after"]:
        """When it strikes, as its kind says."""
        return KINDS[self.kind].when

    @property
    def applies(self) -> bool:
        """Whether the call is carried out before this `after` fault spoils its response."""
        return bool(self.params.get("apply", True))

    def distort(self, fields: dict[str, Any]) -> dict[str, Any]:
        """Return what a `during` fault applies instead of `fields`; other faults change nothing."""
        if self.when != "during":
            return fields
        target, value = self.params["field"], self.params.get("value")
        if self.kind == "ignored":
            return {key: value for key, value in fields.items() if target not in ("", key)}
        if self.kind == "collateral":
            return {**fields, target: value}
        target = target or next(iter(fields), "")
        if target not in fields:
            return fields
        return {**fields, target: _altered(fields[target]) if value is None else value}


class Faults:
    """The faults waiting for a request, oldest first. Not thread-safe: the owner holds a lock."""

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
        defaults = KINDS[kind].params
        if unknown := sorted(set(params) - set(defaults)):
            raise ValueError(f"The fault {kind} takes no {', '.join(unknown)}.")
        converted = {name: _convert(value, defaults[name]) for name, value in params.items()}
        all_params = {**defaults, **converted}
        fault = Fault(kind, method, key or None, times, skip, all_params, next(self._numbers))
        self.waiting.append(fault)
        return fault

    def take(self, method: str, key: str) -> Fault | None:
        """Return the fault that strikes this request, if any, and count it down."""
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

    def restore(self, saved: dict[str, Any]) -> None:
        """Queue a fault from a saved state again, under a new number."""
        self.waiting.append(Fault(**{**saved, "n": next(self._numbers)}))

    def clear(self) -> None:
        """Drop every waiting fault."""
        self.waiting.clear()

    def as_list(self) -> list[dict[str, Any]]:
        """Return the waiting faults as plain JSON values."""
        return [asdict(fault) for fault in self.waiting]


def _convert(value: Any, default: Any) -> Any:
    """Convert a form's text to the type of the default. Raises ValueError for bad numbers."""
    if isinstance(default, bool):
        return value in (True, "yes", "true", "1")
    if isinstance(default, (int, float)):
        return type(default)(value)
    return value


def _altered(value: Any) -> Any:
    return value + 1 if isinstance(value, int) else f"{value}/"
