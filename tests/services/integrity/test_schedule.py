"""Test that the intervals of sealing and verifying are said in words."""

from datetime import timedelta

import pytest

from sessions_ui.services.integrity.schedule import name_duration, name_frequency, name_interval


@pytest.mark.parametrize(
    ("interval", "name", "duration", "frequency"),
    [
        (timedelta(minutes=1), "minute", "a minute", "once a minute"),
        (timedelta(minutes=5), "5 minutes", "5 minutes", "every 5 minutes"),
        (timedelta(hours=1), "hour", "an hour", "once an hour"),
        (timedelta(hours=2), "2 hours", "2 hours", "every 2 hours"),
        (timedelta(seconds=90), "90 seconds", "90 seconds", "every 90 seconds"),
    ],
)
def test_an_interval_has_words_for_each_use(interval, name, duration, frequency):
    assert name_interval(interval) == name
    assert name_duration(interval) == duration
    assert name_frequency(interval) == frequency
