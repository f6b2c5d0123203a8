"""Search text for a secret: whole, in pieces, reversed, in hex or in base64.

The application masks whatever looks like a phone number in free text. A secret with such digits in
it would be masked in part, and a search for the whole secret would miss the rest. So every piece
counts.
"""

import base64
import re
import secrets
import string
from collections.abc import Collection, Iterator

PIECE, STEP = 8, 4  # so any eleven characters in a row contain one of the pieces
HEX_PIECE, HEX_STEP = 16, 8
TOKEN_PIECE = 16
_HEX = re.compile(rf"[0-9a-f]{{{TOKEN_PIECE},}}")


def new_canary() -> str:
    """Make a random secret of letters only, which no masking rule takes for anything else."""
    return "canary" + "".join(secrets.choice(string.ascii_letters) for _ in range(34))


def _pieces(text: str, length: int, step: int = 1) -> set[str]:
    return {text[n : n + length] for n in range(0, len(text) - length + 1, step)}


def _encoded_pieces(secret: str) -> Iterator[str]:
    """Cut the secret into pieces: as it is, reversed, in hex, and in base64 at each alignment."""
    yield from _pieces(secret, PIECE, STEP)
    yield from _pieces(secret[::-1], PIECE, STEP)
    yield from _pieces(secret.encode().hex(), HEX_PIECE, HEX_STEP)
    for shift in range(3):
        encoded = base64.b64encode(b"\0" * shift + secret.encode()).decode()[4:-4]
        yield from _pieces(encoded, PIECE, STEP)


class SecretSearch:
    """Search texts for one secret and for a growing set of tokens."""

    def __init__(self, secret: str) -> None:
        self._pieces = sorted({*_encoded_pieces(secret)})
        self.tokens: set[str] = set()
        self._token_pieces: set[str] = set()

    def add(self, tokens: Collection[str]) -> None:
        """Search for these tokens from now on, each of them 64 hex digits."""
        for token in {*tokens} - self.tokens:
            self._token_pieces |= _pieces(token, TOKEN_PIECE)
        self.tokens |= {*tokens}

    def found_in(self, text: str) -> list[str]:
        """List what the text contains: `the secret`, `a token`, both, or nothing."""
        return [
            *(["the secret"] if any(piece in text for piece in self._pieces) else []),
            *(["a token"] if self._has_token(text) else []),
        ]

    def _has_token(self, text: str) -> bool:
        return any(
            not self._token_pieces.isdisjoint(_pieces(digits, TOKEN_PIECE))
            for digits in _HEX.findall(text.lower())
        )
