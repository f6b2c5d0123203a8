"""A clock for tests: time stands still until a test or a pause moves it."""

from datetime import UTC, datetime, timedelta

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)


class Clock:
    """Call it for seconds that only grow; ``moment()`` is the time of day, ``pauses`` lists what
    was waited for.
    """

    def __init__(self):
        self.now, self.pauses = 100.0, []

    def __call__(self):
        return self.now

    def moment(self):
        return NOON + timedelta(seconds=self.now - 100)

    def pause(self, seconds):
        self.pauses.append(seconds)
        self.now += seconds
