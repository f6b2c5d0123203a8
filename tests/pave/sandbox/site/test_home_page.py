"""Test the first page: sessions, switches and faults."""

from tests.pave.sandbox.raw_client import open_page, submit_form
from tests.pave.sandbox.site.markup import HOSTILE, structure


def test_every_session_is_listed(sandbox, key):
    page = open_page(sandbox, "/")
    text = page.body.decode()
    assert page.status == 200
    assert "This is a pretend PAVE. You play the customer here." in text
    for summary in sandbox.state.listing():
        assert f'href="/customer/{summary["session_key"]}"' in text
    for action in ("switches", "fault", "reseed"):
        assert f'data-action="{action}"' in text


def test_a_hostile_fault_adds_no_element(sandbox):
    pages = []
    for value in (HOSTILE, "SBX-0000000000"):
        sandbox.state.clear_faults()
        sandbox.state.fault("busy", key=value)
        pages.append(open_page(sandbox, "/").body)
    assert structure(pages[0]) == structure(pages[1])
    assert b"alert(1)" in pages[0]


def test_a_refusal_is_shown_as_text(sandbox):
    page = submit_form(sandbox, "/sandbox/faults", kind=HOSTILE)
    assert page.status == 422
    assert b"There is no fault" in page.body
    assert b"<script" not in page.body
