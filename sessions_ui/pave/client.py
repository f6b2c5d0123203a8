"""The one client of PAVE: sign, send, time out, decode, raise. One method per endpoint.

Source: PAVE's manual, the pages named in each method. Nothing here is ever repeated by itself.
"""

import json
import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, NoReturn
from urllib.parse import quote

from .errors import REFUSALS, PaveError, PaveKeyError, PaveNotSent, PaveUnknown
from .signing import Secret, timestamp, token
from .wire import Raw, WireError, exchange

__all__ = ["Answer", "PaveClient", "PaveConfig", "Secret", "body_bytes"]

SESSION_KEY = re.compile(r"[A-Z0-9-]{3,40}")
MOST_DIGITS = 30
JSON_TYPE = re.compile(r"application/(?:[\w.+-]+\+)?json\b", re.IGNORECASE)


@dataclass(frozen=True)
class PaveConfig:
    """Where PAVE is, who we are there, and how long a call may take (seconds).

    ``verify``: True, or the path of a CA bundle; never False.
    """

    base_url: str
    username: str
    api_key: str
    api_secret: Secret
    connect_timeout: float = 3.0
    read_timeout: float = 5.0
    get_deadline: float = 8.0
    put_deadline: float = 15.0
    max_bytes: int = 262_144
    verify: bool | str = True


@dataclass(frozen=True)
class Answer:
    """A valid 2xx answer: decoded JSON, PAVE's clock (UTC) if it told, how long it took."""

    status: int
    document: Any
    date: datetime | None
    duration_ms: int
    request_id: str


def body_bytes(payload: Mapping[str, Any]) -> bytes:
    """The exact bytes of a request body: compact JSON, UTF-8."""
    return json.dumps(payload, ensure_ascii=False, separators=(",", ":")).encode()


