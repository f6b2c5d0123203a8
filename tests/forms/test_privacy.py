"""Ask why personal values have to be shown, and whose are to be erased."""

import pytest

from sessions_ui.forms.privacy import EraseForm, RevealForm, SubjectForm

BASIS = "Letter of 3 November, article 17."


@pytest.mark.parametrize(
    ("word", "error"),
    [
        ("ERASE", None),
        ("erase", ["Type ERASE, in capitals."]),
        ("", ["Type ERASE to confirm."]),
    ],
)
def test_an_erasure_is_confirmed_by_the_exact_word(word, error):
    form = EraseForm({"sealed": "x", "basis": BASIS, "word": word})
    assert form.is_valid() == (error is None)
    assert form.errors.get("word") == error


def test_an_erasure_needs_a_legal_basis():
    form = EraseForm({"sealed": "x", "basis": "short", "word": "ERASE"})
    assert not form.is_valid()
    assert form.errors["basis"] == ["Write 10 characters or more: who asked, on what ground."]


def test_the_ids_of_the_reveal_form_are_its_own():
    assert RevealForm()["reason"].auto_id == "id_reveal_reason"


def test_a_subject_is_required():
    form = SubjectForm({"value": " "})
    assert not form.is_valid()
    assert form.errors["value"] == ["Write a phone number or a name."]
