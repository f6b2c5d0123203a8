"""Test the command that erases a person's number or name."""

from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from sessions_ui.models import AuditValue, Edit
from tests.audit.authors import intent
from tests.privacy import BASIS, PHONE, everywhere, moving, traces

pytestmark = pytest.mark.django_db(transaction=True)


def run(monkeypatch, *lines, **options):
    """Run the command with these lines on standard input, and give its output."""
    monkeypatch.setattr("sys.stdin", StringIO("".join(f"{line}\n" for line in lines)))
    out = StringIO()
    call_command("audit_erase", stdout=out, **options)
    return out.getvalue()


def test_it_asks_for_the_value_and_for_a_confirmation(monkeypatch):
    everywhere()
    output = run(monkeypatch, PHONE, "ERASE", basis=BASIS)
    assert "It stands in 2 edits and refusals (4 values)" in output
    assert "Erased: 4 values of 2 edits and refusals" in output
    assert not traces(output)
    assert not [
        text for text in AuditValue.objects.values_list("value", flat=True) if PHONE in text
    ]


@pytest.mark.parametrize(
    ("lines", "options", "words"),
    [
        ([PHONE, "erase"], {"basis": BASIS}, "Nothing was erased"),
        ([PHONE, ""], {"basis": BASIS}, "Nothing was erased"),
        (["ab"], {"basis": BASIS}, "neither a phone number nor a name"),
        ([PHONE, "ERASE"], {"basis": "short"}, "Say why"),
        ([], {"again": True, "lists": [Path("/nowhere/list")]}, "is no list of erasures"),
    ],
)
def test_nothing_is_erased_by_mistake(monkeypatch, lines, options, words):
    everywhere()
    before = AuditValue.objects.count()
    with pytest.raises(CommandError, match=words):
        run(monkeypatch, *lines, **options)
    assert AuditValue.objects.count() == before


def test_it_fails_and_says_what_is_left(monkeypatch):
    entry = intent({"sms.to": ("", PHONE)})
    moving(entry, "sent", **{"sms.to": ["", PHONE]})
    with pytest.raises(CommandError, match="1 edit under way holds it"):
        run(monkeypatch, PHONE, "ERASE", basis=BASIS)
    Edit.objects.update(state="confirmed")
    assert "1 value of 1 edit" in run(monkeypatch, again=True)
