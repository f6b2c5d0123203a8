"""Erase a data subject's phone number or name, or again everything that was erased before."""

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
    Matches,
    erase_again,
    erase_subject,
    find_subject,
)
from sessions_ui.services.privacy.erasure_register import ErasureError

WORD = "ERASE"


class Command(BaseCommand):
    """Ask for the phone number or name: an argument would be in the list of processes."""

    help = "Erases a person's phone number or name, read from standard input."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the reason, or the lists to erase again from after a restore."""
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
        """Erase. Exit 1 with a sentence when something of the subject is left."""
        actor = Actor(id=None, label=f"{getpass.getuser()} (command line)", role="System")
        subject = None if again else self._ask_subject(actor, basis, yes)
        try:
            with progress_bar("Erasing", self.stderr) as progress:
                if subject is None:
                    done = erase_again(actor=actor, lists=lists, progress=progress)
                else:
                    done = erase_subject(
                        actor=actor, subject=subject, basis=basis, progress=progress
                    )
        except ErasureError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{describe_erased(done)} PAVE keeps its own copy.")
        if not done.whole:
            raise CommandError(" ".join(describe_left(done)))

    def _ask_subject(self, actor: Actor, basis: str, yes: bool) -> Subject:
        if len(basis.strip()) < SHORTEST_NOTE:
            raise CommandError(f"Say why with --basis, in {SHORTEST_NOTE} characters or more.")
        subject = Subject.parse(self._read_line("Phone number or name: "))
        if subject is None:
            raise CommandError("That is neither a phone number nor a name. Nothing was erased.")
        self.stdout.write(describe_matches(find_subject(actor=actor, subject=subject)))
        if not yes and self._read_line(f"Type {WORD} to erase it: ") != WORD:
            raise CommandError("Nothing was erased.")
        return subject

    def _read_line(self, question: str) -> str:
        if sys.stdin.isatty():
            self.stderr.write(question, ending="")
        return sys.stdin.readline().strip()


def describe_matches(matches: Matches) -> str:
    """The numbers of rows with the value, in a sentence."""
    return (
        f"It stands in {counted(matches.edits, 'edit or refusal', 'edits and refusals')}"
        f" ({counted(matches.values, 'value', 'values')}),"
        f" {counted(matches.drafts, 'draft', 'drafts')},"
        f" {counted(matches.reads, 'kept page of PAVE', 'kept pages of PAVE')} and"
        f" {counted(matches.notes, 'note or label', 'notes and labels')}."
    )


def describe_erased(done: Erased) -> str:
    """Say in a sentence what was erased."""
    return (
        f"Erased: {counted(done.values, 'value', 'values')} of"
        f" {counted(done.edits, 'edit or refusal', 'edits and refusals')},"
        f" {counted(done.drafts, 'draft', 'drafts')},"
        f" {counted(done.reads, 'kept page of PAVE', 'kept pages of PAVE')},"
        f" {counted(done.notes, 'note or label', 'notes and labels')}."
    )


def describe_left(done: Erased) -> list[str]:
    """Give a sentence for each thing that is left."""
    sentences = []
    if done.waiting:
        under_way = counted(done.waiting, "edit under way holds", "edits under way hold")
        sentences.append(f"{under_way} it until PAVE has answered: run `audit_erase --again` then.")
    if done.left:
        numbers = ", ".join(f"#{id_}" for id_ in done.left[:10])
        entries = counted(len(done.left), "entry says", "entries say")
        sentences.append(f"{entries} it in text that nobody can change, from {numbers} on.")
    if not done.cleaned:
        sentences.append("The database's journal was in use: run `audit_erase --again` once more.")
    return sentences
