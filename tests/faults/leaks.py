"""Looks for what must be in 0 bytes: the secret and every token, in all that was written."""

import json

from django.core.serializers.json import DjangoJSONEncoder

from sessions_ui.models import AuditEntry

from .checker import Violation


def _forbidden(world):
    return [world.secret, *world.pave.tokens()]


def leaks(world, only=()):
    """I9: the canary and the tokens in the audit of some sessions."""
    rows = AuditEntry.objects.filter(session_key__in=only).values()
    text = json.dumps([{**row, "hash": ""} for row in rows], cls=DjangoJSONEncoder)
    return [
        Violation("I9", None, "a secret stands in the audit")
        for word in _forbidden(world)
        if word in text
    ]
