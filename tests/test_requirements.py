"""Test the requirements files: made from the present pyproject.toml, pinned, and hashed."""

import re
import runpy
import tomllib
from importlib.metadata import requires, version

import pytest

from paveadmin import ROOT

FILES = ("requirements.txt", "requirements-dev.txt", "requirements-bench.txt")
PYPROJECT = ROOT.joinpath("pyproject.toml").read_text("utf-8")
LOCK = runpy.run_path(str(ROOT / ".ci" / "lock.py"))


def _text(name):
    return ROOT.joinpath(name).read_text("utf-8")


def _pins(text):
    return dict(re.findall(r"^([A-Za-z0-9_.-]+)(?:\[[^]]+\])?==([^\s;\\]+)", text, re.M))


def _extras(specification):
    """Give a requirement's name and its extras."""
    name, extras = re.fullmatch(r"([\w.-]+)(?:\[(.+?)\])?.*", specification).groups()
    return name.lower(), set(filter(None, (extras or "").split(",")))


def _declared(specifications):
    return {
        re.split(r"[\[=]", wanted)[0].lower(): wanted.rpartition("==")[2]
        for wanted in specifications
    }


@pytest.mark.parametrize("name", FILES)
def test_it_is_as_new_as_the_dependency_tables(name):
    head = _text(name).splitlines()
    assert "Do not edit" in head[0]
    digest = LOCK["digest_of"](PYPROJECT)
    assert head[1].endswith(digest), "pyproject.toml has changed since: run `make lock`"


def test_it_notices_a_change_of_any_dependency_table():
    digest_of = LOCK["digest_of"]
    for before, after in (
        ("requests==2.34.2", "requests==2.34.3"),
        ("ruff==0.17.6", "ruff==0.17.7"),
        ('">=3.11"', '">=3.12"'),
    ):
        assert before in PYPROJECT
        assert digest_of(PYPROJECT.replace(before, after)) != digest_of(PYPROJECT)
    assert digest_of(PYPROJECT + "\n# a remark\n") == digest_of(PYPROJECT)


@pytest.mark.parametrize("name", FILES)
def test_it_pins_every_package_with_hashes_and_names_no_place(name):
    text = _text(name)
    for line in text.splitlines():
        if line and not line.startswith(("#", " ")):
            assert re.match(r"[a-z0-9._-]+(\[[a-z,]+\])?==\S+( ; .+)? \\$", line), line
    assert text.count("==") <= text.count("--hash=sha256:")
    for place in ("://", "--index", "--extra-index", "--find-links", "file:", "@ "):
        assert place not in text


def test_it_pins_each_package_with_the_extras_that_another_wants_of_it():
    """Where they are missing, pip takes the newest release instead of the pin, and refuses it."""
    pinned = dict(map(_extras, re.findall(r"^\S+==", _text(FILES[1]), re.MULTILINE)))
    declared = tomllib.loads(PYPROJECT)
    wanted = [*declared["project"]["dependencies"], *declared["dependency-groups"]["dev"]]
    for name in pinned.keys() - {"colorama"}:  # Windows alone installs it
        wanted += [each for each in requires(name) or [] if "extra ==" not in each]
    asked = [(name, extras) for name, extras in map(_extras, wanted) if extras]
    assert ("coverage", {"toml"}) in asked
    assert [name for name, extras in asked if not extras <= pinned[name]] == []


def test_it_holds_what_pyproject_declares():
    tables = tomllib.loads(PYPROJECT)
    runtime = _declared(tables["project"]["dependencies"])
    dev = _declared(tables["dependency-groups"]["dev"])
    pins, dev_pins = _pins(_text(FILES[0])), _pins(_text(FILES[1]))
    assert runtime.items() <= pins.items()
    assert dev.items() <= dev_pins.items()
    assert pins.items() <= dev_pins.items(), "requirements-dev.txt holds all of requirements.txt"
    assert {"django", "requests", "django-crispy-forms", "pytest-django"} <= pins.keys()


def test_it_is_what_these_tests_run_with():
    declared = _declared(tomllib.loads(PYPROJECT)["project"]["dependencies"])
    assert {name: version(name) for name in declared} == declared
