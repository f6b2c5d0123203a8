"""Files of others: as they were fetched, with their licences, and nothing that asks for more."""

import json
import re
import shutil
import subprocess
import sys

import pytest

from paveadmin import ROOT

VENDOR = ROOT / "static" / "vendor"
MANIFEST = json.loads((VENDOR / "manifest.json").read_text())["files"]


def _check(folder):
    command = [sys.executable, str(folder / "vendor" / "update.py"), "--check"]
    return subprocess.run(command, capture_output=True, text=True, check=False)


@pytest.fixture
def copy(tmp_path):
    """Give a copy of the static files that a test may spoil."""
    return shutil.copytree(ROOT / "static", tmp_path / "static")


def test_it_holds_the_vendored_files_as_they_were_fetched():
    result = _check(ROOT / "static")
    assert result.returncode == 0, result.stderr


@pytest.mark.parametrize("path", sorted(MANIFEST))
def test_it_notices_a_changed_file(copy, path):
    target = copy / "vendor" / path
    target.write_bytes(target.read_bytes() + b" ")
    result = _check(copy)
    assert result.returncode == 1
    assert path in result.stderr


def test_it_notices_a_missing_and_an_unlisted_file(copy):
    (copy / "vendor/bootstrap/LICENSE").unlink()
    (copy / "vendor/extra.js").write_text("")
    result = _check(copy)
    assert "bootstrap/LICENSE is missing" in result.stderr
    assert "extra.js is not in manifest.json" in result.stderr


def test_it_pins_the_versions_that_the_manifest_tells():
    lock = json.loads((VENDOR / "vendor.json").read_text())
    pinned = {package["name"]: package["version"] for package in lock["packages"]}
    assert {row["package"]: row["version"] for row in MANIFEST.values()} == pinned


def test_it_keeps_a_licence_beside_every_package():
    for package in {row["package"] for row in MANIFEST.values()}:
        assert "Permission is hereby granted" in (VENDOR / package / "LICENSE").read_text()


def test_it_names_no_source_map():
    for path in (ROOT / "static").rglob("*.*s"):
        assert "sourceMappingURL" not in path.read_text(), path


def test_it_has_every_icon_that_is_asked_for():
    sprite = (ROOT / "static/sessions_ui/icons.svg").read_text()
    drawn = set(re.findall(r'<symbol id="([^"]+)"', sprite))
    asked = set()
    for path in (ROOT / "templates").rglob("*.html"):
        asked |= set(re.findall(r'{% icon "([^"]+)"', path.read_text()))
        asked |= set(re.findall(r'{% state "[^"]*" "([^"]+)"', path.read_text()))
    assert asked <= drawn
    assert "lock" in asked
