"""Sign a form into a token, and send nothing without a valid one."""

from datetime import timedelta

import pytest
import time_machine
from django.core import signing

from sessions_ui.services.edits.form_token import SALT, FormToken, read_form_token
from tests.edits import payloads
from tests.pages import Page

KEY = "LKS-7Q2M9XK4RD"


@pytest.mark.django_db(transaction=True)
def test_nothing_is_sent_without_a_valid_token(agent, client, alice, bob, sandbox, idle):
    page = agent.open()
    typed = {**page.inputs(), "session-theme": "LITE"}
    for seen in ("", "forged", typed["seen"][:-2] + "xx"):
        back = Page(agent.post({**typed, "seen": seen}, "review"))
        assert back.status == 409
        assert back.shown("session.theme") == "LITE"
    client.force_login(bob)
    assert agent.post(typed, "review").status_code == 409
    other = sandbox.state.create(status="IDLE", delivery="failed")
    client.force_login(alice)
    assert client.post(f"/sessions/{other}/", {**typed, "action": "review"}).status_code == 409
    assert payloads(sandbox) == []


def test_a_token_is_valid_for_its_session_and_person_alone():
    signed = FormToken(KEY, 7, {"session.theme": "PRO"}, reverts=12).sign()
    token = read_form_token(signed, KEY, 7)
    assert (token.texts, token.reverts) == ({"session.theme": "PRO"}, 12)
    assert read_form_token(signed, KEY) == token, "for a post whose log-in has ended"
    assert read_form_token(signed, "LKS-OTHER12345", 7) is None
    assert read_form_token(signed, KEY, 8) is None


def test_a_token_is_valid_for_a_day():
    with time_machine.travel("2026-03-01T12:00:00Z", tick=False) as clock:
        signed = FormToken(KEY, 7, {}).sign()
        clock.shift(timedelta(hours=24))
        assert read_form_token(signed, KEY, 7)
        clock.shift(timedelta(seconds=1))
        assert read_form_token(signed, KEY, 7) is None


def test_a_token_with_unknown_contents_is_invalid():
    signed = signing.dumps({"session_key": KEY, "theme": "PRO"}, salt=SALT)
    assert read_form_token(signed, KEY, 7) is None


def test_the_token_of_a_review_binds_the_inputs_and_keeps_the_nonce():
    form = FormToken(KEY, 7, {})
    inputs = {"session-theme": "LITE", "vehicle-trim": "EX"}
    review = form.at_review(inputs)
    assert review.nonce == form.nonce
    assert review.binds(dict(reversed(inputs.items())))
    assert not review.binds({**inputs, "vehicle-trim": "LX"})
    assert not form.binds({}), "a form's token binds nothing"
