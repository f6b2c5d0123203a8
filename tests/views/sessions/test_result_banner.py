"""Build the banner that shows the result of an edit."""

import pytest

from tests.pages import Page

pytestmark = pytest.mark.django_db(transaction=True)

REFUSALS = [
    ("denied", {"status": 401}, "not authorised at PAVE"),
    ("busy", {"retry_after": 20}, "in 20 s"),
    ("not_found", {}, "no longer knows this session"),
    ("refused", {"status": 422}, "PAVE refused the change"),
]


@pytest.mark.parametrize(("fault", "options", "words"), REFUSALS)
def test_each_refusal_has_its_own_words(agent, sandbox, fault, options, words):
    review = agent.review(session_theme="LITE")
    sandbox.state.fault(fault, method="PUT", **options)
    page = Page(agent.client.get(agent.send(review)["Location"]))
    assert page.outcome == "refused"
    assert words in page.soup.select_one("[data-outcome]").get_text(" ", strip=True)


def test_a_read_back_claims_effect_and_never_cause(agent, sandbox, settings):
    settings.PAVE_SETTLE_SECONDS = 0
    review = agent.review(session_theme="LITE")
    sandbox.state.fault("reset_before", method="PUT")
    page = Page(agent.client.get(agent.send(review)["Location"]))
    assert page.outcome == "not_in_effect"
    banner = page.soup.select_one("[data-outcome]").get_text(" ", strip=True)
    assert "Ignored" not in banner
    assert "Not in effect" in banner
    assert "Put it back into the form" in page.text


def test_a_field_that_changed_unasked_is_named(agent, sandbox):
    review = agent.review(session_theme="LITE")
    sandbox.state.fault("collateral", method="PUT", field="session.client_id", value="MOVED-1")
    page = Page(agent.client.get(agent.send(review)["Location"]))
    assert page.outcome == "confirmed"
    assert "Also changed in PAVE, though nobody sent it: Client ID" in page.text


def test_the_banner_on_an_unreadable_page_claims_nothing_of_pave(agent, sandbox):
    location = agent.send(agent.review(session_theme="LITE"))["Location"]
    sandbox.state.fault("error_before", method="GET", status=500, times=99)
    page = Page(agent.client.get(location))
    assert page.outcome == "confirmed"
    assert "Nothing was sent" not in page.text
    row = page.soup.select_one("[data-outcome] tbody tr")
    assert row.select_one('[data-label="PAVE holds now"]').get_text() == "–"
