"""System checks: what can be wrong around us that no setting shows by itself.

`manage.py check --deploy` runs those of a deployment, `check --database default` those of the
database; `migrate` runs the latter by itself.
"""

import os
from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Info, Tags, Warning, register
from django.db import connections

from sessions_ui.audit.integrity.triggers import missing_triggers

PAGE_BUDGET = 25.0  # seconds; gunicorn ends a request at 30
SHORTEST_KEY = 32


def weak_keys(**_: Any) -> list[CheckMessage]:
    """Warn of keys of our own that are short enough to be guessed."""
    names = ("AUDIT_TOKEN_KEY", "AUDIT_SEAL_KEY")  # Django itself judges its secret key
    return [
        Warning(
            f"{name} has fewer than {SHORTEST_KEY} characters.",
            hint="Make one: python -c 'import secrets; print(secrets.token_urlsafe(48))'",
            id="sessions_ui.W001",
        )
        for name in names
        if 0 < len(getattr(settings, name)) < SHORTEST_KEY
    ]


def redirect_hosts(**_: Any) -> list[CheckMessage]:
    """Warn when a redirect URL may name any public host."""
    if settings.PAVE_REDIRECT_HOSTS:
        return []
    return [
        Warning(
            "PAVE_REDIRECT_HOSTS is empty: customers may be sent to any public https host.",
            hint="List the hosts that your dealers use, with commas between.",
            id="sessions_ui.W002",
        )
    ]


def sqlite_with_workers(**_: Any) -> list[CheckMessage]:
    """Note that SQLite is for one machine, where several workers are asked for."""
    workers = os.environ.get("WEB_CONCURRENCY", "1")
    if connections["default"].vendor != "sqlite" or workers in {"", "1"}:
        return []
    return [
        Info(
            f"{workers} workers share one SQLite file: right on one machine only.",
            hint="Set DATABASE_URL to PostgreSQL before a second machine joins.",
            id="sessions_ui.I003",
        )
    ]


def deadlines_fit(**_: Any) -> list[CheckMessage]:
    """Warn when one call to PAVE may last longer than a page may."""
    longest = max(settings.PAVE.get_deadline, settings.PAVE.put_deadline)
    if longest < PAGE_BUDGET:
        return []
    return [
        Warning(
            f"A call to PAVE may take {longest:g} s, longer than a page's {PAGE_BUDGET:g} s.",
            hint="Lower PAVE_GET_DEADLINE or PAVE_PUT_DEADLINE.",
            id="sessions_ui.W004",
        )
    ]


def audit_triggers(*, databases: Sequence[str] | None = None, **_: Any) -> list[CheckMessage]:
    """Warn when the database would let the record be changed. No error: `migrate` mends it, and
    an error would stop `migrate`.
    """
    return [
        Warning(
            f"The audit can be changed: {', '.join(missing)} not in place in {alias}.",
            hint="Run: python manage.py migrate",
            id="sessions_ui.W005",
        )
        for alias in databases or []
        if "audit_entry" in connections[alias].introspection.table_names()
        and (missing := missing_triggers(connections[alias]))
    ]


def register_all() -> None:
    """Hand the checks to Django."""
    for check in (weak_keys, redirect_hosts, sqlite_with_workers):
        register(check, Tags.security, deploy=True)
    register(deadlines_fit)
    register(audit_triggers, Tags.database)
