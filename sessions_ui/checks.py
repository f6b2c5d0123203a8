"""Check what no setting shows by itself: weak keys, deadlines, missing triggers.

`manage.py check --deploy` runs the checks of a deployment, `check --database default` those of the
database; `migrate` runs the latter by itself.
"""

import os
from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Info, Tags, Warning, register
from django.db import connections

from sessions_ui.audit.integrity.triggers import missing_triggers
from sessions_ui.pave.config import PAGE_BUDGET

MIN_KEY_LENGTH = 32


def check_key_lengths(**_: Any) -> list[CheckMessage]:
    """Warn of keys of our own that are short enough to be guessed."""
    names = ("AUDIT_TOKEN_KEY", "AUDIT_SEAL_KEY")  # Django itself checks its secret key
    return [
        Warning(
            f"{name} has fewer than {MIN_KEY_LENGTH} characters.",
            hint="Make one: python -c 'import secrets; print(secrets.token_urlsafe(48))'",
            id="sessions_ui.W001",
        )
        for name in names
        if 0 < len(getattr(settings, name)) < MIN_KEY_LENGTH
    ]


def check_redirect_hosts(**_: Any) -> list[CheckMessage]:
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


def check_sqlite_workers(**_: Any) -> list[CheckMessage]:
    """Note that SQLite is for one machine, when several workers are configured."""
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


def check_deadlines(**_: Any) -> list[CheckMessage]:
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


def check_audit_triggers(*, databases: Sequence[str] | None = None, **_: Any) -> list[CheckMessage]:
    """Warn when the database would let audit entries be changed. No error, because `migrate`
    repairs it and an error would stop `migrate`."""
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


def register_checks() -> None:
    """Register every check with Django."""
    for check in (check_key_lengths, check_redirect_hosts, check_sqlite_workers):
        register(check, Tags.security, deploy=True)
    register(check_deadlines)
    register(check_audit_triggers, Tags.database)
