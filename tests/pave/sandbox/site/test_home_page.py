"""The first page: sessions, switches and faults."""

from tests.pave.sandbox.raw_client import open_page


def test_every_session_is_listed(sandbox, key):
    page = open_page(sandbox, "/")
    text = page.body.decode()
    assert page.status == 200
    assert "This is a pretend PAVE. You play the customer here." in text
    for each in sandbox.state.listing():
        assert f'href="/customer/{each["session_key"]}"' in text
    for action in ("switches", "fault", "reseed"):
        assert f'data-action="{action}"' in text
