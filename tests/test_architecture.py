"""Check the source with ast: which module may import which, and how long things may get."""

import ast
import re
import sys
from collections import Counter
from pathlib import Path

import pytest

from paveadmin import ROOT

PACKAGE = ROOT / "sessions_ui"
STANDARD = set(sys.stdlib_module_names)
MODULE_CAP, FUNCTION_CAP, VIEW_CAP = 250, 50, 30
MODULES_A_FOLDER = 16
CAPS = {"domain/catalogue.py": 350}
NAMES_REFUSED = {"utils", "helpers", "common", "manager", "handler", "data", "info", "process"}


# Each part, and what else of ours it may import. A part's own modules are always allowed.
# The longest part that begins a module's name is the one that counts; a module without one fails.
RULES = """
domain                domain
html
crypto
models
permissions
roles                 domain permissions
context_processors    services roles permissions
pave
pave.sandbox
audit.sql
audit.log             domain models
audit.entries         domain models audit.log audit.sql
audit.search          domain models audit.log audit.sql audit.entries
audit.history         domain models audit.entries audit.search
audit.integrity       domain models audit.log audit.sql audit.entries
audit.export          domain models audit.sql audit.entries audit.integrity
audit.privacy         domain models audit.log audit.search
audit.review          domain models audit.log audit.sql audit.entries
services.health       audit.integrity.triggers
services.sessions     domain models pave crypto audit.log audit.entries audit.history
services.edits        domain models pave crypto audit.log audit.entries services.sessions
services.audit        domain models audit
services.integrity    domain models audit.log audit.entries audit.integrity
services.review       domain models audit.log audit.entries audit.integrity audit.review
services.privacy      domain models crypto audit.log audit.privacy services.audit
services.jobs         domain models pave.errors services.sessions services.edits services.review
forms                 html domain audit.search.filters audit.search.value_search
templatetags          html domain models audit.entries audit.history services.audit services.review
views                 domain models pave.errors pave.client.body_bytes forms services permissions
                      roles context_processors audit.entries.detail audit.export.manifest
                      audit.history audit.search.pagination
urls                  views
admin
admin_site            roles
apps                  domain checks roles audit.integrity.triggers
checks                pave.config audit.integrity.triggers
management            domain models services audit roles forms
"""
# Packages of others, where a part may not use just any. None of them: the standard library alone.
PACKAGES = {
    "domain": {"phonenumbers"},
    "pave": {"requests", "urllib3", "tenacity"},
    "pave.sandbox": set(),
    "audit": {"django"},
    "models": {"django"},
    "forms": {"django", "crispy_forms"},
    "html": {"django"},
    "crypto": {"django", "cryptography"},
}


def parts(table):
    """Read the table of rules: each part with what it may import of ours."""
    rows = {}
    for words in (line.split() for line in re.sub(r"\n +", " ", table).splitlines() if line):
        rows[words[0]] = words[1:]
    return rows


MAY_IMPORT = parts(RULES)


