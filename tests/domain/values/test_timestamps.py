"""Test the spelling of a moment."""

from datetime import UTC, datetime, timedelta, timezone

from sessions_ui.domain.values.timestamps import iso_utc


def test_every_zone_gives_the_same_text():
    moment = datetime(2026, 11, 23, 19, 36, 17, 902004, tzinfo=UTC)
    assert iso_utc(moment) == "2026-11-23T19:36:17.902Z"
    assert iso_utc(moment.astimezone(timezone(timedelta(hours=-5)))) == iso_utc(moment)
    assert iso_utc(moment, "microseconds") == "2026-11-23T19:36:17.902004Z"
