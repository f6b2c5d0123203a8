"""Watch every test for leaks of the API secret and the tokens through any way out of the process.

The suite runs with a secret of its own (`tests/settings.py`). During each test, every response of
the dashboard, every log record, every statement and parameter sent to the database, every file in
the test's own folder and all printed output is searched for the secret, whole and in pieces.
Statements are searched before they run, so that values in a rolled-back transaction count as well.
"""

import json
import logging
import traceback
from pathlib import Path

import pytest
from django.core.handlers.base import BaseHandler
from django.db.backends.utils import CursorWrapper

from sessions_ui.pave.transport import request as pave_request

from .secret_search import SecretSearch

MAX_FILE_SIZE = 20_000_000  # bytes; larger files are not searched
OVERLAP = 200  # bytes of one part of a stream that are searched again with the next


class LeakWatch:
    """Search everything that leaves the process, and collect the leaks until they are taken."""

    def __init__(self, secret):
        self.search, self._leaks = SecretSearch(secret), []
        self.searched = dict.fromkeys(("response", "log", "database", "file", "print"), 0)

    def check(self, channel, text, where=""):
        """Search one text. `where` says more exactly where it came from."""
        self.searched[channel] += 1
        self._leaks += [f"{what} in a {channel} {where}" for what in self.search.found_in(text)]

    def take_leaks(self):
        """Return the leaks found since the last call, and forget them."""
        leaks, self._leaks = self._leaks, []
        return leaks

    def install(self):
        """Patch every way out of this process."""
        self._patch_signing()
        self._patch_responses()
        self._patch_logging()
        self._patch_database()
        self._patch_captured_output()

    def _patch_signing(self):
        sign = pave_request.token

        def record_token(*args):
            token = sign(*args)
            self.search.add([token])
            return token

        pave_request.token = record_token

    def _patch_responses(self):
        get_response = BaseHandler.get_response

        def watched(handler, request):
            response = get_response(handler, request)
            headers = f"{response.headers} {response.cookies.output()}"
            self.check("response", headers, request.path)
            if response.streaming:
                response.streaming_content = self._stream(response.streaming_content, request.path)
            else:
                self.check("response", response.content.decode("utf-8", "replace"), request.path)
            return response

        BaseHandler.get_response = watched

    def _stream(self, parts, path):
        previous = b""
        for part in parts:
            self.check("response", (previous + part).decode("utf-8", "replace"), path)
            previous = part[-OVERLAP:]
            yield part

    def _patch_logging(self):
        handle = logging.Logger.handle

        def watched(logger, record):
            self.check("log", _record_text(record), record.name)
            return handle(logger, record)

        logging.Logger.handle = watched

    def _patch_database(self):
        for name in ("execute", "executemany"):
            setattr(CursorWrapper, name, self._watch_statement(getattr(CursorWrapper, name)))

    def _watch_statement(self, execute):
        def watched(cursor, sql, params=None):
            self.check("database", f"{sql} {_params_text(params)}", sql[:60])
            return execute(cursor, sql, params)

        return watched

    def _patch_captured_output(self):
        read = pytest.CaptureFixture.readouterr

        def watched(fixture):
            output = read(fixture)
            self.check("print", f"{output.out} {output.err}")
            return output

        pytest.CaptureFixture.readouterr = watched

    def finish_test(self, test, report):
        """Search the test's folder and output, and fail the test if anything leaked during it."""
        if "tmp_path" in getattr(test, "funcargs", {}):
            self.check_folder(test.funcargs["tmp_path"])
        self.check("print", "\n".join(text for _, text in report.sections))
        leaks = self.take_leaks()
        if leaks:
            report.outcome, report.longrepr = "failed", "leaked: " + "; ".join(leaks)

    def check_folder(self, folder):
        """Search every file of a folder."""
        for path in sorted(Path(folder).rglob("*")):
            if path.is_file() and path.stat().st_size < MAX_FILE_SIZE:
                self.check("file", path.read_bytes().decode("latin-1"), path.name)


def _params_text(params):
    """Write out the parameters of a statement: bytes undecoded, containers with all they hold."""
    if isinstance(params, bytes | bytearray | memoryview):
        return bytes(params).decode("latin-1")
    if isinstance(params, dict):
        return " ".join(map(_params_text, params.values()))
    if isinstance(params, list | tuple):
        return " ".join(map(_params_text, params))
    return str(getattr(params, "obj", params))


def _record_text(record):
    """Write out all that any log formatter could show of a record, its traceback included."""
    trace = "".join(traceback.format_exception(*record.exc_info)) if record.exc_info else ""
    attributes = json.dumps(vars(record), default=repr)
    return f"{record.getMessage()} {attributes} {trace}"
