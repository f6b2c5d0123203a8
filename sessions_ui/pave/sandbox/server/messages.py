"""A request as it came in and a reply as it shall go out, apart from any socket."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import parse_qs, unquote, urlsplit

JSON_TYPE: Final = "application/json"


@dataclass(frozen=True)
class Request:
    """One HTTP request. `headers` looks names up without regard to case."""

    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes = b""

    @property
    def path(self) -> str:
        """The path as sent, still percent-encoded."""
        return urlsplit(self.target).path

    @property
    def parts(self) -> list[str]:
        """The path's segments, decoded one by one, so that %2F stays inside its segment."""
        return [unquote(part) for part in self.path.strip("/").split("/")]

    @property
    def query(self) -> dict[str, str]:
        """The query's values, the last of each name."""
        return {name: values[-1] for name, values in parse_qs(urlsplit(self.target).query).items()}

    @property
    def request_id(self) -> str:
        """What the client calls this request, "" for nothing."""
        return self.headers.get("X-Request-ID", "")


@dataclass
class Reply:
    """One HTTP answer. `manner`: plain, reset, cut, slow_headers or slow_body (`interval` s)."""

    status: int = 200
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    manner: str = "plain"
    interval: float = 0.0


def json_reply(document: Any, status: int = 200, **headers: str) -> Reply:
    """Give a JSON answer. Header names take `_` for `-`."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    body = json.dumps(document).encode()
    return Reply(status, body, {"Content-Type": JSON_TYPE, **named})


def message(status: int, text: str) -> Reply:
    """Give PAVE's plain error body: one `message`."""
    return json_reply({"message": text}, status)


def strict_json(body: bytes) -> Any:
    """Decode JSON as the standard has it: no NaN. Raises ValueError."""

    def refuse(word: str) -> None:
        raise ValueError(f"{word} is not JSON")

    try:
        return json.loads(body.decode("utf-8"), parse_constant=refuse)
    except RecursionError as error:
        raise ValueError("nested too deep") from error
