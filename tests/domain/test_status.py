"""Test statuses and deliveries: every word of PAVE's manual is known, and a blank is no error."""

import pytest

from sessions_ui.domain.status import RAIL, Delivery, Stage, Status, classify_delivery


@pytest.mark.parametrize("status", Status, ids=str)
def test_every_status_is_found_by_its_name_and_has_words(status):
    assert Status.of(status.value) is status
    assert status.dashboard
    assert status.label
    assert status.icon


@pytest.mark.parametrize("text", ["", "idle", "DELETED", " IDLE"])
def test_another_word_is_no_status(text):
    assert Status.of(text) is None


def test_the_rail_leads_from_the_start_to_completion_past_no_dead_end():
    assert RAIL[0] is Status.IDLE
    assert RAIL[-1] is Status.COMPLETE
    assert all(status.stage is not Stage.DEAD for status in RAIL)


@pytest.mark.parametrize(
    ("text", "delivery"),
    [
        ("201 Created", Delivery.OK),
        ("200", Delivery.OK),
        ("400 Bad Request", Delivery.ERROR),
        ("failed", Delivery.ERROR),
        ("2010", Delivery.ERROR),
        ("", Delivery.UNKNOWN),
        ("  ", Delivery.UNKNOWN),
    ],
)
def test_it_classifies_a_delivery(text, delivery):
    assert classify_delivery(text) is delivery
