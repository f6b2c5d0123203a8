"""Test reasons of an edit: when a note is needed."""

from sessions_ui.domain.rules.edit_reasons import note_needed


def test_it_asks_for_a_note_where_one_is_needed():
    assert note_needed("other", ["session.theme"])
    assert note_needed("customer_request", ["sms.by"])
    assert note_needed("customer_request", ["session.theme"]) == ""
