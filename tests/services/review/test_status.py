"""Test the status of review of one entry, of a list, and of the menu."""

import pytest
from django.utils import timezone

from sessions_ui.models import Flag
from sessions_ui.services.review.status import review_statuses
from tests.review import edit, mark, refusal, soup_of, unknown

pytestmark = pytest.mark.django_db


def test_the_menu_counts_the_waiting_entries(manager):
    def said():
        bar = soup_of(manager.get("/audit/")).select_one(".nav-main")
        return bar.find("a", string=None, href="/audit/review/").get_text(" ", strip=True)

    assert said() == "Review"
    unknown()
    refusal()
    manager.get("/audit/review/")
    assert said() == "Review 2 waiting"
    now = timezone.now()
    Flag.objects.bulk_create(
        Flag(entry_id=10_000 + n, cause="x", raised_at=now, raised_by="x") for n in range(150)
    )
    assert said() == "Review 99+ waiting"


def test_the_statuses_of_a_page_take_one_query(manager, django_assert_num_queries):
    ids = [edit() for _ in range(5)]
    for one in ids[:3]:
        mark(manager, one, "flagged", "ReviewCause")
    with django_assert_num_queries(1):
        assert set(review_statuses(ids)) == set(ids[:3])
