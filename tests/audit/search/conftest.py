"""Fixtures for the search tests."""

import pytest
from django.contrib.auth.models import User


@pytest.fixture
def users(db):
    """Give user accounts to the actors `ALICE` and `BOB`."""
    User.objects.bulk_create([User(id=1, username="alice"), User(id=2, username="bob")])
