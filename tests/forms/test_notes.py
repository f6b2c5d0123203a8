"""Build the field for a note that a person must give."""

import pytest
from django.core.exceptions import ValidationError

from sessions_ui.forms.notes import note_field


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("", "Write how you know."),
        (" " * 20, "Write how you know."),
        ("too short", "Write 10 characters or more: how you know."),
    ],
)
def test_a_note_is_required_and_has_ten_characters(text, error):
    with pytest.raises(ValidationError) as raised:
        note_field("How you know", "how you know").clean(text)
    assert raised.value.messages == [error]


def test_the_sentence_for_a_short_note_may_be_shorter():
    field = note_field("Ground", "who asked for it, and on what ground", short_ask="who asked")
    with pytest.raises(ValidationError) as raised:
        field.clean("too short")
    assert raised.value.messages == ["Write 10 characters or more: who asked."]


def test_a_long_enough_note_is_valid():
    assert note_field("Note", "a note").clean(" I asked the dealer. ") == "I asked the dealer."
