"""Define when the audit is sealed and verified, and say these intervals in words."""

from datetime import timedelta

from sessions_ui.audit.integrity.sealing import ENTRIES_PER_CHECKPOINT

SEAL_INTERVAL = timedelta(minutes=1)
SEAL_LATE_AFTER = 5 * SEAL_INTERVAL
"""From this age of the last checkpoint on, pages warn that the next one is late."""
SEAL_AT_ONCE = ENTRIES_PER_CHECKPOINT
"""The number of unsealed entries that does not wait for the interval to pass."""
VERIFY_INTERVAL = timedelta(hours=1)

_UNITS = (("hour", timedelta(hours=1)), ("minute", timedelta(minutes=1)))


def name_interval(interval: timedelta) -> str:
    """An interval as it follows "each": ``minute``, ``5 minutes``, ``hour``, ``90 seconds``."""
    for name, unit in _UNITS:
        if interval >= unit and not interval % unit:
            count = interval // unit
            return name if count == 1 else f"{count} {name}s"
    return f"{interval.total_seconds():g} seconds"


def name_duration(interval: timedelta) -> str:
    """An interval as a length of time: ``a minute``, ``5 minutes``, ``an hour``."""
    name = name_interval(interval)
    if name[0].isdigit():
        return name
    return f"an {name}" if name == "hour" else f"a {name}"


def name_frequency(interval: timedelta) -> str:
    """Say how often something happens: ``once a minute``, ``once an hour``, ``every 2 hours``."""
    name = name_duration(interval)
    return f"every {name}" if name[0].isdigit() else f"once {name}"
