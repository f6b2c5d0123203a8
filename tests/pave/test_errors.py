"""Test which statuses count as a definite refusal."""

from sessions_ui.pave.errors import (
    STATUS_ERRORS,
    PaveBusy,
    PaveNotFound,
    PaveRefused,
    PaveUnauthorised,
)


def test_the_definite_statuses_are_these_and_no_others():
    special = {401: PaveUnauthorised, 403: PaveUnauthorised, 404: PaveNotFound, 429: PaveBusy}
    plain = dict.fromkeys([400, 409, 413, 422], PaveRefused)
    assert dict(STATUS_ERRORS) == plain | special
