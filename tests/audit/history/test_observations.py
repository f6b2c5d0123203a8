"""Test reports of what changed at PAVE from one observation to the next."""

from datetime import timedelta

import pytest
from django.utils import timezone

from sessions_ui.models import Observation
from tests.audit.authors import edit, ended, intent, sent

from .builders import observe, timeline_lines, timeline_page

pytestmark = pytest.mark.django_db


def lines_with(words, client, person):
    """The lines of the timeline that contain these words."""
    return [line for line in timeline_lines(timeline_page(client, person)) if words in line]


def test_only_a_stamp_that_is_not_from_our_own_edit_is_reported(client, alice):
    observe(ago=timedelta(minutes=9))
    edit_id = intent()
    sent(edit_id)
    ended(edit_id, "confirmed", new_version="2026-11-23T12:00:00Z")
    observe(stamp="2026-11-23T12:00:00Z", ago=timedelta(minutes=5))
    assert lines_with("stamp moved", client, alice) == []
    observe(stamp="2026-11-23T13:00:00Z")
    (line,) = lines_with("stamp moved", client, alice)
    assert "no edit of ours says why" in line


def test_a_change_made_elsewhere_is_reported_with_both_values(client, alice):
    observe(texts={"vehicle.make": "Honda", "session.theme": "LITE"}, ago=timedelta(minutes=9))
    edit()  # the theme, from LITE to PRO
    after = {"vehicle.make": "Acura", "session.theme": "pro"}
    observe(stamp="2026-11-23T12:00:00Z", texts=after)
    (line,) = lines_with("no edit of ours says so", client, alice)
    assert "Make was Honda → now Acura" in line.replace("  ", " ")
    assert "Theme" not in line


def test_a_change_back_to_a_value_that_we_sent_earlier_is_reported(client, alice):
    edit()  # the theme, to PRO
    for minutes, theme in ((9, "PRO"), (6, "LITE"), (3, "PRO")):
        Observation.objects.filter(pk=observe(texts={"session.theme": theme}).pk).update(
            seen_at=timezone.now() + timedelta(minutes=9 - minutes)
        )
    assert len(lines_with("no edit of ours says so", client, alice)) == 2


def test_a_change_by_our_own_edit_is_not_reported(client, alice):
    observe(texts={"session.theme": "LITE"}, ago=timedelta(minutes=9))
    edit_id = intent()
    sent(edit_id)
    ended(edit_id, "confirmed", new_version="2026-11-23T12:00:00Z")
    observe(stamp="2026-11-23T12:00:00Z", texts={"session.theme": "PRO"})
    assert lines_with("no edit of ours", client, alice) == []


def test_a_report_has_the_time_of_the_change_and_of_the_last_look_before_it(client, alice):
    observe(ago=timedelta(hours=3))
    observe("STARTED", started="2026-11-23T10:30:00Z")
    newest = timeline_page(client, alice).select("ol.steps > li")[0]
    times = [one["datetime"][:16] for one in newest.div.select("time")]
    assert times[0] == "2026-11-23T10:30"
    before = timezone.now() - timedelta(hours=3)
    assert times[1] in {
        (before - timedelta(minutes=late)).strftime("%Y-%m-%dT%H:%M") for late in (0, 1)
    }
