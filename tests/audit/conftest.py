"""Fixtures of the audit's tests."""

import pytest
from django.db import connection

from sessions_ui.audit.triggers import install_triggers

SEAL_KEY = "a-seal-key-that-only-the-tests-know-0001"


@pytest.fixture
def protected(db):
    """The triggers are in their place until the test's transaction is rolled back."""
    install_triggers(connection)


@pytest.fixture
def sealing(settings, tmp_path):
    """A key, and a file for the copy of the seals."""
    settings.AUDIT_SEAL_KEY = SEAL_KEY
    settings.AUDIT_SEAL_COPY = str(tmp_path / "seals" / "copy.jsonl")
    return tmp_path / "seals" / "copy.jsonl"
