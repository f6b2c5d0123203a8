"""Test the status bar above the timeline."""

from datetime import timedelta

import pytest
from django.utils import timezone

from sessions_ui.models import Observation
from tests.audit.authors import edit, refusal

from .builders import observe, timeline_page

pytestmark = pytest.mark.django_db


def test_the_status_bar_has_bands_markers_and_the_same_in_words(client, alice):
    observe(ago=timedelta(hours=2))
    Observation.objects.update(last_seen_at=timezone.now() - timedelta(hours=1))
    edit()
    refusal()
    observe("STARTED", ago=timedelta(minutes=30))
    bar = timeline_page(client, alice).select_one("figure.course-strip")
    bands = [(one["x"], one["width"]) for one in bar.select(".course-strip-band")]
    # The clock goes on between the lines above, so a rounded number may differ by its last digit.
    assert bands[0][0] == "0.0%"
    assert bands[0][1] in ("50.0%", "49.99%", "50.01%")
    assert bands[1][0] in ("75.0%", "74.99%", "75.01%")
    assert (len(bar.select("circle")), len(bar.select("path"))) == (1, 1)
    caption = bar.figcaption.get_text(" ", strip=True)
    for words in ("Not started", "Started", "PAVE took (1)", "not settled (1)"):
        assert words in caption


def test_a_history_of_less_than_a_minute_has_no_status_bar(client, alice):
    observe()
    edit()
    assert not timeline_page(client, alice).select("figure.course-strip")