class PaveClient:
    """Calls PAVE. Safe to share between threads: every call has a connection of its own.

    Every method raises PaveError's family; those with a key PaveKeyError before any request.
    """

    def __init__(
        self, config: PaveConfig, *, clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        self._config, self._clock = config, clock

    def session_get(self, key: str) -> Answer:
        """ "GET Session Data": the session's flat object."""
        return self._session("GET", key)

    def session_update(
        self, key: str, payload: Mapping[str, Any], *, request_id: str = ""
    ) -> Answer:
        """ "PUT Update Session": change the fields in ``payload``; answers with the session."""
        return self._session("PUT", key, payload=payload, request_id=request_id)

    def session_create(self, payload: Mapping[str, Any], *, request_id: str = "") -> Answer:
        """ "POST Create Session": answers with the new session."""
        return self._call("POST", "/v1/sessions", payload=payload, request_id=request_id)

    def session_delete(self, key: str, *, request_id: str = "") -> Answer:
        """ "DELETE Session": only while it is not started."""
        return self._call("DELETE", _path(key), request_id=request_id)

    def session_photos(self, key: str) -> Answer:
        """ "GET Session Photos": an array, one object a photo."""
        return self._call("GET", _path(key, "/photos"))

    def session_notes(self, key: str) -> Answer:
        """ "GET Session Notes"."""
        return self._call("GET", _path(key, "/notes"))

    def session_results(self, key: str) -> Answer:
        """ "GET Session Results": without ``session`` in it, the session is not complete."""
        return self._call("GET", _path(key, "/results"))

    def session_resend(self, key: str, phone: str | None = None) -> Answer:
        """ "POST Resend SMS" (v2, another credential header): once per session."""
        path = f"/v2/capture/sessions/{_checked(key)}/resend"
        return self._call(
            "POST",
            path,
            payload={"phone": phone} if phone else None,
            credentials={"API-Access-Token": self._config.api_key},
        )

    def sandbox_sessions(self) -> list[dict[str, str]]:
        """The sessions of the sandbox; PAVE itself has no such list."""
        rows = self._call("GET", "/sandbox/sessions.json").document
        return rows if isinstance(rows, list) else []

    def _session(self, method: str, key: str, **call: Any) -> Answer:
        """A call that answers with the session itself: another session's object is no answer."""
        answer = self._call(method, _path(key), **call)
        document = answer.document
        if not isinstance(document, dict) or document.get("session_key") != key:
            raise PaveUnknown(
                "The answer is not of this session.",
                cause="wrong_session",
                http_status=answer.status,
                duration_ms=answer.duration_ms,
                request_id=answer.request_id,
            )
        return answer

    def _call(
        self,
        method: str,
        path: str,
        *,
        payload: Mapping[str, Any] | None = None,
        request_id: str = "",
        credentials: Mapping[str, str] | None = None,
    ) -> Answer:
        """One attempt, signed for itself."""
        config, started = self._config, time.monotonic()
        body = None if payload is None else body_bytes(payload)
        try:
            raw = exchange(
                method,
                config.base_url.rstrip("/") + path,
                headers=self._headers(credentials or self._signature(), body, request_id),
                body=body,
                timeouts=(config.connect_timeout, config.read_timeout),
                deadline=config.get_deadline if method == "GET" else config.put_deadline,
                max_bytes=config.max_bytes,
                verify=config.verify,
            )
            duration = _since(started)
            document = decode(raw)
        except WireError as fault:
            kind = PaveUnknown if fault.written else PaveNotSent
            raise kind(
                "No whole answer from PAVE.",
                cause=fault.cause,
                duration_ms=_since(started),
                request_id=request_id,
            ) from None
        except PaveError as fault:
            fault.duration_ms, fault.request_id = duration, request_id
            raise
        return Answer(raw.status, document, _date(raw), duration, request_id)

    def _signature(self) -> dict[str, str]:
        config, stamp = self._config, timestamp(self._clock())
        return {
            "API-Key": config.api_key,
            "API-Token": token(config.username, config.api_key, config.api_secret, stamp),
            "API-Timestamp": stamp,
        }

    @staticmethod
    def _headers(
        credentials: Mapping[str, str], body: bytes | None, request_id: str
    ) -> dict[str, str]:
        headers = {**credentials, "Accept": "application/json", "Accept-Encoding": "identity"}
        if body is not None:
            headers["Content-Type"] = "application/json"
        if request_id:
            headers["X-Request-ID"] = request_id
        return headers


def _checked(key: str) -> str:
    if not SESSION_KEY.fullmatch(key):
        raise PaveKeyError("A session key has 3 to 40 capital letters, digits and dashes.")
    return quote(key, safe="")


def _path(key: str, rest: str = "") -> str:
    return f"/v1/sessions/{_checked(key)}{rest}"


def _since(started: float) -> int:
    return round((time.monotonic() - started) * 1000)


def _date(raw: Raw) -> datetime | None:
    try:
        return parsedate_to_datetime(raw.headers.get("Date", "")).astimezone(UTC)
    except (ValueError, TypeError, OverflowError):
        return None


def decode(raw: Raw) -> Any:
    """The JSON of a 2xx answer.

    Raises the class of REFUSALS for a definite refusal in PAVE's own JSON, PaveUnknown for all
    else: redirects, 5xx, web pages, and JSON that is not strict.
    """
    if 200 <= raw.status < 300:
        return strict_json(raw)
    if raw.status in REFUSALS:
        document = strict_json(raw)
        if isinstance(document, dict):
            raise REFUSALS[raw.status](
                "PAVE refused.",
                cause=f"http_{raw.status}",
                http_status=raw.status,
                pave_message=_message(document),
                retry_after=_seconds(raw.headers.get("Retry-After", "")),
            )
    raise _unknown(raw, "redirect" if 300 <= raw.status < 400 else f"http_{raw.status}")


def strict_json(raw: Raw) -> Any:
    """The body's JSON, read strictly: no web page, no compression, no duplicate keys, no NaN, no
    endless numbers, no deep nesting. Raises PaveUnknown."""
    if not JSON_TYPE.match(raw.headers.get("Content-Type", "")):
        raise _unknown(raw, "html")
    if raw.headers.get("Content-Encoding", "identity").lower() != "identity":
        raise _unknown(raw, "encoding")
    try:
        return json.loads(
            raw.body.decode("utf-8"),
            object_pairs_hook=_object,
            parse_constant=_constant,
            parse_int=_int,
            parse_float=_float,
        )
    except (ValueError, RecursionError):
        raise _unknown(raw, "json") from None


def _unknown(raw: Raw, cause: str) -> PaveUnknown:
    return PaveUnknown("PAVE's answer cannot be used.", cause=cause, http_status=raw.status)


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key stands twice")
    return found


def _constant(text: str) -> NoReturn:
    raise ValueError(f"{text} is no JSON")


def _int(text: str) -> int:
    if len(text) > MOST_DIGITS:
        raise ValueError("a number without end")
    return int(text)


def _float(text: str) -> float:
    number = float(text)
    if len(text) > MOST_DIGITS or number in (float("inf"), float("-inf")):
        raise ValueError("a number without end")
    return number


def _message(document: Mapping[str, Any]) -> str | None:
    message = document.get("message")
    return message[:500] if isinstance(message, str) else None


def _seconds(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 6 else None
