"""System checks: what can be wrong around us that no setting shows by itself.

`manage.py check --deploy` runs those of a deployment, `check --database default` those of the
database; `migrate` runs the latter by itself.
"""

import os
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Info, Tags, Warning, register

PAGE_BUDGET = 25.0  # seconds; gunicorn ends a request at 30
SHORTEST_KEY = 32


@register(Tags.security, deploy=True)
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


@register(Tags.security, deploy=True)
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


@register(Tags.database, deploy=True)
def sqlite_with_workers(**_: Any) -> list[CheckMessage]:
    """Note that SQLite is for one machine, where several workers are asked for."""
    engine = settings.DATABASES["default"]["ENGINE"]
    workers = os.environ.get("WEB_CONCURRENCY", "1")
    if "sqlite" not in engine or workers in {"", "1"}:
        return []
    return [
        Info(
            f"{workers} workers share one SQLite file: right on one machine with a local disk only.",
            hint="Set DATABASE_URL to PostgreSQL before a second machine joins.",
            id="sessions_ui.I003",
        )
    ]


@register()
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
