"""`manage.py audit_erase`: destroy a person's number or name, or all that was erased before."""

import getpass
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from sessions_ui.audit.privacy.subjects import Subject
from sessions_ui.domain.actor import Actor
from sessions_ui.domain.rules.edit_reasons import SHORTEST_NOTE
from sessions_ui.management.progress import counted, progress_bar
from sessions_ui.services.privacy.erase import (
    Erased,
    Found,
    erase_again,
    personal_erase,
    subject_find,
)
from sessions_ui.services.privacy.erasure_register import ErasureError

WORD = "ERASE"


class Command(BaseCommand):
    """The number or name is asked for, so that it stands in no list of processes or commands."""

    help = "Erases a person's phone number or name, read from standard input."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Why; or once more what was erased before, after a restore."""
        parser.add_argument("--basis", default="", help="why: who asked, under which rule")
        parser.add_argument("--yes", action="store_true", help="do not ask whether it is meant")
        parser.add_argument(
            "--again", action="store_true", help="erase all that was ever erased, after a restore"
        )
        parser.add_argument(
            "--list", type=Path, action="append", default=[], metavar="FILE", dest="lists",
            help="with --again: also what this list says, a copy of AUDIT_ERASURE_COPY",
        )  # fmt: skip

    def handle(self, *, basis: str, yes: bool, again: bool, lists: list[Path], **_: Any) -> None:
        """Exit 1 with a sentence when it is not gone from everywhere."""
        actor = Actor(id=None, label=f"{getpass.getuser()} (command line)", role="System")
        subject = None if again else self._asked(actor, basis, yes)
        try:
            with progress_bar("Erasing", self.stderr) as progress:
                if subject is None:
                    done = erase_again(actor=actor, lists=lists, progress=progress)
                else:
                    done = personal_erase(
                        actor=actor, subject=subject, basis=basis, progress=progress
                    )
        except ErasureError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{erased_words(done)} PAVE keeps its own copy.")
        if not done.whole:
            raise CommandError(" ".join(left_words(done)))

    def _asked(self, actor: Actor, basis: str, yes: bool) -> Subject:
        if len(basis.strip()) < SHORTEST_NOTE:
            raise CommandError(f"Say why with --basis, in {SHORTEST_NOTE} characters or more.")
        subject = Subject.of(self._line("Phone number or name: "))
        if subject is None:
            raise CommandError("That is neither a phone number nor a name. Nothing was erased.")
        self.stdout.write(found_words(subject_find(actor=actor, subject=subject)))
        if not yes and self._line(f"Type {WORD} to erase it: ") != WORD:
            raise CommandError("Nothing was erased.")
        return subject

    def _line(self, question: str) -> str:
        if sys.stdin.isatty():
            self.stderr.write(question, ending="")
        return sys.stdin.readline().strip()


def found_words(found: Found) -> str:
    """Where it stands, in a sentence."""
    return (
        f"It stands in {counted(found.edits, 'edit or refusal', 'edits and refusals')}"
        f" ({counted(found.values, 'value', 'values')}),"
        f" {counted(found.drafts, 'draft', 'drafts')},"
        f" {counted(found.reads, 'kept page of PAVE', 'kept pages of PAVE')} and"
        f" {counted(found.notes, 'note or label', 'notes and labels')}."
    )


def erased_words(done: Erased) -> str:
    """What was erased, in a sentence."""
    return (
        f"Erased: {counted(done.values, 'value', 'values')} of"
        f" {counted(done.edits, 'edit or refusal', 'edits and refusals')},"
        f" {counted(done.drafts, 'draft', 'drafts')},"
        f" {counted(done.reads, 'kept page of PAVE', 'kept pages of PAVE')},"
        f" {counted(done.notes, 'note or label', 'notes and labels')}."
    )


def left_words(done: Erased) -> list[str]:
    """What is not gone, a sentence each."""
    found = []
    if done.waiting:
        under_way = counted(done.waiting, "edit under way holds", "edits under way hold")
        found.append(f"{under_way} it until PAVE has answered: run `audit_erase --again` then.")
    if done.left:
        numbers = ", ".join(f"#{id_}" for id_ in done.left[:10])
        entries = counted(len(done.left), "entry says", "entries say")
        found.append(f"{entries} it in text that nobody can change, from {numbers} on.")
    if not done.cleaned:
        found.append("The database's journal was in use: run `audit_erase --again` once more.")
    return found
