"""Fixtures for the tests in a browser: pictures, log-in, and no errors on the console."""

import os
from pathlib import Path

import pytest
from playwright.sync_api import expect

PASSWORD = "correct horse battery"
PICTURED = (1440, 360)


@pytest.fixture
def picture(page):
    """Give a function that shows the page wide and narrow, light and dark, and takes pictures into
    the folder of the variable PICTURES.

    No window may need scrolling sideways, not even one of 320 px.
    """
    folder = os.environ.get("PICTURES")

    def take(name):
        for width, scheme in ((1600, "light"), (320, "dark"), (1440, "light"), (360, "dark")):
            page.emulate_media(color_scheme=scheme)
            page.set_viewport_size({"width": width, "height": 900})
            assert page.evaluate("document.documentElement.scrollWidth") <= width
            if not folder or width not in PICTURED:
                continue
            height = page.evaluate("document.documentElement.scrollHeight")
            page.set_viewport_size({"width": width, "height": height})  # the bar is at its end
            path = Path(folder, f"{name}-{width}-{scheme}.png")
            page.screenshot(path=path, caret="initial", animations="disabled")
        page.emulate_media(color_scheme="light")
        page.set_viewport_size({"width": 1280, "height": 900})

    return take


@pytest.fixture
def log_in(page, live_server):
    """Give a function that logs a person in through the log-in page, and out before."""

    def log_in(person):
        page.context.clear_cookies()
        page.goto(f"{live_server.url}/")
        page.fill("#id_username", person.username)
        page.fill("#id_password", PASSWORD)
        page.get_by_role("button", name="Log in").click()
        expect(page.get_by_role("heading", level=1)).to_be_visible()

    return log_in


@pytest.fixture(autouse=True)
def no_console_errors(page):
    """Fail on every error on the browser's console, violations of the content policy included."""
    errors = []
    page.on(
        "console", lambda message: errors.append(message.text) if message.type == "error" else None
    )
    page.on("pageerror", lambda error: errors.append(str(error)))
    yield errors
    assert [error for error in errors if "status of 4" not in error] == []
