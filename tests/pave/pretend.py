"""A bare caller for the tests of the sandbox: no client of ours, so each may be wrong alone."""

import http.client
import json
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

from sessions_ui.pave.sandbox import API_KEY
from sessions_ui.pave.sandbox.server.signing import token


@dataclass
class Heard:
    """An answer: status, body, headers in lower case."""

    status: int
    body: bytes
    headers: dict = field(default_factory=dict)

    @property
    def json(self):
        return json.loads(self.body)


def signature(*, age=0, form="%Y-%m-%dT%H:%M:%SZ", **changed):
    """Give the three headers, signed `age` seconds ago."""
    timestamp = (datetime.now(UTC) - timedelta(seconds=age)).strftime(form)
    headers = {"API-Key": API_KEY, "API-Timestamp": timestamp, "API-Token": token(timestamp)}
    return headers | changed


def say(sandbox, method, path, body=None, *, headers=None, timeout=5):
    """Send one request on a connection of its own; a dict or list goes out as JSON, signed."""
    place = urlsplit(sandbox.base_url)
    line = http.client.HTTPConnection(place.hostname, place.port, timeout=timeout)
    sent = {"Accept": "application/json", **(signature() if headers is None else headers)}
    if isinstance(body, dict | list):
        body = json.dumps(body).encode()
        sent.setdefault("Content-Type", "application/json")
    try:
        line.request(method, path, body=body, headers=sent)
        answer = line.getresponse()
        lowered = {name.lower(): value for name, value in answer.getheaders()}
        return Heard(answer.status, answer.read(), lowered)
    finally:
        line.close()


def put(sandbox, key, body, **more):
    """Send one PUT about a session."""
    return say(sandbox, "PUT", f"/v1/sessions/{key}", body, **more)


def get(sandbox, key, tail=""):
    """Send one GET about a session."""
    return say(sandbox, "GET", f"/v1/sessions/{key}{tail}")
