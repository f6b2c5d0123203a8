"""Encrypt what the database holds only for a while, such as drafts and PAVE's latest responses.

The key is derived from DJANGO_SECRET_KEY, so a stolen database alone reveals nothing; keys in
SECRET_KEY_FALLBACKS still decrypt what they encrypted.
"""

import base64
import hashlib
import json
from functools import lru_cache

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings


@lru_cache(maxsize=4)
def _make_cipher(secrets: tuple[str, ...]) -> MultiFernet:
    keys = (hashlib.sha256(f"sessions_ui.cipher:{secret}".encode()).digest() for secret in secrets)
    return MultiFernet([Fernet(base64.urlsafe_b64encode(key)) for key in keys])


def _cipher() -> MultiFernet:
    return _make_cipher((settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS))


def encrypt(document: object) -> str:
    """Encrypt a JSON document; gives printable text."""
    return _cipher().encrypt(json.dumps(document).encode()).decode()


def decrypt(encrypted: str) -> object | None:
    """Decrypt a document; None when no present key fits."""
    try:
        document: object = json.loads(_cipher().decrypt(encrypted.encode()))
    except InvalidToken:
        return None
    return document
