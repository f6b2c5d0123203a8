"""Finding a secret wherever it went: whole, in pieces, or written in another way.

The house hides what looks like a phone number from free text, and many a secret has such digits
in it. So a search for the whole text would miss what is left of it: each piece counts.
"""

import base64
import re
import secrets
import string
from collections.abc import Collection, Iterator

PIECE, STEP = 8, 4  # so every eleven signs in a row hold one of the pieces
HEX_PIECE, HEX_STEP = 16, 8
TOKEN_PIECE = 16
_HEX = re.compile(rf"[0-9a-f]{{{TOKEN_PIECE},}}")


def new_canary() -> str:
    """A secret of letters alone, which no rule of the house takes for anything else."""
    return "canary" + "".join(secrets.choice(string.ascii_letters) for _ in range(34))


def _pieces(text: str, length: int, step: int = 1) -> set[str]:
    return {text[n : n + length] for n in range(0, len(text) - length + 1, step)}


def _spelled(secret: str) -> Iterator[str]:
    """Pieces of the secret: as it is, backwards, in hex, in base64 wherever in a line it began."""
    yield from _pieces(secret, PIECE, STEP)
    yield from _pieces(secret[::-1], PIECE, STEP)
    yield from _pieces(secret.encode().hex(), HEX_PIECE, HEX_STEP)
    for shift in range(3):
        written = base64.b64encode(b"\0" * shift + secret.encode()).decode()[4:-4]
        yield from _pieces(written, PIECE, STEP)


class Search:
    """Looks for one secret, and for tokens, which may grow in number between two looks."""

    def __init__(self, secret: str) -> None:
        self._pieces = sorted({*_spelled(secret)})
        self.tokens: set[str] = set()
        self._token_pieces: set[str] = set()

    def add(self, tokens: Collection[str]) -> None:
        """Look for these tokens, too: hex of 64 digits each."""
        for token in {*tokens} - self.tokens:
            self._token_pieces |= _pieces(token, TOKEN_PIECE)
        self.tokens |= {*tokens}

    def found_in(self, text: str) -> list[str]:
        """What of it stands in a text: `the secret`, `a token`, both or neither."""
        return [
            *(["the secret"] if any(piece in text for piece in self._pieces) else []),
            *(["a token"] if self._has_token(text) else []),
        ]

    def _has_token(self, text: str) -> bool:
        return any(
            not self._token_pieces.isdisjoint(_pieces(found, TOKEN_PIECE))
            for found in _HEX.findall(text.lower())
        )
