"""Our own database goes away in the middle of a request: the house's own page, nothing lost, and
no word about an edit that the page cannot know."""

import pytest
from django.contrib.sessions.backends.db import SessionStore
from django.db import InterfaceError, InternalError, OperationalError, ProgrammingError

from tests.pages import Agent, Page
from tests.services.edits.test_submit import HELD, puts

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def agent(client, alice, sandbox):
    """Alice with a session in which every field is open, at a browser that shows every page."""
    client.raise_request_exception = False
    return Agent(client, alice, sandbox.state.create(status="IDLE", delivery="failed", **HELD))


def gone(error):
    """A log-in that cannot be read, or anything else that fails so."""

    def fail(*_, **__):
        raise error

    return fail


@pytest.mark.parametrize("kind", [OperationalError, InterfaceError, InternalError])
def test_a_log_in_that_cannot_be_read_is_not_lost(agent, monkeypatch, kind):
    cookie = agent.client.cookies["sessionid"].value
    monkeypatch.setattr(SessionStore, "load", gone(kind("the connection is lost")))
    response = agent.client.get(agent.url)
    assert Page(response).status == 503
    assert "cannot be shown now" in Page(response).text
    assert "sent" not in Page(response).text
    assert "sessionid" not in response.cookies
    monkeypatch.undo()
    assert agent.client.cookies["sessionid"].value == cookie
    assert agent.open().status == 200


def test_what_was_typed_stands_on_the_page_and_can_be_reviewed_later(agent, sandbox, monkeypatch):
    review = agent.review(session_theme="LITE")
    monkeypatch.setattr(SessionStore, "load", gone(OperationalError("gone")))
    page = Page(agent.send(review))
    assert page.status == 503
    assert "so none is sent" in page.text
    assert "nothing was sent" not in page.text.lower()  # an earlier post may have sent it
    assert "LITE" in page.text
    assert puts(sandbox) == []
    monkeypatch.undo()
    kept = {tag["name"]: tag["value"] for tag in page.soup.select("main input")}
    assert kept["action"] == "review"
    assert Page(agent.client.post(agent.url, kept)).payload


def test_other_pages_say_so_too(client, carol, monkeypatch):
    client.raise_request_exception = False
    client.force_login(carol)
    monkeypatch.setattr(
        "sessions_ui.services.audit.search.entries_page", gone(OperationalError("gone"))
    )
    page = Page(client.get("/audit/"))
    assert page.status == 503
    assert "cannot be shown now" in page.text
    monkeypatch.setattr(SessionStore, "load", gone(OperationalError("gone")))
    page = Page(client.post("/audit/1/close/", {"outcome": "in_effect", "note": "x"}))
    assert page.status == 503
    assert "it shows what is on record" in page.text


def test_a_mistake_of_ours_stays_a_mistake(agent, monkeypatch):
    broken = gone(ProgrammingError("no such column"))
    monkeypatch.setattr(SessionStore, "load", broken)
    assert agent.client.get(agent.url).status_code == 500
