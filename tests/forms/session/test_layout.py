"""Lay out the locked fields of a section, with the reason of their lock."""

import pytest

from sessions_ui.domain.catalogue import CATALOGUE, SECTIONS
from sessions_ui.domain.rules.policy import RULES, Reason, Verdict
from sessions_ui.forms.session.layout import SectionBlock
from sessions_ui.forms.session.row import FieldRow


@pytest.mark.django_db(transaction=True)
def test_locked_fields_are_greyed_with_the_reason(agent, sandbox, idle):
    sandbox.state.act(idle, "start")
    page = agent.open()
    locks = page.fields()
    assert locks["session.theme"] == "STARTED"
    assert locks["sms.to"] == "STARTED"
    assert locks["session.redirect_url"] is None
    theme = page.control("session.theme")
    assert theme.has_attr("readonly")
    assert not theme.has_attr("name")
    why = page.soup.select_one(f"#{theme['aria-describedby']}").get_text(" ", strip=True)
    assert "only before the customer starts" in why
    assert "To unlock" in why
    assert "Locked" in page.soup.select_one("#session").get_text()


def row(key, reason=None):
    """Give the row of a field, locked for this reason or open."""
    rule = next((rule for rule in RULES if rule.reason is reason), None)
    return FieldRow(CATALOGUE[key], Verdict(rule), "x")


def section_block(*rows):
    """Give the block of the session's section with these rows."""
    return SectionBlock(SECTIONS[0], rows)


def test_locked_fields_are_grouped_by_reason():
    block = section_block(
        row("session.theme", Reason.STARTED),
        row("session.language", Reason.COMPLETED),
        row("session.client_id", Reason.STARTED),
        row("session.redirect_url"),
    )
    assert [open_row.spec.key for open_row in block.open_rows] == ["session.redirect_url"]
    assert [(group.reason, group.title) for group in block.groups] == [
        ("STARTED", "theme and client ID"),
        ("COMPLETED", "language"),
    ]


def test_a_section_that_is_locked_as_a_whole_is_named_as_a_whole():
    block = section_block(
        row("session.theme", Reason.STARTED), row("session.language", Reason.STARTED)
    )
    assert [group.title for group in block.groups] == ["all 2 session fields"]
