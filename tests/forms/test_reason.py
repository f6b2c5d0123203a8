"""The form for the reason of an edit."""

from sessions_ui.forms.reason import ReasonForm


def test_the_reason_other_needs_a_note_of_ten_characters():
    form = ReasonForm({"reason_code": "other", "reason_note": "short"})
    assert not form.is_valid()
    assert form.errors["reason_note"] == [
        "Write a note of 10 characters or more, because the reason is “Other”."
    ]
