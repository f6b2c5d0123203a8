"""Test the pages around the features in a browser."""

import pytest

from .accessibility import assert_accessible

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

KEY = "LKS-7Q2M9XK4RD"
PAGES = {
    "login": (None, "/accounts/login/?next=/fields/"),
    "find-none": ("alice", "/sessions/?q=lakeshore honda"),
    "find-several": ("alice", f"/sessions/?q={KEY} NGF-4TB8WZ1HQC"),
    "fields": ("alice", "/fields/"),
    "not-found": ("alice", "/sessions/a/b/"),
    "not-permitted": ("dora", "/sessions/"),
    "no-role": ("nora", "/"),
}


@pytest.mark.parametrize("name", PAGES)
def test_the_pages_around_the_features_are_accessible(
    page, live_server, log_in, request, name, dora
):
    who, address = PAGES[name]
    if who:
        log_in(request.getfixturevalue(who))
    page.goto(f"{live_server.url}{address}")
    for width, scheme in ((1440, "light"), (320, "dark")):
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")  # no colour half-way
        assert_accessible(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
