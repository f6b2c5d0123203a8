"""Test the form for the reason of an edit."""

from sessions_ui.forms.reason import REASON_NAMES, ReasonForm


def test_the_reason_other_needs_a_note_of_ten_characters():
    form = ReasonForm({"reason_code": "other", "reason_note": "short"})
    assert not form.is_valid()
    assert form.errors["reason_note"] == [
        "Write a note of 10 characters or more, because the reason is “Other”."
    ]


def test_a_reason_needs_a_code_from_the_list():
    assert ReasonForm({}).errors["reason_code"] == ["Choose the reason of this change."]
    form = ReasonForm({"reason_code": "boredom"})
    assert form.errors["reason_code"] == ["Choose a reason from the list."]


def test_a_change_of_the_text_message_needs_a_note():
    reason = {"reason_code": "wrong_number"}
    assert ReasonForm(reason, keys=["session.theme"]).is_valid()
    form = ReasonForm(reason, keys=["session.theme", "sms.to"])
    assert not form.is_valid()
    assert "because the text message changes" in form.errors["reason_note"][0]
    assert "because the text message changes" in form.fields["reason_note"].help_text


def test_the_names_of_the_inputs_are_those_of_the_form():
    assert tuple(ReasonForm.base_fields) == REASON_NAMES
