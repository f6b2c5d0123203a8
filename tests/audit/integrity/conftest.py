"""Fixtures for the tests of the audit's integrity."""

import pytest

from tests.integrity import make_sealed_entries


@pytest.fixture
def sealed(sealing):
    """Give the sealed ids, an id that was free before the seal, and the path of the copy."""
    return make_sealed_entries(sealing)
