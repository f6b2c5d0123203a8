"""The search for a secret finds it whole, in pieces, and written in another way."""

import base64
import secrets

from sessions_ui.domain.values.masking import scrub

from .canary import Search, new_canary

WITH_DIGITS = "canary-7f0123456789e8d41c5b99a2d07730ff"


def test_it_finds_what_scrubbing_leaves_of_a_secret():
    left = scrub(f"The note says {WITH_DIGITS}.")
    assert WITH_DIGITS not in left
    assert Search(WITH_DIGITS).found_in(left) == ["the secret"]


def test_it_finds_a_secret_in_each_way_of_writing():
    secret = new_canary()
    bare = secret.encode()
    for text in (secret, secret[::-1], secret[9:20], bare.hex()):
        assert Search(secret).found_in(f"x{text}x") == ["the secret"]
    for before in (b"", b"u", b"us", b"use"):
        written = base64.b64encode(before + b":" + bare).decode()
        assert Search(secret).found_in(written) == ["the secret"]


def test_it_finds_a_token_and_a_piece_of_one():
    search, token = Search(new_canary()), secrets.token_hex(32)
    search.add([token])
    for text in (token, token.upper(), token[11:40]):
        assert search.found_in(f"<p>{text}</p>") == ["a token"]


def test_it_finds_nothing_in_other_texts():
    search = Search(new_canary())
    search.add([secrets.token_hex(32)])
    assert search.found_in(f"{secrets.token_hex(32)} {new_canary()[6:]} hash and words") == []
