"""Test the style that our pages and Django's admin share: tones, environment band, theme."""

import pytest

from .accessibility import assert_accessible

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

TONES = ("ok", "warn", "bad", "live")
COLOUR = "node => getComputedStyle(node).color"
DRAW = """([around, own]) => {
    const icon = '<svg class="i"></svg>', state = `<span class="state ${own}">${icon}</span>`
    const drawn = around ? `<div class="notice ${around}">${icon}<p>${state}</p></div>` : state
    document.querySelector('main').innerHTML = drawn
}"""
PEOPLE = ("/admin/", "/admin/auth/user/", "/admin/auth/user/add/")


def _colour(page, around, own):
    page.evaluate(DRAW, [around, own])
    return page.locator(f"main .state.{own} .i").evaluate(COLOUR)


def test_a_state_keeps_its_colour_inside_a_notice_of_any_tone(page, live_server):
    page.goto(f"{live_server.url}/accounts/login/")
    alone = {own: _colour(page, "", own) for own in TONES}
    assert len(set(alone.values())) == len(TONES)
    for around in TONES:
        assert {own: _colour(page, around, own) for own in TONES} == alone


@pytest.mark.parametrize("address", PEOPLE)
def test_the_pages_about_people_have_our_style(page, live_server, log_in, dora, picture, address):
    log_in(dora)
    page.goto(f"{live_server.url}{address}")
    assert page.locator(".env-band").is_visible()
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        assert_accessible(page, "color-contrast")
    picture("people" + address.strip("/").replace("/", "-"))
    page.emulate_media(color_scheme="light")
    light = page.locator("body").evaluate("node => getComputedStyle(node).backgroundColor")
    page.context.add_cookies([{"name": "theme", "value": "dark", "url": live_server.url}])
    page.reload()
    dark = page.locator("body").evaluate("node => getComputedStyle(node).backgroundColor")
    assert light != dark, "the theme that the person chose, not the system's"
