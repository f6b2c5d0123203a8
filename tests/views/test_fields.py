"""Test the page of fields and rules: every verdict as the policy gives it."""

import re

import pytest

from sessions_ui.domain.catalogue import CATALOGUE
from sessions_ui.domain.rules.policy import RULES, Status, verdict
from sessions_ui.views.fields import (
    TEXT_MESSAGE_CASES,
    describe_input,
    example_situation,
    matrix_rows,
)


def test_it_shows_every_verdict_as_the_policy_gives_it(log_in):
    page = log_in("alice").get("/fields/").text
    shown = []
    for row in re.findall(r'<tr role="row">\s*<th role="rowheader".*?</tr>', page, re.DOTALL):
        codes = re.findall(r'data-verdict="([^"]+)"', row)
        if codes:
            shown.append((re.search(r'<code class="sub">([^<]+)', row)[1], codes))
    expected = [
        (spec.key, [cell.code for cell in row.cells])
        for section in ("session", "vehicle", "sms")
        for spec in CATALOGUE.section(section)
        for row in matrix_rows(spec)
    ]
    assert shown == expected
    assert {key for key, _ in shown} == {spec.key for spec in CATALOGUE.writable}


@pytest.mark.parametrize("spec", CATALOGUE.writable, ids=lambda spec: spec.key)
def test_it_covers_every_case_of_the_policy(spec):
    rows = matrix_rows(spec)
    for name, sms in TEXT_MESSAGE_CASES:
        row = rows[0] if len(rows) == 1 else next(row for row in rows if name in row.case)
        for cell in row.cells:
            real = verdict(spec, example_situation(cell.status, sms))
            assert cell.code == (real.reason or "EDITABLE")
        assert [cell.status for cell in row.cells] == list(Status)


@pytest.mark.parametrize(
    ("key", "idle"),
    [
        ("session.redirect_url", {"": "EDITABLE"}),
        ("session.theme", {"": "EDITABLE"}),
        (
            "sms.to",
            {
                "text failed": "EDITABLE",
                "text accepted": "SMS_NOT_FAILED",
                "delivery not reported": "SMS_UNKNOWN",
                "no text message": "NO_SMS",
            },
        ),
        (
            "sms.by",
            {
                "text failed, text accepted, delivery not reported": "EDITABLE",
                "no text message": "NO_SMS",
            },
        ),
    ],
)
def test_it_splits_a_field_where_the_text_message_decides_too(key, idle):
    rows = matrix_rows(CATALOGUE[key])
    assert {row.case: row.cells[0].code for row in rows} == idle
    assert {row.cells[-3].code for row in rows} == {"COMPLETED"}


def test_it_explains_every_lock_and_every_field(log_in):
    page = log_in("carol").get("/fields/").text
    for rule in RULES:
        assert f'id="rule-{rule.reason}"' in page
    for spec in CATALOGUE:
        assert spec.key in page
    assert "Capture only · CAPT" in page


def test_it_describes_the_input_of_a_field():
    assert (
        describe_input(CATALOGUE["session.redirect_url"])
        == "A web address, at most 2,000 characters"
    )
    assert describe_input(CATALOGUE["session.language"]).startswith("English · EN, French · FR")
    assert describe_input(CATALOGUE["vehicle.make"]) == "Text, at most 255 characters"
