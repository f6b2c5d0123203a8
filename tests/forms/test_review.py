"""Ask for a manager's mark on one audit entry, or on several at once."""

import pytest
from django.http import QueryDict

from sessions_ui.forms.review import MOST_AT_ONCE, BatchForm, MarkForm


@pytest.mark.parametrize(
    ("mark", "note", "error"),
    [
        ("reviewed", "", None),
        ("reopened", "", None),
        ("flagged", "", "Write why it should be looked at."),
        ("flagged", "Why this field?", None),
        ("commented", "", "Write your comment."),
        ("commented", "Asked the agent.", None),
    ],
)
def test_a_flag_and_a_comment_need_a_note(mark, note, error):
    form = MarkForm({"mark": mark, "note": note})
    assert form.is_valid() == (error is None)
    assert form.errors.get("note") == (error and [error])


def test_a_note_that_is_too_long_has_one_error():
    form = MarkForm({"mark": "commented", "note": "x" * 2001})
    assert not form.is_valid()
    assert len(form.errors["note"]) == 1


@pytest.mark.parametrize("mark", ["", "erased"])
def test_the_mark_is_from_the_list(mark):
    form = MarkForm({"mark": mark})
    assert not form.is_valid()
    assert set(form.errors) == {"mark"}


def test_the_ids_of_the_mark_form_are_its_own():
    assert MarkForm()["note"].auto_id == "mark_note"


def test_ticked_entries_are_ids_each_once():
    form = BatchForm(
        QueryDict("entry=4&entry=12&entry=4&entry=x&entry=-1&entry=9999999999999999999")
    )
    assert form.ticked() == [4, 12]


def test_only_so_many_entries_are_marked_at_once():
    posted = QueryDict("&".join(f"entry={number}" for number in range(MOST_AT_ONCE + 5)))
    assert BatchForm(posted).ticked() == list(range(MOST_AT_ONCE))


def test_a_form_without_a_post_has_no_ticked_entries():
    assert BatchForm(initial={"upto": 7}).ticked() == []
