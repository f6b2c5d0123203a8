"""Provide a clock for tests: time moves only when a test or a pause moves it."""

from datetime import UTC, datetime, timedelta

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)
START = 100.0  # seconds, at noon


class FakeClock:
    """Call it for monotonic seconds, ``moment()`` for the time of day; ``pauses`` lists all pauses
    in seconds.
    """

    def __init__(self):
        self.now, self.pauses = START, []

    def __call__(self):
        return self.now

    def moment(self):
        return NOON + timedelta(seconds=self.now - START)

    def pause(self, seconds):
        self.pauses.append(seconds)
        self.now += seconds
