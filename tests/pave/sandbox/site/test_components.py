"""Test the states, buttons and options that several pages show."""

import re

import pytest
from bs4 import BeautifulSoup

from sessions_ui.pave.sandbox.rules.editability import STATUSES
from sessions_ui.pave.sandbox.site.components import (
    DELIVERY_LOOKS,
    STATUS_LOOKS,
    UNKNOWN_STATUS,
    delivery_state,
    options,
    status_state,
)
from sessions_ui.pave.sandbox.site.rendering import FOLDER
from sessions_ui.pave.sandbox.state.seed_sessions import DELIVERY


def test_every_status_and_delivery_has_a_look():
    assert list(STATUS_LOOKS) == list(STATUSES)
    assert set(DELIVERY_LOOKS) == set(DELIVERY)


@pytest.mark.parametrize("look", [*STATUS_LOOKS.values(), *DELIVERY_LOOKS.values(), UNKNOWN_STATUS])
def test_every_icon_is_in_the_sprite(look):
    sprite = (FOLDER.parent / "static" / "icons.svg").read_text("utf-8")
    assert f'id="{look.icon}"' in sprite


def test_every_icon_of_a_template_is_in_the_sprite():
    sprite = (FOLDER.parent / "static" / "icons.svg").read_text("utf-8")
    templates = "".join(path.read_text("utf-8") for path in FOLDER.rglob("*.html"))
    names = set(re.findall(r"icons\.svg#([\w-]+)", templates))
    assert names
    assert all(f'id="{name}"' in sprite for name in names)


def test_an_unknown_status_is_shown_by_its_code():
    state = BeautifulSoup(status_state("ON_HOLD", chip=True), "html.parser").span
    assert state["data-status"] == "ON_HOLD"
    assert state["class"] == ["state", "chip", "warn"]
    assert state.get_text(" ", strip=True) == "Unknown status ON_HOLD"


def test_a_delivery_is_shown_in_words():
    state = BeautifulSoup(delivery_state("failed"), "html.parser").span
    assert (state["data-delivery"], state["class"]) == ("failed", ["state", "bad"])
    assert state.get_text(strip=True) == "Failed"


def test_one_option_is_selected():
    drawn = BeautifulSoup("".join(options([("a", "A"), ("b", "B")], "b")), "html.parser")
    assert [option.has_attr("selected") for option in drawn.find_all("option")] == [False, True]
