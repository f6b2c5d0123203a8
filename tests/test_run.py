"""Test that `make test` and `make proof` select every test, find a browser, and report failures."""

from types import SimpleNamespace

import pytest

from paveadmin import ROOT
from tests import parts, run


@pytest.fixture
def machine(monkeypatch):
    """Simulate a machine without Chromium on which commands are only written down."""
    machine = SimpleNamespace(commands=[], codes={}, installed=set())
    monkeypatch.delenv("CHROMIUM_PATH", raising=False)
    monkeypatch.setattr(run.os, "geteuid", lambda: 0)
    monkeypatch.setattr(
        run.shutil, "which", lambda name: name if name in machine.installed else None
    )

    def _run(command, **_):
        machine.commands.append(" ".join(command))
        return SimpleNamespace(returncode=machine.codes.get(command[-1], 0))

    monkeypatch.setattr(run.subprocess, "run", _run)
    return machine


@pytest.fixture
def pytests(monkeypatch):
    """Replace pytest: write down its arguments and its database, and end with `code`."""
    pytests = SimpleNamespace(calls=[], code=0, counts="3 passed")

    def _pytest_code(arguments, variables):
        pytests.calls.append((arguments, variables["DATABASE_URL"]))
        if pytests.counts:
            with open(variables["PYTEST_SUMMARY"], "w") as summary:
                summary.write(pytests.counts)
        return pytests.code

    monkeypatch.setattr(run, "pytest_code", _pytest_code)
    return pytests


def test_it_takes_the_chromium_of_the_machine(machine, monkeypatch):
    machine.installed = {"google-chrome"}
    assert run.chromium_found()
    machine.installed = set()
    monkeypatch.setenv("CHROMIUM_PATH", "/opt/chromium")
    assert run.chromium_found()
    assert machine.commands == []


def test_it_fetches_playwrights_own_before_it_touches_the_machine(machine):
    assert run.chromium_found()
    assert len(machine.commands) == 1
    assert machine.commands[0].endswith("playwright install chromium")


def test_it_installs_debians_package_as_root_only(machine, monkeypatch):
    machine.codes, machine.installed = {"chromium": 1}, {"apt-get"}
    assert not run.chromium_found()
    assert "apt-get install" in machine.commands[-1]
    assert "fonts-dejavu-core" in machine.commands[-1]
    monkeypatch.setattr(run.os, "geteuid", lambda: 1000)
    machine.commands.clear()
    assert not run.chromium_found()
    assert len(machine.commands) == 1


@pytest.mark.parametrize(("server", "green"), [("1", False), ("", True)])
def test_it_never_leaves_out_the_browser_without_a_word(monkeypatch, server, green):
    monkeypatch.setenv("CI", server)
    monkeypatch.setattr(run, "chromium_found", lambda: False)
    (missing,), options = run.browser()
    assert missing.green is green
    assert "NOT RUN" in str(missing)
    assert options == ["--ignore=tests/browser"]


def test_both_targets_together_leave_out_no_test():
    """Each length runs on SQLite whole, and on PostgreSQL in two parts without a gap."""
    runs = [(part.database, part.arguments) for part in (*parts.TEST, *parts.PROOF)]
    assert ("sqlite", parts.SHORT) in runs
    assert ("sqlite", parts.LONG) in runs
    assert ("postgres", parts.LONG) in runs
    assert ("postgres", (*parts.SQL_ROOMS, *parts.SHORT)) in runs
    rest = next(arguments for _, arguments in runs if "--ignore=tests/audit" in arguments)
    left_out = {option.removeprefix("--ignore=") for option in rest if "--ignore=" in option}
    assert left_out == {*parts.SQL_ROOMS, *parts.ONCE}
    assert all(ROOT.joinpath(room).is_dir() for room in left_out)


def test_a_path_and_a_keyword_run_once_on_sqlite_or_on_the_database_asked_for():
    (part,) = parts.parts_of("test", only="tests/audit tests/pave", keyword="reveal or erase")
    assert part.database == "sqlite"
    assert part.arguments == (
        "tests/audit", "tests/pave", "-k", "reveal or erase", "-m", "not proof",
    )  # fmt: skip
    (part,) = parts.parts_of("proof", keyword="model", database="postgres")
    assert part.database == "postgres"
    assert part.arguments == ("-k", "model", "-m", "proof")
    (part,) = parts.parts_of("test", database="postgres")
    assert part.name == "PostgreSQL"
    assert part.arguments == (*parts.SQL_ROOMS, *parts.SHORT)


def test_each_part_runs_pytest_on_its_own_database(pytests):
    one, two = parts.TEST
    done = run.run_part(one, ["--ignore=tests/browser"], "")
    assert done.green
    assert "SQLite" in str(done)
    assert "3 passed in 0 s" in str(done)
    run.run_part(two, [], "postgres://here")
    (first, nowhere), (second, here) = pytests.calls
    assert (nowhere, here) == ("", "postgres://here")
    assert "--ignore=tests/browser" in first
    assert second[-4:] == ["tests/audit", "tests/services", "-m", "not proof"]
    assert "-n" in first


@pytest.mark.parametrize(
    ("code", "counts", "words"),
    [(1, "1 failed, 2 passed", "1 failed"), (5, "no tests ran", "no tests"), (4, "", "did not")],
)
def test_a_part_is_red_whenever_pytest_is(pytests, code, counts, words):
    pytests.code, pytests.counts = code, counts
    done = run.run_part(parts.TEST[0], [], "")
    assert not done.green
    assert words in str(done)


def test_a_path_that_does_not_exist_is_named(monkeypatch, capsys):
    monkeypatch.setattr(run.sys, "argv", ["run", "test", "--only", "tests tests/nowhere::test_it"])
    with pytest.raises(SystemExit):
        run.main()
    assert "there is no tests/nowhere::test_it" in capsys.readouterr().err


def test_a_test_file_alone_runs_without_workers(pytests):
    (part,) = parts.parts_of("test", only="tests/test_run.py")
    run.run_part(part, [], "")
    assert "-n" not in pytests.calls[0][0]


@pytest.mark.parametrize("target", ["test", "proof"])
@pytest.mark.parametrize(("second", "code"), [(True, 0), (False, 1)])
def test_it_is_red_when_any_run_is_red(monkeypatch, capsys, target, second, code):
    runs = [run.Run("SQLite", True, "3 passed"), run.Run("PostgreSQL", second, "1 failed")]
    monkeypatch.setattr(run, "checks", list)
    monkeypatch.setattr(run, "tests", lambda _parts: runs)
    monkeypatch.setattr(run.sys, "argv", ["run", target])
    assert run.main() == code
    output = capsys.readouterr().out
    for words in ("SQLite", "PostgreSQL", "green in"):
        assert words in output


@pytest.mark.parametrize(
    ("arguments", "checked"),
    [(["test"], True), (["checks"], True), (["proof"], False), (["test", "--keyword=a"], False)],
)
def test_checks_run_with_the_whole_of_make_test_and_alone(monkeypatch, arguments, checked):
    failed = run.Run("mypy", False, "see above")
    monkeypatch.setattr(run, "checks", lambda: [failed])
    monkeypatch.setattr(run, "tests", lambda _parts: [])
    monkeypatch.setattr(run.sys, "argv", ["run", *arguments])
    assert run.main() == (1 if checked else 0)
