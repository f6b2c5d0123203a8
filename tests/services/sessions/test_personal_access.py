"""Record that personal values were shown."""

import pytest

from sessions_ui.models import AuditEntry

pytestmark = pytest.mark.django_db(transaction=True)


def test_it_is_recorded_once_an_hour_that_personal_values_were_shown(agent):
    agent.open()
    agent.open()
    assert AuditEntry.objects.filter(action="personal.seen").count() == 1
