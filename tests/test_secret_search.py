"""Test that the search finds a secret whole, in pieces, and encoded."""

import base64
import secrets

from sessions_ui.domain.values.masking import scrub

from .secret_search import SecretSearch, new_canary

WITH_DIGITS = "canary-7f0123456789e8d41c5b99a2d07730ff"


def test_what_masking_leaves_of_a_secret_is_found():
    masked = scrub(f"The note says {WITH_DIGITS}.")
    assert WITH_DIGITS not in masked
    assert SecretSearch(WITH_DIGITS).found_in(masked) == ["the secret"]


def test_a_secret_is_found_in_every_encoding():
    secret = new_canary()
    raw = secret.encode()
    for text in (secret, secret[::-1], secret[9:20], raw.hex()):
        assert SecretSearch(secret).found_in(f"x{text}x") == ["the secret"]
    for prefix in (b"", b"u", b"us", b"use"):
        encoded = base64.b64encode(prefix + b":" + raw).decode()
        assert SecretSearch(secret).found_in(encoded) == ["the secret"]


def test_a_token_and_a_piece_of_one_are_found():
    search, token = SecretSearch(new_canary()), secrets.token_hex(32)
    search.add([token])
    for text in (token, token.upper(), token[11:40]):
        assert search.found_in(f"<p>{text}</p>") == ["a token"]


def test_nothing_is_found_in_other_texts():
    search = SecretSearch(new_canary())
    search.add([secrets.token_hex(32)])
    assert search.found_in(f"{secrets.token_hex(32)} {new_canary()[6:]} hash and words") == []
