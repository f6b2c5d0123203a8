"""Markup is made in one place, which escapes; templates, scripts and styles keep to the policy."""

import re

import pytest
from django.utils.html import format_html

from paveadmin import ROOT
from sessions_ui.html import joined, markup

TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
CODE = sorted((ROOT / "sessions_ui").rglob("*.py"))


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_no_template_has_inline_style_or_script_or_unescaped_values(path):
    text = path.read_text()
    assert not re.search(
        r"<style|\sstyle\s*=|\son[a-z]+\s*=\s*[\"']|javascript:", text, re.IGNORECASE
    )
    assert not re.search(r"<script(?![^>]*\ssrc=)", text, re.IGNORECASE)
    assert not re.search(r"\|\s*safe\b|\|\s*safeseq\b|autoescape\s+off", text)


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_no_line_of_a_template_is_longer_than_120_columns(path):
    # `djlint --check` alone accepts a long line that it cannot break without adding white space.
    lines = path.read_text("utf-8").splitlines()
    assert [number for number, line in enumerate(lines, 1) if len(line) > 120] == []


@pytest.mark.parametrize("path", CODE, ids=lambda path: path.name)
def test_no_other_module_makes_markup(path):
    if path.name == "html.py":
        return
    assert not re.search(r"\bmark_safe\b|\bSafeString\(|\binnerHTML\b|__html__", path.read_text())


def test_everything_but_markup_is_escaped():
    bold = markup("<b>{}</b>", "<i> & \"x\" 'y' {}")
    assert bold == "<b>&lt;i&gt; &amp; &quot;x&quot; &#x27;y&#x27; {}</b>"
    assert markup("{}{}", bold, 3) == f"{bold}3"
    assert joined(markup("<wbr>"), ["<", bold, 7]) == f"&lt;<wbr>{bold}<wbr>7"
    assert joined(markup(""), []) == ""
    assert f"{bold}" in format_html("{}", bold)


def test_the_script_builds_no_markup_from_text():
    script = (ROOT / "static/sessions_ui/app.js").read_text()
    for word in ("innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval("):
        assert word not in script


def test_the_style_loads_nothing_from_elsewhere():
    style = (ROOT / "static/sessions_ui/app.css").read_text()
    assert "url(" not in style
    assert "@import" not in style
