"""Fixtures for all tests: the five people, the sandbox, the browser, and no way past loopback."""

import dataclasses
import importlib.util
import os
import re
import shutil
from pathlib import Path

import pytest
from django.conf import settings as house
from django.contrib.auth.models import Group, User
from django.db import connection

from sessions_ui.audit.integrity.triggers import install_triggers, remove_triggers
from sessions_ui.pave.sandbox import start_sandbox
from sessions_ui.pave.sandbox.server import signing

from .database_reset import replace_flush
from .edits import new_session
from .integrity import make_old_entries
from .keys import SEAL_KEY
from .leak_watch import LeakWatch

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
TOOLS = (
    "axe_playwright_python",
    "bs4",
    "hypothesis",
    "playwright",
    "responses",
    "time_machine",
    "trustme",
)
MISSING = [name for name in TOOLS if importlib.util.find_spec(name) is None]

LOOPBACK = ["127.0.0.1", "::1", "localhost"]


def _imported(path):
    for line in re.findall(r"^(?:from|import) .+", path.read_text("utf-8"), re.MULTILINE):
        dots, name = re.match(r"\w+ (\.*)([\w.]*)", line).groups()
        folder = path.parents[len(dots) - 1] if dots else ROOT
        yield name.partition(".")[0] if not dots else "", folder.joinpath(*name.split("."))


def _needs_missing(path):
    for package, place in _imported(path):
        module = place.with_suffix(".py")
        if package in MISSING or (
            HERE in module.parents and module.exists() and _needs_missing(module)
        ):
            return True
    return False


# With requirements.txt alone the plain tests run; those that need a tool are left out, aloud.
collect_ignore = [
    str(path.relative_to(HERE)) for path in HERE.rglob("test_*.py") if _needs_missing(path)
]
if "playwright" in MISSING:
    collect_ignore.append("browser")


def pytest_report_header():
    """Say which tests are left out and why."""
    if not MISSING:
        return []
    return [f"left out without requirements-dev.txt ({', '.join(MISSING)}): {collect_ignore}"]


def pytest_configure(config):
    """Fail at once where everything has to run and cannot."""
    os.environ.setdefault("PYTEST_TIMEOUT", "120")
    if os.environ.get("CI") and MISSING:
        raise pytest.UsageError(f"CI is set but tools are missing: {', '.join(MISSING)}")


# The sandbox accepts the secret of this test run, and every way out of the process is watched.
signing.API_SECRET = house.PAVE.api_secret.reveal()
LEAK_WATCH = LeakWatch(signing.API_SECRET)
LEAK_WATCH.install()


@pytest.fixture
def leak_watch():
    """Give the leak watch of this process, for the tests that make it report a leak."""
    return LEAK_WATCH


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item):
    """Fail a test during which the secret or a token leaked."""
    report = (yield).get_result()
    if report.when == "teardown":
        LEAK_WATCH.finish_test(item, report)


def pytest_sessionfinish(session):
    """Hand what this worker of pytest-xdist searched to the process that reports on all of them."""
    if hasattr(session.config, "workeroutput"):
        session.config.workeroutput["searched"] = LEAK_WATCH.searched


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node):
    """Add what a worker of pytest-xdist searched."""
    for channel, number in getattr(node, "workeroutput", {}).get("searched", {}).items():
        LEAK_WATCH.searched[channel] += number


def pytest_terminal_summary(terminalreporter):
    """Say how much was searched for the secret, and tell `tests.run` how the tests went."""
    searched = ", ".join(
        f"{number:,} x {channel}" for channel, number in LEAK_WATCH.searched.items()
    )
    terminalreporter.write_line(f"searched for the secret and the tokens: {searched}")
    if os.environ.get("PYTEST_SUMMARY"):
        counts, _ = terminalreporter.build_summary_stats_line()
        words = ", ".join(text for text, _ in counts)
        Path(os.environ["PYTEST_SUMMARY"]).write_text(words, "utf-8")


if importlib.util.find_spec("pytest_socket"):
    import pytest_socket

    @pytest.fixture(autouse=True)
    def _loopback_only():
        pytest_socket.socket_allow_hosts(LOOPBACK, allow_unix_socket=True)
        yield
        pytest_socket._remove_restrictions()


if importlib.util.find_spec("hypothesis"):
    import hypothesis

    # Deadlines and the "too slow" check measure a busy machine, not the code.
    hypothesis.settings.register_profile(
        "house", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
    )
    hypothesis.settings.load_profile("house")


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    """Take the audit's triggers off the test database, since its rows are deleted after each
    transactional test. Tests of the triggers put them back inside their own transaction.
    """
    with django_db_blocker.unblock():
        remove_triggers(connection)
        replace_flush()


def _person(username, group=None):
    person = User.objects.create_user(username, password="correct horse battery")
    if group:
        person.groups.add(Group.objects.get(name=group))
    return person


@pytest.fixture
def alice(db):
    """Give an agent."""
    return _person("alice", "Agents")


@pytest.fixture
def bob(db):
    """Give another agent."""
    return _person("bob", "Agents")


@pytest.fixture
def carol(db):
    """Give a manager."""
    return _person("carol", "Managers")


@pytest.fixture
def dora(db):
    """Give an administrator."""
    return _person("dora", "Administrators")


@pytest.fixture
def nora(db):
    """Give a person of no group."""
    return _person("nora")


@pytest.fixture
def log_in(client, db, request):
    """Give a function that logs in the person of a fixture, by its name; None stays a stranger.

    ``db`` is named here although the people need it themselves: they are asked for at run time,
    and pytest-django prepares the database only for fixtures that it sees before.
    """

    def log_in(name):
        if name:
            client.force_login(request.getfixturevalue(name))
        return client

    return log_in


@pytest.fixture
def sandbox(settings):
    """Give a fresh sandbox on a free loopback port; PAVE in the settings points to it."""
    pretend = start_sandbox(port=0, state_path=None, seed=True)
    settings.PAVE = dataclasses.replace(settings.PAVE, base_url=pretend.base_url)
    yield pretend
    pretend.close()


@pytest.fixture
def idle(sandbox):
    """Give the key of a session in which every field is open: not started, its text failed."""
    return new_session(sandbox)


if "bs4" not in MISSING:
    from .pages import Agent

    @pytest.fixture
    def agent(client, alice, idle):
        """Give alice at a browser, with the idle session."""
        return Agent(client, alice, idle)


@pytest.fixture
def protected(db):
    """Put the triggers in place until the test's transaction is rolled back."""
    install_triggers(connection)


@pytest.fixture
def sealing(settings, tmp_path):
    """Set a seal key, and give the path of the file that gets a copy of each seal."""
    settings.AUDIT_SEAL_KEY = SEAL_KEY
    settings.AUDIT_SEAL_COPY = str(tmp_path / "seals" / "copy.jsonl")
    return tmp_path / "seals" / "copy.jsonl"


@pytest.fixture
def old_entries(sealing, protected):
    """Give the moment before which two of three checkpoints are, and the sealed ids by checkpoint;
    the triggers are in place."""
    return make_old_entries(sealing)


@pytest.fixture
def manager(client, carol):
    """Give a client with which carol is logged in."""
    client.force_login(carol)
    return client


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args):
    """Point Playwright to the Chromium of this machine, where there is one."""
    found = os.environ.get("CHROMIUM_PATH") or next(
        filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None
    )
    quiet = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"]
    quiet += ["--disable-background-networking", "--disable-component-update", "--disable-sync"]
    return {
        **browser_type_launch_args,
        "args": quiet,
        **({"executable_path": found} if found else {}),
    }
