"""One session's page: what it shows of the session, and the buttons that play its customer."""

import pytest
from bs4 import BeautifulSoup

from sessions_ui.pave.sandbox import start_sandbox
from sessions_ui.pave.sandbox.fields import FIELDS
from sessions_ui.pave.sandbox.rules.customer import ACTIONS
from tests.pave.sandbox.raw_client import open_page, put, send

EVIL = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>"


def test_each_action_has_a_button(sandbox, key):
    text = open_page(sandbox, f"/customer/{key}").body.decode()
    for action in (*ACTIONS, "poke", "reset"):
        assert text.count(f'data-action="{action}"') == 1
    assert all(f'<option value="{name}"' in text for name in FIELDS.keys)


@pytest.mark.parametrize("field", FIELDS.keys)
def test_every_field_is_escaped(sandbox, key, field):
    sandbox.state.poke(key, field, EVIL)
    for path in ("/", f"/customer/{key}"):
        text = open_page(sandbox, path).body.decode()
        assert "<script" not in text
        assert "<img" not in text


@pytest.mark.parametrize("field", ["status", "delivery_status", "inspect_started_at"])
def test_read_only_values_are_escaped(sandbox, key, field):
    sandbox.state.poke(key, "delivery_message", EVIL)
    sandbox.state.poke(key, field, EVIL)
    for path in ("/", f"/customer/{key}"):
        assert b"<script" not in open_page(sandbox, path).body


def test_values_of_requests_are_escaped(sandbox, key):
    put(sandbox, key, {"session": {"theme": EVIL}})
    put(sandbox, key, {"session": {"status": EVIL}})
    put(sandbox, key, {"vehicle": {"trim": EVIL}})
    assert b"<script" not in open_page(sandbox, f"/customer/{key}").body
    lost = open_page(sandbox, "/customer/%3Cscript%3E")
    assert lost.status == 404
    assert b"<script" not in lost.body
    assert b"<script" not in open_page(sandbox, f"/?done={EVIL[:8]}").body


def test_a_url_may_break_after_its_slashes_but_reads_as_one_word():
    with start_sandbox() as sandbox:
        page = send(sandbox, "GET", "/customer/LKS-7Q2M9XK4RD", headers={"Accept": "text/html"})
    url = "https://lakeshorehonda.example.com/inspection/thank-you"
    cell = BeautifulSoup(page.body, "html.parser").find("dt", string="redirect_url").find_next("dd")
    assert cell.get_text().strip() == url
    assert len(cell.find_all("wbr")) == url.count("/") + 1
