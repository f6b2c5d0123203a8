"""Encrypting what stands in the database only for a while: drafts and PAVE's last words.

The key comes from DJANGO_SECRET_KEY, so that a stolen database alone shows nothing; older keys in
SECRET_KEY_FALLBACKS still open what they closed.
"""

import base64
import hashlib
import json
from functools import lru_cache

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings


@lru_cache(maxsize=4)
def _box(secrets: tuple[str, ...]) -> MultiFernet:
    keys = (hashlib.sha256(f"sessions_ui.cipher:{one}".encode()).digest() for one in secrets)
    return MultiFernet([Fernet(base64.urlsafe_b64encode(key)) for key in keys])


def _now() -> MultiFernet:
    return _box((settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS))


def encrypt(document: object) -> str:
    """Any JSON value as an opaque text."""
    return _now().encrypt(json.dumps(document).encode()).decode()


def decrypt(sealed: str) -> object | None:
    """The value again; None when no present key opens it."""
    try:
        return json.loads(_now().decrypt(sealed.encode()))
    except InvalidToken:
        return None
