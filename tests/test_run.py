"""The driver of `make test`: it finds a browser or says that it did not, and red stays red."""

from types import SimpleNamespace

import pytest

from tests import run


@pytest.fixture
def machine(monkeypatch):
    """Give a machine without Chromium where every command is only written down."""
    asked = SimpleNamespace(commands=[], codes={}, found=set())
    monkeypatch.delenv("CHROMIUM_PATH", raising=False)
    monkeypatch.setattr(run.os, "geteuid", lambda: 0)
    monkeypatch.setattr(run.shutil, "which", lambda name: name if name in asked.found else None)

    def _run(command, **_):
        asked.commands.append(" ".join(command))
        return SimpleNamespace(returncode=asked.codes.get(command[-1], 0))

    monkeypatch.setattr(run.subprocess, "run", _run)
    return asked


def test_it_takes_the_chromium_of_the_machine(machine, monkeypatch):
    machine.found = {"google-chrome"}
    assert run.chromium_found()
    machine.found = set()
    monkeypatch.setenv("CHROMIUM_PATH", "/opt/chromium")
    assert run.chromium_found()
    assert machine.commands == []


def test_it_fetches_playwrights_own_before_it_touches_the_machine(machine):
    assert run.chromium_found()
    assert len(machine.commands) == 1
    assert machine.commands[0].endswith("playwright install chromium")


def test_it_installs_debians_package_as_root_only(machine, monkeypatch):
    machine.codes, machine.found = {"chromium": 1}, {"apt-get"}
    assert not run.chromium_found()
    assert "apt-get install" in machine.commands[-1]
    assert "fonts-dejavu-core" in machine.commands[-1]
    monkeypatch.setattr(run.os, "geteuid", lambda: 1000)
    machine.commands.clear()
    assert not run.chromium_found()
    assert len(machine.commands) == 1


@pytest.mark.parametrize(("server", "green"), [("1", False), ("", True)])
def test_it_never_leaves_out_the_browser_without_a_word(monkeypatch, capsys, server, green):
    monkeypatch.setenv("CI", server)
    monkeypatch.setattr(run, "chromium_found", lambda: False)
    (missing,), options = run.browser()
    assert missing.green is green
    assert "NOT RUN" in str(missing)
    assert options == ["--ignore=tests/browser"]


@pytest.mark.parametrize(("second", "code"), [(True, 0), (False, 1)])
def test_it_is_red_when_any_run_is_red(monkeypatch, capsys, second, code):
    runs = [run.Run("SQLite", True, "3 passed"), run.Run("PostgreSQL", second, "1 failed")]
    monkeypatch.setattr(run, "checks", list)
    monkeypatch.setattr(run, "tests", lambda: runs)
    monkeypatch.setattr(run.sys, "argv", ["run"])
    assert run.main() == code
    printed = capsys.readouterr().out
    for words in ("SQLite", "PostgreSQL", "green in"):
        assert words in printed
