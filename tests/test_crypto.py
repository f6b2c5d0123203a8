"""Test that only the keys of the settings decrypt what was encrypted."""

import pytest

from sessions_ui.crypto import decrypt, encrypt

DOCUMENTS = [None, "", "647-555-0184", 7, [1, "é"], {"sms.to": "647-555-0184", "at": 1.5}]


@pytest.mark.parametrize("document", DOCUMENTS, ids=str)
def test_a_document_is_the_same_afterwards(document):
    assert decrypt(encrypt(document)) == document


def test_the_encrypted_text_shows_nothing_and_differs_each_time():
    encrypted = encrypt("647-555-0184")
    assert "555" not in encrypted
    assert encrypted.isascii()
    assert encrypted != encrypt("647-555-0184")


def test_a_former_key_still_decrypts_and_no_longer_encrypts(settings):
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "former", []
    encrypted = encrypt("kept")
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "present", ["former"]
    assert decrypt(encrypted) == "kept"
    newer = encrypt("kept")
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "former", []
    assert decrypt(newer) is None


@pytest.mark.parametrize("text", ["", "x", "gAAAAABx", "é", "AUDIT"])
def test_text_that_no_key_fits_gives_none(text):
    assert decrypt(text) is None


def test_a_changed_text_gives_none():
    encrypted = encrypt("kept")
    assert decrypt(encrypted[:-4] + ("AAAA" if encrypted[-4:] != "AAAA" else "BBBB")) is None
