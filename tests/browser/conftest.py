"""A browser before the dashboard, a sandbox behind it, and a camera."""

import os
from pathlib import Path

import pytest
from playwright.sync_api import expect

PASSWORD = "correct horse battery"
KEPT = (1440, 360)


@pytest.fixture
def picture(page):
    """Look at a page wide and narrow, light and dark, and take pictures if PICTURES says where to.

    No window may need scrolling sideways, not even one of 320 px.
    """
    folder = os.environ.get("PICTURES")

    def take(name):
        for width, scheme in ((1600, "light"), (320, "dark"), (1440, "light"), (360, "dark")):
            page.emulate_media(color_scheme=scheme)
            page.set_viewport_size({"width": width, "height": 900})
            assert page.evaluate("document.documentElement.scrollWidth") <= width
            if not folder or width not in KEPT:
                continue
            height = page.evaluate("document.documentElement.scrollHeight")
            page.set_viewport_size({"width": width, "height": height})  # the bar stands at its end
            path = Path(folder, f"{name}-{width}-{scheme}.png")
            page.screenshot(path=path, caret="initial", animations="disabled")
        page.emulate_media(color_scheme="light")
        page.set_viewport_size({"width": 1280, "height": 900})

    return take


@pytest.fixture
def log_in(page, live_server):
    """Log a person in through the log-in page, out first if need be."""

    def enter(person):
        page.context.clear_cookies()
        page.goto(f"{live_server.url}/")
        page.fill("#id_username", person.username)
        page.fill("#id_password", PASSWORD)
        page.get_by_role("button", name="Log in").click()
        expect(page.get_by_role("heading", level=1)).to_be_visible()

    return enter


@pytest.fixture(autouse=True)
def complaints(page):
    """Fail on anything that the browser's console complains of, the page's own policy included."""
    heard = []
    page.on("console", lambda said: heard.append(said.text) if said.type == "error" else None)
    page.on("pageerror", lambda fault: heard.append(str(fault)))
    yield heard
    assert [one for one in heard if "status of 4" not in one] == []
