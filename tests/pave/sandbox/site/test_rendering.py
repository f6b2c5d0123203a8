"""Test that every value is escaped, and that all markup is in readable files."""

import ast
import re
from pathlib import Path
from string import Template

import pytest
from bs4 import BeautifulSoup

from sessions_ui.pave.sandbox.site.rendering import FOLDER, Html, escaped, render
from tests.pave.sandbox.site.markup import HOSTILE, structure

TEMPLATES = sorted(str(path.relative_to(FOLDER).with_suffix("")) for path in FOLDER.rglob("*.html"))
TAG = re.compile(r"<[a-z][^>]*>")


def source(name):
    return (FOLDER / f"{name}.html").read_text("utf-8")


def placeholders(name):
    return Template(source(name)).get_identifiers()


@pytest.mark.parametrize("name", TEMPLATES)
def test_every_value_is_escaped(name):
    hostile = render(name, **dict.fromkeys(placeholders(name), HOSTILE))
    harmless = render(name, **dict.fromkeys(placeholders(name), "x"))
    assert structure(hostile) == structure(harmless)
    soup = BeautifulSoup(hostile, "html.parser")
    attributes = [value for tag in soup.find_all() for value in tag.attrs.values()]
    texts = [" ".join(value) if isinstance(value, list) else value for value in attributes]
    placed = " ".join([soup.get_text(), *texts]).count(HOSTILE)
    assert placed == len(re.findall(r"\$[a-z]", source(name)))


@pytest.mark.parametrize("name", TEMPLATES)
def test_placeholders_in_attributes_are_quoted(name):
    for tag in TAG.findall(source(name)):
        assert "$" not in re.sub(r'"[^"]*"', "", tag)


@pytest.mark.parametrize("name", TEMPLATES)
def test_templates_are_readable(name):
    for line in source(name).splitlines():
        assert len(line) <= 120
        assert len(TAG.findall(line)) <= 1, line


def test_markup_passes_and_everything_else_is_escaped():
    assert escaped(Html("<b>")) == "<b>"
    assert escaped("<b>") == "&lt;b&gt;"
    assert escaped([Html("<b>"), "<b>", 3]) == "<b>&lt;b&gt;3"
    assert escaped({"<b>": 1}) == "{&#x27;&lt;b&gt;&#x27;: 1}"
    assert type(render("subline", text="a")) is Html


def test_a_missing_value_is_an_error():
    with pytest.raises(KeyError, match="text"):
        render("subline")


def test_the_modules_of_the_site_hold_no_markup():
    for path in Path(FOLDER).parent.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                assert not re.search(r"</?[a-z]+[\s>]", node.value), path.name
