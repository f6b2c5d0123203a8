"""Represent HTTP requests and responses apart from any socket, and read and write their JSON."""

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
        """The query's values; the last one of each name wins."""
        return {name: values[-1] for name, values in parse_qs(urlsplit(self.target).query).items()}

    @property
    def request_id(self) -> str:
        """The client's own id of this request, "" for none."""
        return self.headers.get("X-Request-ID", "")


@dataclass
class Response:
    """One HTTP response, and how it is sent.

    `send_mode` is plain, reset, cut, slow_headers or slow_body; the slow ones pause for
    `interval` seconds after every few bytes.
    """

    status: int = 200
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    send_mode: str = "plain"
    interval: float = 0.0


def json_response(document: Any, status: int = 200, **headers: str) -> Response:
    """Build a JSON response. Header names are written with `_` for `-`."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    body = json.dumps(document).encode()
    return Response(status, body, {"Content-Type": JSON_TYPE, **named})


def message_response(status: int, text: str) -> Response:
    """Build PAVE's plain error response: an object with one `message`."""
    return json_response({"message": text}, status)


def decode_json(body: bytes) -> Any:
    """Decode UTF-8 JSON as the standard defines it, without NaN. Raises ValueError."""

    def refuse(constant: str) -> None:
        raise ValueError(f"{constant} is not JSON")

    try:
        return json.loads(body.decode("utf-8"), parse_constant=refuse)
    except RecursionError as error:
        raise ValueError("nested too deep") from error
