"""Call the sandbox over plain HTTP.

The sandbox's tests use this module and not our PAVE client, so that a mistake in the client cannot
hide the same mistake in the sandbox.
"""

import http.client
import json
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode, urlsplit

from sessions_ui.pave.sandbox import API_KEY
from sessions_ui.pave.sandbox.server.signing import token

FORM_HEADERS = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "text/html"}


@dataclass
class Response:
    """One HTTP response; the names of its headers are in lower case."""

    status: int
    body: bytes
    headers: dict = field(default_factory=dict)

    @property
    def json(self):
        return json.loads(self.body)


def signed_headers(*, age=0, form="%Y-%m-%dT%H:%M:%SZ", **changed):
    """Give the three headers that PAVE requires, signed `age` seconds ago."""
    timestamp = (datetime.now(UTC) - timedelta(seconds=age)).strftime(form)
    headers = {"API-Key": API_KEY, "API-Timestamp": timestamp, "API-Token": token(timestamp)}
    return headers | changed


def send(sandbox, method, path, body=None, *, headers=None, timeout=5):
    """Send one request on a connection of its own; a dict or list goes out as JSON, signed."""
    address = urlsplit(sandbox.base_url)
    connection = http.client.HTTPConnection(address.hostname, address.port, timeout=timeout)
    headers = {"Accept": "application/json", **(signed_headers() if headers is None else headers)}
    if isinstance(body, dict | list):
        body = json.dumps(body).encode()
        headers.setdefault("Content-Type", "application/json")
    try:
        connection.request(method, path, body=body, headers=headers)
        response = connection.getresponse()
        lowered = {name.lower(): value for name, value in response.getheaders()}
        return Response(response.status, response.read(), lowered)
    finally:
        connection.close()


def put(sandbox, key, body, **options):
    """Send one PUT about a session."""
    return send(sandbox, "PUT", f"/v1/sessions/{key}", body, **options)


def get(sandbox, key, tail=""):
    """Send one GET about a session."""
    return send(sandbox, "GET", f"/v1/sessions/{key}{tail}")


def open_page(sandbox, path, **headers):
    """Open one of the sandbox's own pages as a browser does."""
    return send(sandbox, "GET", path, headers={"Accept": "text/html", **headers})


def submit_form(sandbox, path, **fields):
    """Submit a form of the sandbox's own pages as a browser does."""
    return send(sandbox, "POST", path, urlencode(fields), headers=dict(FORM_HEADERS))


def post_json(sandbox, path, body=None, **headers):
    """Post JSON to one of the sandbox's controls as a program does."""
    return send(sandbox, "POST", path, body or {}, headers=headers)
