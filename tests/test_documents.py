"""Test the documents for contributors: every path and name in them exists, and the walk is true."""

import ast
import re
import sys
from pathlib import Path

import pytest

import sessions_ui
from paveadmin import ROOT
from tests.pages import Agent

PACKAGE = Path(sessions_ui.__file__).parent
DOCUMENTS = ("README.md", "CONTRIBUTING.md", "SECURITY.md", "docs/architecture.md")
PREFIXES = ("", "sessions_ui/", "templates/sessions_ui/")
PATH = re.compile(r"`([\w./-]+/[\w.-]*|[\w-]+\.(?:py|html|md|toml|yaml))`")
IMPLIED = re.compile(r"^(/|\.local/|\.venv|https?:|tests\.|[A-Z_]+/)")
# `Name` in the same sentence as a path: the name is in that file.
STEP = re.compile(r"^\d\. .*?(?=^\d\. |^#|\Z)", re.MULTILINE | re.DOTALL)
NAME = re.compile(r"`([A-Za-z_]+)`")


def exists(path):
    """Whether the path of a document is there, perhaps below one of the usual folders."""
    return any((ROOT / prefix / path).exists() for prefix in PREFIXES)


def missing_paths(text):
    """Give the paths in a text that lead nowhere."""
    return [path for path in PATH.findall(text) if not IMPLIED.match(path) and not exists(path)]


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_path_in_a_document_exists(document):
    assert missing_paths((ROOT / document).read_text("utf-8")) == []


def test_it_notices_a_path_that_leads_nowhere():
    assert missing_paths("See `services/edits/gone.py` and `tests/nowhere/`.") == [
        "services/edits/gone.py",
        "tests/nowhere/",
    ]


def test_every_name_in_a_step_is_in_a_file_of_that_step():
    steps = STEP.findall((ROOT / "CONTRIBUTING.md").read_text("utf-8"))
    assert len(steps) > 10
    for step in steps:
        files = [ROOT / path for path in PATH.findall(step) if path.endswith(".py")]
        source = "\n".join(path.read_text("utf-8") for path in files)
        for name in NAME.findall(step):
            assert not files or re.search(rf"\b{name}\b", source), f"{name} is in none of {files}"


def documented_walk():
    """The modules of the walk in docs/architecture.md, in their order."""
    text = (ROOT / "docs" / "architecture.md").read_text("utf-8")
    section = text.partition("## One edit")[2].partition("\n## ")[0]
    rows = [line for line in section.splitlines() if line.startswith("|")][2:]
    return [path for row in rows for path in re.findall(r"`([\w/]+\.py)`", row.split("|")[2])]


@pytest.mark.django_db
def test_the_walk_of_an_edit_names_every_module_in_order(client, alice, sandbox):
    """Of the modules that a send enters, the document leaves out those that only compute."""
    agent = Agent(client, alice, sandbox.state.create(status="IDLE"))
    review = agent.review(session_theme="LITE")
    entered = []

    def profile(frame, event, _):
        path = Path(frame.f_code.co_filename)
        if event == "call" and path.is_relative_to(PACKAGE) and "sandbox" not in path.parts:
            module = path.relative_to(PACKAGE).as_posix()
            if module not in entered and frame.f_code.co_name != "<module>":
                entered.append(module)

    sys.setprofile(profile)
    try:
        response = agent.send(review)
    finally:
        sys.setprofile(None)
    assert response.status_code == 303
    computing = ("domain/", "models/", "apps.py", "permissions.py", "roles.py", "crypto.py")
    walked = [module for module in entered if not module.startswith(computing)]
    assert documented_walk() == walked


def test_the_task_list_has_thirty_tasks_with_files():
    text = (ROOT / "docs" / "architecture.md").read_text("utf-8")
    section = text.partition("## Where each kind of change goes")[2]
    rows = re.findall(r"^\| \d+ \|.*$", section, re.MULTILINE)
    assert len(rows) == 30
    assert all(PATH.search(row) for row in rows)


def test_every_python_file_of_the_house_has_a_docstring_that_begins_with_a_verb_or_a_noun():
    """No headless clause: a module says what it does."""
    headless = re.compile(r"(What|Which|How|Whether|Where|Whoever|When|Who|Why)\b")
    for path in PACKAGE.rglob("*.py"):
        text = ast.get_docstring(ast.parse(path.read_text("utf-8"))) or ""
        assert not headless.match(text), f"{path}: {text.splitlines()[0]}"
