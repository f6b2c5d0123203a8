"""Test the error pages: their texts, that typed values are kept, that no fault shows through."""

from http import HTTPStatus

import pytest
from django.contrib.sessions.backends.db import SessionStore
from django.db import InterfaceError, InternalError, OperationalError, ProgrammingError
from django.test import Client, RequestFactory

from sessions_ui.models import Draft
from sessions_ui.services.edits.drafts import find_draft
from sessions_ui.services.edits.form_token import FormToken
from sessions_ui.views import fields
from sessions_ui.views.errors import server_error
from tests.edits import payloads
from tests.pages import Page, words

KEY = "LKS-7Q2M9XK4RD"

in_transactions = pytest.mark.django_db(transaction=True)


@pytest.fixture
def agent(agent):
    """Give alice at a browser that shows every page, also one for an exception."""
    agent.client.raise_request_exception = False
    return agent


def gone(error):
    """A log-in that cannot be read, or anything else that fails so."""

    def fail(*_, **__):
        raise error

    return fail


@in_transactions
@pytest.mark.parametrize("kind", [OperationalError, InterfaceError, InternalError])
def test_a_log_in_session_that_cannot_be_read_is_kept(agent, monkeypatch, kind):
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


@in_transactions
def test_typed_values_are_on_the_page_and_can_be_reviewed_later(agent, sandbox, monkeypatch):
    review = agent.review(session_theme="LITE")
    monkeypatch.setattr(SessionStore, "load", gone(OperationalError("gone")))
    page = Page(agent.send(review))
    assert page.status == 503
    assert "so none is sent" in page.text
    assert "nothing was sent" not in page.text.lower()  # an earlier post may have sent it
    assert "LITE" in page.text
    assert payloads(sandbox) == []
    monkeypatch.undo()
    inputs = {tag["name"]: tag["value"] for tag in page.soup.select("main input")}
    assert inputs["action"] == "review"
    assert Page(agent.client.post(agent.url, inputs)).payload


@in_transactions
def test_other_pages_say_that_they_cannot_be_shown(client, carol, monkeypatch):
    client.raise_request_exception = False
    client.force_login(carol)
    monkeypatch.setattr(
        "sessions_ui.services.audit.search.load_page", gone(OperationalError("gone"))
    )
    page = Page(client.get("/audit/"))
    assert page.status == 503
    assert "cannot be shown now" in page.text
    monkeypatch.setattr(SessionStore, "load", gone(OperationalError("gone")))
    page = Page(client.post("/audit/1/close/", {"outcome": "in_effect", "note": "x"}))
    assert page.status == 503
    assert "it shows what is on record" in page.text


@in_transactions
def test_a_programming_error_is_a_500(agent, monkeypatch):
    broken = gone(ProgrammingError("no such column"))
    monkeypatch.setattr(SessionStore, "load", broken)
    assert agent.client.get(agent.url).status_code == 500


@pytest.mark.parametrize(
    "address", ["/nowhere/", f"/sessions/{KEY}/x/y/", "/audit/x/", "/%3Cb%3E/"]
)
@pytest.mark.parametrize("debug", [True, False])
def test_an_unknown_address_gets_our_own_404_page(log_in, settings, address, debug):
    settings.DEBUG = debug
    answer = log_in("alice").get(address)
    assert answer.status_code == HTTPStatus.NOT_FOUND
    assert "There is no page at this address" in answer.text
    assert "Content-Security-Policy" in answer
    assert "<b>/" not in answer.text


def test_the_500_page_needs_neither_database_nor_log_in():
    request = RequestFactory().get("/", headers={"cookie": "theme=dark"})
    request.request_id = "4c8bab32"
    answer = server_error(request)  # no database mark: a query would fail
    assert answer.status_code == HTTPStatus.INTERNAL_SERVER_ERROR
    assert "Something went wrong on our side" in answer.text
    assert 'data-bs-theme="dark"' in answer.text
    assert "4c8bab32" in answer.text


def test_the_500_page_shows_nothing_of_the_exception(log_in, monkeypatch):
    def fail():
        raise RuntimeError("secret of /srv/app")

    monkeypatch.setattr(fields, "matrix", fail)
    client = log_in("alice")
    client.raise_request_exception = False
    answer = client.get("/fields/")
    assert answer.status_code == HTTPStatus.INTERNAL_SERVER_ERROR
    assert "Something went wrong on our side" in answer.text
    assert "secret" not in answer.text
    assert "Content-Security-Policy" in answer


def test_an_expired_form_is_explained_and_its_input_kept(alice):
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(alice)
    seen = FormToken(KEY, alice.id, {"vehicle.make": "Honda"}).sign()
    typed = {"seen": seen, "vehicle-make": "Toyota", "action": "review"}
    answer = strict.post(f"/sessions/{KEY}/", typed)
    assert answer.status_code == HTTPStatus.FORBIDDEN
    assert "This form was too old to be trusted" in answer.text
    assert f'href="/sessions/{KEY}/"' in answer.text
    draft = find_draft(actor_id=alice.id, session_key=KEY)
    assert draft.typed == {"vehicle.make": "Toyota"}


@pytest.mark.parametrize("address", ["/theme/", "/accounts/logout/", f"/sessions/{KEY}/"])
def test_a_post_without_a_csrf_token_is_refused(alice, address):
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(alice)
    answer = strict.post(address, {"seen": "forged"})
    assert answer.status_code == HTTPStatus.FORBIDDEN
    assert "This form was too old to be trusted" in answer.text
    assert not Draft.objects.exists()


def test_a_person_without_a_group_sees_who_can_help(log_in, dora):
    dora.first_name, dora.last_name = "Dora", "Lindqvist"
    dora.save()
    for address in ("/", "/sessions/", "/fields/", "/audit/"):
        answer = log_in("nora").get(address)
        assert answer.status_code == HTTPStatus.FORBIDDEN
        assert "Who can help:</strong> Dora Lindqvist" in answer.text
        assert "Log out" in answer.text


def test_a_person_with_the_wrong_role_sees_who_can_change_it(log_in):
    answer = log_in("dora").get("/sessions/")
    assert answer.status_code == HTTPStatus.FORBIDDEN
    assert "This page is not for your role" in answer.text
    assert "ask dora to change your group" in words(answer)
