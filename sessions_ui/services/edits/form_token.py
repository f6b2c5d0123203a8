"""Sign the state of a form page into a token that comes back with the form.

Nothing is sent to PAVE without a valid token. It binds the session, the person, the step and the
nonce of one form, and carries the values that the page showed: the base of the three-way merge. The
token of a review page also binds the values to be sent.
"""

import hashlib
import json
import secrets
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import timedelta

from django.core import signing

SALT = "sessions_ui.seen"
MAX_AGE = timedelta(hours=24)
FORM, REVIEW = "form", "review"


def new_nonce() -> str:
    """Return a fresh nonce: 43 URL-safe characters, 256 random bits."""
    return secrets.token_urlsafe(32)


def digest_of(inputs: Mapping[str, str]) -> str:
    """Return the SHA-256 of the ``<section>-<name>`` inputs of a post, in any order."""
    return hashlib.sha256(json.dumps(sorted(inputs.items())).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class FormToken:
    """Describe one form that was shown to one person.

    ``texts`` are the values shown, by field key; ``read_at`` is when PAVE was read, ISO 8601 UTC;
    ``bound`` is the digest of the inputs that a review page binds; ``reverts`` is the id of the
    edit to be reverted, 0 for none. The names of the attributes are part of tokens in use.
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
        """Return the opaque token for the form's hidden input ``seen``."""
        return signing.dumps(asdict(self), salt=SALT, compress=True)

    def at_review(self, inputs: Mapping[str, str]) -> "FormToken":
        """Return the token of the review page, which binds these inputs and keeps the nonce."""
        return replace(self, step=REVIEW, bound=digest_of(inputs))

    def binds(self, inputs: Mapping[str, str]) -> bool:
        """Return whether this is a review page's token and binds exactly these inputs."""
        return self.step == REVIEW and self.bound == digest_of(inputs)


def read_form_token(signed: str, session_key: str, actor_id: int | None = None) -> FormToken | None:
    """Verify a signed token and return its contents.

    None when it is forged, older than a day, or was made for another session or person.
    ``actor_id`` None accepts any person: for a post that arrives after the log-in has ended.
    """
    try:
        token = FormToken(**signing.loads(signed, salt=SALT, max_age=MAX_AGE))
    except (signing.BadSignature, TypeError, ValueError):
        return None
    if token.session_key != session_key or actor_id not in (None, token.actor_id):
        return None
    return token
