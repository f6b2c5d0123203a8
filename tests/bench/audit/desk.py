"""Ours as it writes: an intent by itself, and a whole edit through the services that send it."""

import itertools
import random
import uuid
from contextlib import ExitStack, contextmanager, nullcontext
from datetime import UTC, datetime
from time import perf_counter
from types import SimpleNamespace
from unittest import mock

from django.db import connection, transaction
from django.db.models import Max

from sessions_ui.audit.integrity.triggers import install_triggers, remove_triggers
from sessions_ui.audit.log import insert as writing
from sessions_ui.audit.log.record import ChangeRequest, record_intent
from sessions_ui.domain.actor import Actor
from sessions_ui.domain.rules.edit_reasons import ReasonGiven
from sessions_ui.domain.rules.outcomes import FieldResult, Outcome, State
from sessions_ui.models import AuditCheckpoint, AuditEntry, AuditTerm, AuditValue, Edit
from sessions_ui.services.edits import submit
from sessions_ui.services.edits.form_data import FormData
from sessions_ui.services.edits.form_token import FormToken
from sessions_ui.services.edits.submission import Submission
from sessions_ui.services.edits.transitions import move_to_outcome, move_to_sent

from .facts import Stream, session_key

AHEAD = 2000
NO_HASH = bytes(32)
NOTE = "The customer gave another number"


def new_facts(size, writer=0, writers=1):
    """Edits without an end, each new, over all sessions; a writer keeps to its own share."""
    chance = random.Random(f"{writer} of {writers} at {uuid.uuid4()}")  # noqa: S311
    while True:
        for fact in Stream(AHEAD, datetime.now(UTC), seed=chance.random()):
            shares = max(size // 20 // writers, 1)
            fact.session = chance.randrange(shares) * writers + writer
            fact.op_key = uuid.uuid4()
            yield fact


def actor_of(fact):
    """Build the actor with all that a request says of them."""
    return Actor(
        id=fact.person, label=f"Person {fact.person}", role="Agent", remote_addr="203.0.113.24",
        user_agent_hash="6b86b273ff34fce1", login_hash="d4735e3a265e16ee",
        request_id=fact.op_key.hex,
    )  # fmt: skip


def reason_of(fact):
    """A change of the text message needs a note."""
    note = NOTE if "sms.to" in fact.changes else ""
    return ReasonGiven(fact.reason, note, fact.ticket)


class Desk:
    """Ours, as a writer."""

    name = "ours"

    def around(self):
        """As it is."""
        return nullcontext()

    def intent(self, fact):
        """The intent alone, committed."""
        with transaction.atomic():
            request = ChangeRequest(
                actor=actor_of(fact),
                session_key=session_key(fact.session),
                changes=fact.changes,
                reason=reason_of(fact),
            )
            record_intent(request, op_key=fact.op_key)

    def write(self, fact):
        """A whole edit; gives the seconds of each of its three commits."""
        began = perf_counter()
        actor, key = actor_of(fact), session_key(fact.session)
        wanted = {name: now for name, (_, now) in fact.changes.items()}
        before = fact.state | {name: was for name, (was, _) in fact.changes.items()}
        seen = FormToken(session_key=key, actor_id=fact.person, texts=before)
        posted = FormData(typed=wanted, inputs=wanted)
        edit = submit._reserve(Submission(actor, seen, posted, reason_of(fact)))
        times = [perf_counter()]
        base = SimpleNamespace(updated_at=fact.at.isoformat(), raw_status=fact.status)
        sha256 = fact.op_key.hex * 2
        sent = move_to_sent(edit, actor=actor, base=base, changes=fact.changes, sha256=sha256)
        times.append(perf_counter())
        ended = move_to_outcome(
            edit, Outcome.CONFIRMED, actor=actor, allowed={State.SENT},
            results={name: (FieldResult.APPLIED, now) for name, now in wanted.items()},
            status=fact.status, http_status=200, duration_ms=412, new_version=base.updated_at,
            detail={"collateral": [], "gap_ms": 431},
        )  # fmt: skip
        times.append(perf_counter())
        if not (sent and ended):
            raise RuntimeError("The edit did not go its way.")
        return [end - start for start, end in itertools.pairwise([began, *times])]


class Bare(Desk):
    """Ours without tamper evidence: no hash over the row, no lock for the sealer's horizon."""

    name = "ours, no hash"

    def around(self):
        """What is switched off while this one writes; its rows prove nothing, so they go again."""
        return without_evidence()


@contextmanager
def without_evidence():
    """In the bench alone."""
    clocks = {
        "postgresql": "SELECT clock_timestamp(), %s",
        "sqlite": writing._CLOCKS["sqlite"],
    }
    with ExitStack() as stack:
        stack.enter_context(mock.patch.object(writing, "row_hash", return_value=NO_HASH))
        stack.enter_context(mock.patch.object(writing, "_CLOCKS", clocks))
        yield


def forget_bare():
    """Take away what was written without evidence, or no seal could be made over it."""
    bare = AuditEntry.objects.filter(hash=NO_HASH)
    newest = AuditCheckpoint.objects.aggregate(last=Max("last_id"))["last"] or 0
    ids = list(bare.filter(id__gt=newest).values_list("id", flat=True))
    with transaction.atomic():
        remove_triggers(connection)
        AuditTerm.objects.filter(entry_id__in=ids).delete()
        AuditValue.objects.filter(entry_id__in=ids).delete()
        Edit.objects.filter(entry_id__in=ids).delete()
        AuditEntry.objects.filter(id__in=ids).delete()
        install_triggers(connection)
