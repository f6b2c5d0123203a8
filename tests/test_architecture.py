"""The house rules, read from the source with ast: who may import whom, and how long things get."""

import ast
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from paveadmin import ROOT

PACKAGE = ROOT / "sessions_ui"
STANDARD = set(sys.stdlib_module_names)
MODULE_CAP, FUNCTION_CAP, VIEW_CAP = 250, 50, 30
CAPS = {"domain/catalogue.py": 350}
NAMES_REFUSED = {"utils", "helpers", "common", "manager", "handler", "data", "info", "process"}


@dataclass(frozen=True)
class Rule:
    """A part of the house: what of ours it may import, and which packages of others."""

    part: str
    ours: tuple[str, ...]
    others: tuple[str, ...] | None = None  # None: any


# The first rule whose part begins the module's name is the one that counts.
RULES = (
    Rule("domain", ("domain",), ()),
    Rule("pave.sandbox", ("pave.sandbox",), ()),
    Rule("pave", ("pave.client", "pave.errors", "pave"), ("requests", "urllib3", "tenacity")),
    Rule("audit", ("audit", "domain", "models"), ("django",)),
    Rule("models", ("models", "domain"), ("django",)),
    Rule("services", ("services", "audit", "domain", "models", "pave.client", "pave.errors")),
    Rule("forms", ("forms", "domain"), ("django", "phonenumbers", "crispy_forms")),
    Rule("views", ("views", "forms", "services", "audit.query", "audit.masking", "domain", "people",
                   "context", "models", "pave.errors", "pave.client", "templatetags")),
)  # fmt: skip


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


def forbidden(part, name):
    """Tell whether a module of this part may not import that name."""
    rule = next((rule for rule in RULES if _under(part, rule.part)), None)
    if name.startswith("sessions_ui."):
        inner = name.removeprefix("sessions_ui.")
        if _under(inner, "views") or _under(inner, "forms"):
            return not _under(part, "views") and not (
                _under(part, "forms") and _under(inner, "forms") or part == "urls"
            )
        if rule is None:
            return False
        if rule.part == "pave" and _under(inner, "pave.sandbox"):
            return True
        return not any(_under(inner, allowed) for allowed in rule.ours)
    top = name.partition(".")[0]
    return bool(rule and rule.others is not None and top not in STANDARD | set(rule.others))


def _under(name, part):
    return name == part or name.startswith(f"{part}.")


def broken(source, part, package=None):
    """Give one sentence for each import of the source that the house rules forbid."""
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
        ("audit.record", "from sessions_ui.services import edits"),
        ("audit.record", "import requests"),
        ("models", "from sessions_ui.services import edits"),
        ("services.edits", "from sessions_ui.views import pages"),
        ("services.edits", "from sessions_ui.forms import sms"),
        ("services.edits", "from sessions_ui.pave.sandbox import start_sandbox"),
        ("forms", "from sessions_ui import services"),
        ("forms", "import requests"),
        ("views.sessions", "from sessions_ui.audit.record import record_intent"),
        ("management.commands.reconcile", "from sessions_ui.views import pages"),
        ("views.pages", "def page():\n    import json"),
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
        ("services.edits", "from sessions_ui.audit.record import record_intent"),
        ("views.sessions", "from sessions_ui.services import edits\nfrom .words import word"),
        ("urls", "from .views import pages"),
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
