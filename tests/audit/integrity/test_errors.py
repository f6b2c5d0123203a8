"""Test that a failure passes between processes."""

import pickle

from sessions_ui.audit.integrity.errors import IntegrityFailure


def test_a_failure_can_be_pickled():
    came = pickle.loads(pickle.dumps(IntegrityFailure("Entry #7 is missing.", 7)))  # noqa: S301
    assert (str(came), came.entry_id) == ("Entry #7 is missing.", 7)
