"""A watch over every test: the API secret and the tokens leave by no response, log or database.

The suite runs with a secret of its own (`tests/settings.py`). Whatever a test does, each answer of
ours, each line of a log, each value given to the database, each file in the test's own folder and
all that it printed is searched for it, whole and in pieces. In the database's case that includes
whatever the test rolls back.
"""

import json
import logging
import traceback
from pathlib import Path

import pytest
from django.core.handlers.base import BaseHandler
from django.db.backends.utils import CursorWrapper

from sessions_ui.pave.transport import request as pave_request

from .canary import Search

LARGEST = 20_000_000  # bytes of a file that are looked through


class Watch:
    """Looks at everything that leaves; keeps what it found until it is taken."""

    def __init__(self, secret):
        self.search, self._found = Search(secret), []
        self.looked = dict.fromkeys(("response", "log", "database", "file", "print"), 0)

    def look(self, place, text, words=""):
        """Search one text; `words` say more of where it stands."""
        self.looked[place] += 1
        self._found += [f"{what} in a {place} {words}" for what in self.search.found_in(text)]

    def taken(self):
        """What was found since the last time."""
        found, self._found = self._found, []
        return found

    def begin(self):
        """Put the watch at every way out of this process."""
        self._at_signing()
        self._at_answers()
        self._at_logs()
        self._at_the_database()
        self._at_the_prints()

    def _at_signing(self):
        sign = pave_request.token

        def noted(*args):
            made = sign(*args)
            self.search.add([made])
            return made

        pave_request.token = noted

    def _at_answers(self):
        answer = BaseHandler.get_response

        def watched(handler, asked):
            response = answer(handler, asked)
            heads = f"{response.headers} {response.cookies.output()}"
            self.look("response", heads, asked.path)
            if response.streaming:
                response.streaming_content = self._flowing(response.streaming_content, asked.path)
            else:
                self.look("response", response.content.decode("utf-8", "replace"), asked.path)
            return response

        BaseHandler.get_response = watched

    def _flowing(self, parts, path):
        before = b""
        for part in parts:
            self.look("response", (before + part).decode("utf-8", "replace"), path)
            before = part[-200:]
            yield part

    def _at_logs(self):
        handle = logging.Logger.handle

        def watched(logger, record):
            self.look("log", _told_by(record), record.name)
            return handle(logger, record)

        logging.Logger.handle = watched

    def _at_the_database(self):
        for name in ("execute", "executemany"):
            setattr(CursorWrapper, name, self._before(getattr(CursorWrapper, name)))

    def _before(self, execute):
        def watched(cursor, sql, params=None):
            self.look("database", f"{sql} {_plain(params)}", sql[:60])
            return execute(cursor, sql, params)

        return watched

    def _at_the_prints(self):
        read = pytest.CaptureFixture.readouterr

        def watched(captured):
            printed = read(captured)
            self.look("print", f"{printed.out} {printed.err}")
            return printed

        pytest.CaptureFixture.readouterr = watched

    def ended(self, test, report):
        """The end of a test: search its folder and its prints, and fail it where it leaked."""
        if "tmp_path" in getattr(test, "funcargs", {}):
            self.look_into(test.funcargs["tmp_path"])
        self.look("print", "\n".join(text for _, text in report.sections))
        found = self.taken()
        if found:
            report.outcome, report.longrepr = "failed", "leaked: " + "; ".join(found)

    def look_into(self, folder):
        """Search every file of a folder."""
        for path in sorted(Path(folder).rglob("*")):
            if path.is_file() and path.stat().st_size < LARGEST:
                self.look("file", path.read_bytes().decode("latin-1"), path.name)


def _plain(params):
    """The values as text: bytes as they are, containers with all that is in them."""
    if isinstance(params, bytes | bytearray | memoryview):
        return bytes(params).decode("latin-1")
    if isinstance(params, dict):
        return " ".join(map(_plain, params.values()))
    if isinstance(params, list | tuple):
        return " ".join(map(_plain, params))
    return str(getattr(params, "obj", params))


def _told_by(record):
    """All that a log can make of a record, and more: the text of its error as well."""
    trace = "".join(traceback.format_exception(*record.exc_info)) if record.exc_info else ""
    more = json.dumps(vars(record), default=repr)
    return f"{record.getMessage()} {more} {trace}"
