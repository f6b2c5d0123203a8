"""The signed copy of what a page showed: it travels with the form, and nothing is sent without it.

It binds the session, the person, the step and the nonce of one form, and carries the values that
the agent saw (before, in the three-way merge). At review it also binds the values to be sent.
"""

import hashlib
import json
import secrets
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import timedelta

from django.core import signing

SALT = "sessions_ui.seen"
VALID = timedelta(hours=24)
FORM, REVIEW = "form", "review"


def new_nonce() -> str:
    """A fresh nonce: 43 URL-safe characters, 256 random bits."""
    return secrets.token_urlsafe(32)


def digest_of(inputs: Mapping[str, str]) -> str:
    """SHA-256 over the ``<section>-<name>`` inputs of a post: equal digest, same values."""
    return hashlib.sha256(json.dumps(sorted(inputs.items())).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class FormToken:
    """What one page showed to one person: ``texts`` by field key; at review also ``bound``.

    ``read_at`` is PAVE's moment, ISO 8601 UTC; ``reverts`` the edit that is being taken back.
    """

    session_key: str
    actor_id: int
    texts: Mapping[str, str]
    read_at: str = ""
    step: str = FORM
    nonce: str = field(default_factory=new_nonce)
    bound: str = ""
    reverts: int = 0

    def sign(self) -> str:
        """The opaque token for the hidden input."""
        return signing.dumps(asdict(self), salt=SALT, compress=True)

    def at_review(self, inputs: Mapping[str, str]) -> "FormToken":
        """The copy for the review page: binds exactly these inputs, keeps the nonce."""
        return replace(self, step=REVIEW, bound=digest_of(inputs))

    def binds(self, inputs: Mapping[str, str]) -> bool:
        """Whether this is a review's copy and these are exactly the values that it bound."""
        return self.step == REVIEW and self.bound == digest_of(inputs)


def read_form_token(token: str, session_key: str, actor_id: int | None = None) -> FormToken | None:
    """The copy in a token; None when forged, older than a day, or of another session or person.

    ``actor_id`` None accepts any person: for a post whose log-in has ended.
    """
    try:
        seen = FormToken(**signing.loads(token, salt=SALT, max_age=VALID))
    except (signing.BadSignature, TypeError, ValueError):
        return None
    if seen.session_key != session_key or actor_id not in (None, seen.actor_id):
        return None
    return seen
