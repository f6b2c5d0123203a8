"""Test what the page of a session shows, and the buttons that play its customer."""

import pytest
from bs4 import BeautifulSoup

from sessions_ui.pave.sandbox.fields import FIELDS
from sessions_ui.pave.sandbox.rules.customer import ACTIONS
from sessions_ui.pave.sandbox.rules.editability import STATUSES
from sessions_ui.pave.sandbox.sandbox_state import POKEABLE_ATTRIBUTES
from tests.pave.sandbox.raw_client import open_page, put
from tests.pave.sandbox.site.markup import HOSTILE, structure


def test_each_action_has_a_button(sandbox, key):
    text = open_page(sandbox, f"/customer/{key}").body.decode()
    for action in (*ACTIONS, "poke", "reset"):
        assert text.count(f'data-action="{action}"') == 1
    assert all(f'<option value="{name}"' in text for name in FIELDS.keys)


@pytest.mark.parametrize("field", FIELDS.keys)
def test_every_field_is_escaped(sandbox, key, field):
    sandbox.state.poke(key, field, HOSTILE)
    for path in ("/", f"/customer/{key}"):
        text = open_page(sandbox, path).body.decode()
        assert "<script" not in text
        assert "<img" not in text


@pytest.mark.parametrize("field", ["status", "delivery_status", "inspect_started_at"])
def test_read_only_values_are_escaped(sandbox, key, field):
    sandbox.state.poke(key, "delivery_message", HOSTILE)
    sandbox.state.poke(key, field, HOSTILE)
    for path in ("/", f"/customer/{key}"):
        assert b"<script" not in open_page(sandbox, path).body


def test_values_of_requests_are_escaped(sandbox, key):
    put(sandbox, key, {"session": {"theme": HOSTILE}})
    put(sandbox, key, {"session": {"status": HOSTILE}})
    put(sandbox, key, {"vehicle": {"trim": HOSTILE}})
    assert b"<script" not in open_page(sandbox, f"/customer/{key}").body
    lost = open_page(sandbox, "/customer/%3Cscript%3E")
    assert lost.status == 404
    assert b"<script" not in lost.body
    assert b"<script" not in open_page(sandbox, f"/?done={HOSTILE[:8]}").body


@pytest.mark.parametrize("status", ["IDLE", "COMPLETE", "a status of nobody"])
def test_hostile_values_everywhere_add_no_element(sandbox, key, status):
    pages = []
    without_slashes = HOSTILE.replace("/", "|")  # after a slash, a value gets a <wbr>
    for value in (without_slashes, "harmless"):
        for field in (*FIELDS.keys, *POKEABLE_ATTRIBUTES):
            sandbox.state.poke(key, field, value)
        session = sandbox.state.sessions[key]
        session.status = status if status in STATUSES else value
        session.title = session.created_at = value
        session.keep_origin()  # a title of its own is shown while the status is that of the origin
        pages.append(open_page(sandbox, f"/customer/{key}").body)
        pages.append(open_page(sandbox, "/").body)
    assert structure(pages[0]) == structure(pages[2])
    assert structure(pages[1]) == structure(pages[3])
    assert b"alert(1)" in pages[0]
    assert b"alert(1)" in pages[1]


def test_a_url_may_break_after_its_slashes_but_reads_as_one_word(sandbox):
    page = open_page(sandbox, "/customer/LKS-7Q2M9XK4RD")
    url = "https://lakeshorehonda.example.com/inspection/thank-you"
    cell = BeautifulSoup(page.body, "html.parser").find("dt", string="redirect_url").find_next("dd")
    assert cell.get_text().strip() == url
    assert len(cell.find_all("wbr")) == url.count("/") + 1
