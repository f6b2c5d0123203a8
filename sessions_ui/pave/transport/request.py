"""Describe one call to PAVE, and turn it into a signed HTTP request."""

import json
import re
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import quote

from requests import PreparedRequest, Request

from sessions_ui.pave.config import PaveConfig
from sessions_ui.pave.errors import PaveKeyError
from sessions_ui.pave.signing import timestamp, token

SESSION_KEY = re.compile(r"[A-Z0-9-]{3,40}")
REQUEST_ID = re.compile(r"[A-Za-z0-9._:-]{1,128}")

Credentials = Callable[[PaveConfig, datetime], dict[str, str]]
"""A function that returns the headers which authenticate a call made at this time."""


@dataclass(frozen=True)
class Call:
    """One call, before it is signed.

    Without a ``request_id`` one is made up. Raises ValueError if it does not fit into a header.
    """

    method: str
    path: str
    credentials: Credentials
    body: bytes | None = field(default=None, repr=False)
    request_id: str = ""

    def __post_init__(self) -> None:
        if not self.request_id:
            object.__setattr__(self, "request_id", uuid.uuid4().hex)
        if not REQUEST_ID.fullmatch(self.request_id):
            raise ValueError("request_id must be 1 to 128 letters, digits, or . _ : -")

    @property
    def is_read(self) -> bool:
        """Whether the call changes nothing, so that it may be retried."""
        return self.method == "GET"


def body_bytes(payload: Mapping[str, Any]) -> bytes:
    """Return the exact bytes that are sent for a payload: compact JSON in UTF-8.

    Raises ValueError or TypeError for values that JSON cannot express.
    """
    text = json.dumps(payload, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return text.encode("utf-8")


def is_session_key(text: object) -> bool:
    """Return whether this has the form of a session key."""
    return isinstance(text, str) and bool(SESSION_KEY.fullmatch(text))


def session_path(key: str, rest: str = "", *, root: str = "/v1/sessions/") -> str:
    """Return the path of a session, followed by ``rest``. Raises PaveKeyError if it is no key."""
    if not is_session_key(key):
        raise PaveKeyError
    return f"{root}{quote(key, safe='')}{rest}"


def v1_credentials(config: PaveConfig, moment: datetime) -> dict[str, str]:
    """Return the three headers of a v1 call, signed for this time (PAVE's *Authentication*)."""
    stamp = timestamp(moment)
    signature = token(config.username, config.api_key, config.api_secret, stamp)
    return {"API-Key": config.api_key, "API-Token": signature, "API-Timestamp": stamp}


def v2_credentials(config: PaveConfig, _moment: datetime) -> dict[str, str]:
    """Return the only header of a v2 call, the key itself (PAVE's page *POST Resend SMS*)."""
    return {"API-Access-Token": config.api_key}


def no_credentials(_config: PaveConfig, _moment: datetime) -> dict[str, str]:
    """Return no headers, for pages of the sandbox that PAVE does not have."""
    return {}


def prepare_request(call: Call, config: PaveConfig, moment: datetime) -> PreparedRequest:
    """Sign the call for this time and make it an HTTP request."""
    headers = {
        **call.credentials(config, moment),
        "Accept": "application/json",
        "Accept-Encoding": "identity",
        "Connection": "close",
        "User-Agent": "PAVE-Admin",
        "X-Request-ID": call.request_id,
    }
    if call.body is not None:
        headers["Content-type"] = "application/json"
    url = config.base_url + call.path
    return Request(call.method, url, headers=headers, data=call.body).prepare()


def secrets_of(request: PreparedRequest, config: PaveConfig) -> tuple[str, ...]:
    """List the texts that must not be shown if PAVE echoes them: key, secret, and token."""
    secrets = (config.api_key, config.api_secret.reveal(), request.headers.get("API-Token", ""))
    return tuple(secret for secret in secrets if secret)
