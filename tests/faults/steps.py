"""Count the steps of a request, and die or fail at the N-th.

A step is what the outside world can see or cut off: each SQL statement, each commit (before and
after), connecting to PAVE, each write and read on that connection, each page rendered; and, with
`calls`, each entry into and return from a function of services/, pave/ and audit/log/record.py.
Nothing here names those functions, so a new one is counted automatically.
"""

import os
import socket
import sys
from contextlib import contextmanager

from django.db import OperationalError, connection
from django.template.backends.django import Template

from paveadmin import ROOT

DIED, UNHARMED = 9, 10
_WATCHED = tuple(
    str(ROOT / "sessions_ui" / part) for part in ("services", "pave", "audit/log/record.py")
)


class Broken(RuntimeError):
    """What a function of ours raises at a fail point: no code expects it."""


class Steps:
    """Count steps; at number `at` die, raise an exception, or call something, as `manner` says.

    A `manner` that can be called is called from there on at each step, until it returns true. With
    `brief`, reading our own database is no step: to die there is to die at the step before.
    """

    def __init__(self, at=0, manner="crash", *, brief=False):
        self.at, self.manner, self.brief = at, manner, brief
        self.names = []
        self.waiting = callable(manner)

    def step(self, name, error=Broken):
        """Pass a step: go on, die, or raise `error`."""
        self.names.append(name)
        if self.waiting and len(self.names) >= self.at > 0:
            self.waiting = False  # the manner takes steps of its own
            self.waiting = not self.manner()
        if len(self.names) != self.at or callable(self.manner):
            return
        if self.manner == "crash":
            os._exit(DIED)
        raise error(f"fail point {self.at}: {name}")

    @property
    def struck(self):
        """Whether the fail point was reached."""
        return 0 < self.at <= len(self.names)

    def sql(self, execute, sql, params, many, context):
        """Count a statement, for `connection.execute_wrapper`."""
        words = sql.replace('"', "").split()
        if not (self.brief and words[0] in ("SELECT", "SAVEPOINT", "RELEASE")):
            self.step(f"sql {' '.join(words[:3])[:40]}", OperationalError)
        return execute(sql, params, many, context)

    def around(self, call, name, error, *, after=True):
        """Wrap a call in a step just before it and one just after it."""

        def counted(*args, **options):
            self.step(f"before {name}", error)
            result = call(*args, **options)
            if after:
                self.step(f"after {name}", error)
            return result

        return counted

    def profile(self, frame, event, _):
        """Count a function of ours, for `sys.setprofile`."""
        if event in ("call", "return") and frame.f_code.co_filename.startswith(_WATCHED):
            self.step(f"{event} {frame.f_code.co_qualname}")


@contextmanager
def counted(steps, *, calls=False):
    """Count the steps of everything that this thread does inside the block."""
    wrapped = [(socket.socket, "connect"), (socket.socket, "sendall"), (socket.socket, "recv_into"),
            (Template, "render"), (connection, "_commit")]  # fmt: skip
    before = [(owner, name, getattr(owner, name)) for owner, name in wrapped]
    socket.socket.connect = steps.around(socket.socket.connect, "connect", ConnectionRefusedError)
    socket.socket.sendall = steps.around(socket.socket.sendall, "write", BrokenPipeError)
    socket.socket.recv_into = steps.around(
        socket.socket.recv_into, "read", ConnectionResetError, after=False
    )
    Template.render = _pages(steps, Template.render)
    connection._commit = steps.around(connection._commit, "commit", OperationalError)
    if calls:
        sys.setprofile(steps.profile)
    try:
        with connection.execute_wrapper(steps.sql):
            yield
    finally:
        sys.setprofile(None)
        for owner, name, call in before:
            setattr(owner, name, call)


def _pages(steps, render):
    counted_render = steps.around(render, "page", Broken)

    def page(template, *args, **options):
        name = template.template.name or ""
        is_page = name.startswith("sessions_ui/") and "/_" not in name
        return (counted_render if is_page else render)(template, *args, **options)

    return page