def imports_of(source, package):
    """Give (module, line, inside a function) for each import; relative ones are made absolute."""
    tree = ast.parse(source)
    inside = {
        id(node)
        for function in ast.walk(tree)
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
        for node in ast.walk(function)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            base = package.rsplit(".", node.level - 1)[0] if node.level else ""
            start = ".".join(filter(None, (base, node.module)))
            names = [f"{start}.{alias.name}" for alias in node.names]
        else:
            continue
        yield from ((name, node.lineno, id(node) in inside) for name in names)


def part_of(module, among):
    """Give the longest of the parts that the module's name begins with, or None."""
    return max((part for part in among if _under(module, part)), key=len, default=None)


def forbidden(module, name):
    """Tell whether this module may not import that name."""
    part = part_of(module, MAY_IMPORT)
    if name.startswith("sessions_ui."):
        inner = name.removeprefix("sessions_ui.")
        if _under(inner, "pave.sandbox"):
            return part not in {"pave.sandbox", "management"}
        return not any(_under(inner, allowed) for allowed in (part, *MAY_IMPORT[part]))
    packages = PACKAGES.get(part_of(module, PACKAGES))
    return packages is not None and name.partition(".")[0] not in STANDARD | packages


def _under(name, part):
    return name == part or name.startswith(f"{part}.")


def broken(source, part, package=None):
    """Give one sentence for each import of the source that the rules forbid."""
    package = package or f"sessions_ui.{part}".rpartition(".")[0]
    found = []
    for name, line, inside in imports_of(source, package):
        if forbidden(part, name):
            found.append(f"{part}:{line} may not import {name}")
        if inside and part != "apps":
            found.append(f"{part}:{line} imports {name} inside a function")
    return found


def _sources():
    for folder in (PACKAGE, ROOT / "paveadmin"):
        for path in sorted(folder.rglob("*.py")):
            if "migrations" not in path.parts:
                yield path, path.relative_to(PACKAGE if folder == PACKAGE else ROOT)


def _modules():
    for path in sorted(PACKAGE.rglob("*.py")):
        inner = path.relative_to(PACKAGE)
        if inner.parts[0] != "migrations":
            yield path, inner


def _part_of(inner):
    return ".".join(inner.with_suffix("").parts).removesuffix(".__init__")


def _package_of(inner):
    return ".".join(("sessions_ui", *inner.parent.parts))


def test_every_module_has_a_row():
    modules = {_part_of(inner) for path, inner in _modules() if path.read_text("utf-8").strip()}
    modules -= {"__init__", "audit.__init__", "audit", "services"}
    assert {module for module in modules if part_of(module, MAY_IMPORT) is None} == set()
    unused = {part for part in MAY_IMPORT if not any(_under(module, part) for module in modules)}
    assert unused == set()


def test_it_notices_a_module_without_a_row():
    assert part_of("reports.weekly", MAY_IMPORT) is None
    assert part_of("pave.sandbox.server.api", MAY_IMPORT) == "pave.sandbox"
    assert part_of("viewset", MAY_IMPORT) is None


def test_it_keeps_to_who_may_import_whom():
    found = [
        sentence
        for path, inner in _modules()
        for sentence in broken(path.read_text("utf-8"), _part_of(inner), _package_of(inner))
    ]
    assert found == []


@pytest.mark.parametrize(
    ("part", "source"),
    [
        ("domain.policy", "from django.utils import timezone"),
        ("domain.policy", "import requests"),
        ("domain.policy", "from ..models import Edit"),
        ("pave.client", "from django.conf import settings"),
        ("pave.client", "from sessions_ui.pave.sandbox import start_sandbox"),
        ("pave.sandbox.rules", "from sessions_ui.domain.policy import verdict"),
        ("pave.sandbox.rules", "from sessions_ui.domain import policy"),
        ("audit.log.record", "from sessions_ui.services import edits"),
        ("audit.log.record", "from sessions_ui.audit.search.filters import AuditFilter"),
        ("audit.log.record", "import requests"),
        ("models", "from sessions_ui.services import edits"),
        ("services.edits.submit", "from sessions_ui.views import site"),
        ("services.edits.submit", "from sessions_ui.forms import sms"),
        ("services.edits.submit", "from sessions_ui.pave.sandbox import start_sandbox"),
        ("services.sessions.recent", "from sessions_ui.services.edits import submit"),
        ("forms.reason", "from sessions_ui import services"),
        ("forms.reason", "import requests"),
        ("views.sessions.find", "from sessions_ui.audit.log.record import record_intent"),
        ("views.sessions.find", "from sessions_ui.pave.client import PaveClient"),
        ("templatetags.ui", "from sessions_ui.views import site"),
        ("roles", "from sessions_ui.services import health"),
        ("checks", "from sessions_ui.views import site"),
        ("management.commands.reconcile", "from sessions_ui.views import site"),
        ("views.site", "def page():\n    import json"),
    ],
)
def test_it_fails_by_name_for_a_bad_import(part, source):
    found = broken(source, part)
    assert len(found) == 1
    assert found[0].startswith(f"{part}:")


@pytest.mark.parametrize(
    ("part", "source"),
    [
        ("domain.policy", "import enum\nfrom .status import Status"),
        ("pave.client", "import requests, urllib3\nfrom .errors import PaveError"),
        ("services.edits.submit", "from sessions_ui.audit.log.record import record_intent"),
        ("views.sessions.find", "from sessions_ui.services import edits\nfrom .render import form"),
        ("urls", "from .views import site"),
        ("apps", "def ready():\n    from sessions_ui import checks"),
    ],
)
def test_it_passes_a_good_import(part, source):
    assert broken(source, part) == []


def test_it_never_calls_pave_from_a_view():
    for path in (PACKAGE / "views").rglob("*.py"):
        assert "PaveClient" not in path.read_text("utf-8"), path.name


def too_long(source, cap):
    """Give the functions of the source that pass the cap, with their lines."""
    return [
        f"{node.name}: {lines} lines"
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (lines := node.end_lineno - node.lineno + 1) > cap
    ]


def test_it_keeps_modules_and_functions_short():
    found = []
    for path, inner in _sources():
        source = path.read_text("utf-8")
        lines, cap = source.count("\n"), CAPS.get(str(inner), MODULE_CAP)
        if lines > cap:
            found.append(f"{inner}: {lines} lines")
        function_cap = VIEW_CAP if inner.parts[0] == "views" else FUNCTION_CAP
        found += [f"{inner} {words}" for words in too_long(source, function_cap)]
    assert found == []


def test_it_notices_a_long_function():
    assert too_long("def f():\n" + "    x = 1\n" * 50, 50) == ["f: 51 lines"]
    assert too_long("def f():\n" + "    x = 1\n" * 49, 50) == []


def test_it_uses_no_name_that_says_nothing():
    assert [str(inner) for _, inner in _modules() if Path(inner).stem in NAMES_REFUSED] == []


def crowded(paths, most):
    """Give the folders that hold more than so many of the paths, `management/commands` aside."""
    counts = Counter(path.parent.as_posix() for path in paths if path.name != "__init__.py")
    return [
        folder
        for folder, count in counts.items()
        if count > most and not folder.endswith("management/commands")
    ]


def test_no_folder_holds_more_modules_than_a_newcomer_can_scan():
    assert crowded([inner for _, inner in _modules()], MODULES_A_FOLDER) == []


def test_it_notices_a_crowded_folder():
    paths = [Path(f"audit/m{n}.py") for n in range(17)]
    assert crowded(paths, 16) == ["audit"]
    assert crowded([*paths[1:], Path("audit/__init__.py")], 16) == []


def test_most_modules_have_the_test_file_that_their_path_promises():
    modules = [inner for _, inner in _modules() if inner.name != "__init__.py"]
    mirrored = [
        inner
        for inner in modules
        if (ROOT / "tests" / inner.parent / f"test_{inner.name}").exists()
    ]
    assert len(mirrored) >= 0.8 * len(modules)
