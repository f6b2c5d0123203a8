"""Run sandbox, dashboard and reconcile loop under one supervisor on loopback: `manage.py start`."""

import os
import subprocess
import sys
from argparse import ArgumentParser
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from sessions_ui.management.supervisor import (
    HOST,
    Part,
    PartFailed,
    Supervisor,
    end_with_parent,
    port_free,
)

from .demo import PEOPLE, ensure_demo_people

READY_SECONDS = 60.0
MANAGE = (sys.executable, str(settings.BASE_DIR / "manage.py"))


@dataclass(frozen=True)
class Layout:
    """Where everything runs: the ports of dashboard and sandbox (None with a PAVE elsewhere), and
    the folder for their files."""

    port: int
    sandbox_port: int | None
    local: Path

    @property
    def logs(self) -> Path:
        """The folder for the output of the parts."""
        return self.local / "log"


class Command(BaseCommand):
    """Start everything on this machine; Ctrl-C or SIGTERM ends all of it."""

    help = "Start sandbox, dashboard and reconcile loop on this machine (for development)."
    requires_system_checks: list[str] = []  # migrate runs them first

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the two ports, the folder, and whether to end with the caller."""
        parser.add_argument("--port", type=int, default=8000, help="of the dashboard")
        parser.add_argument("--sandbox-port", type=int, default=8900, help="of the pretend PAVE")
        parser.add_argument(
            "--local", type=Path, default=settings.LOCAL, help="folder of the sandbox and the logs"
        )
        parser.add_argument(
            "--with-parent", action="store_true", help="end when the calling process is gone"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Prepare the database, start all parts, and stay until asked to stop."""
        if not settings.DEVELOPMENT:
            raise CommandError(
                "`start` is for development: in production run gunicorn and "
                "`manage.py reconcile --loop` as services of their own (DJANGO_DEBUG is off)."
            )
        if options["with_parent"]:
            end_with_parent()
        sandboxed = settings.PAVE_ENVIRONMENT == "sandbox"
        layout = Layout(
            port=options["port"],
            sandbox_port=options["sandbox_port"] if sandboxed else None,
            local=options["local"],
        )
        _check_ports(layout)
        environment = _environment(layout)
        _migrate(environment)
        if sandboxed:
            ensure_demo_people()
        _run_parts(layout, environment)


def _run_parts(layout: Layout, environment: dict[str, str]) -> None:
    console = Console(highlight=False, soft_wrap=True)
    try:
        with Supervisor(_parts(layout), logs=layout.logs, environment=environment) as supervisor:
            if supervisor.wait_ready(READY_SECONDS):
                _print_welcome(console, layout)
                supervisor.watch()
            console.print("Stopping …")
    except PartFailed as failure:
        console.print("\n".join(map(escape, failure.tail)), style="dim")
        raise CommandError(f"{failure} All it wrote: {layout.logs}") from None
    console.print("Stopped.")


def _check_ports(layout: Layout) -> None:
    if layout.port == layout.sandbox_port:
        raise CommandError("Dashboard and sandbox need two different ports.")
    ports = (("PORT", "dashboard", layout.port), ("SANDBOX_PORT", "sandbox", layout.sandbox_port))
    for name, part, number in ports:
        if number is not None and not port_free(number):
            raise CommandError(
                f"Port {number}, for the {part}, is busy: another program listens there. "
                f"End it, or choose another port: make run {name}={number + 1}"
            )


def _environment(layout: Layout) -> dict[str, str]:
    environment = {**os.environ, "PYTHONUNBUFFERED": "1"}
    if layout.sandbox_port is not None:
        environment["PAVE_BASE_URL"] = f"http://{HOST}:{layout.sandbox_port}"
    return environment


def _migrate(environment: dict[str, str]) -> None:
    # In a process of its own: only a real `migrate` gets the rights of the database's owner.
    command = [*MANAGE, "migrate", "--verbosity", "0"]
    finished = subprocess.run(command, env=environment)  # noqa: S603  our own command
    if finished.returncode:
        raise CommandError("The database could not be prepared: see the lines above.")


def _parts(layout: Layout) -> list[Part]:
    sandbox = ("pave_sandbox", "--host", HOST, "--port", str(layout.sandbox_port))
    state = ("--state", str(layout.local / "sandbox.json"))
    gunicorn = (sys.executable, "-m", "gunicorn", "paveadmin.wsgi")
    bind = ("--bind", f"{HOST}:{layout.port}", "--chdir", str(settings.BASE_DIR))
    parts = [
        Part("dashboard", (*gunicorn, *bind), port=layout.port, path="/readyz"),
        Part("reconcile loop", (*MANAGE, "reconcile", "--loop")),
    ]
    if layout.sandbox_port is not None:
        parts.insert(0, Part("sandbox", (*MANAGE, *sandbox, *state), port=layout.sandbox_port))
    return parts


def _print_welcome(console: Console, layout: Layout) -> None:
    console.print(f"\n[bold]PAVE Admin[/bold] is at [bold]http://{HOST}:{layout.port}/[/bold]")
    if layout.sandbox_port is None:
        console.print(f"It speaks with PAVE's {settings.PAVE_ENVIRONMENT} environment.")
        console.print("No people were made: `manage.py demo` makes four to try with.")
    else:
        _print_sandbox_welcome(console, f"http://{HOST}:{layout.sandbox_port}/")
    console.print(f"\nWhat the parts write is in {layout.logs}. Ctrl-C ends everything.")


def _print_sandbox_welcome(console: Console, address: str) -> None:
    people = Table(box=None, pad_edge=False, header_style="bold")
    for column in ("role", "log in as", "password"):
        people.add_column(column)
    for demo in PEOPLE:
        people.add_row(demo.role, demo.username, demo.password)
    console.print(f"The sandbox, a pretend PAVE, is at {address}\n")
    console.print(people)
    console.print(
        "\nTry this first:\n"
        "  1. Log in as ana, open a session that is not started, and change its theme.\n"
        f"  2. Play the customer at {address} and start that session.\n"
        "  3. Reload the page: the theme is locked, and it says why.\n"
        "  4. Log in as helen and read what ana did."
    )
