"""Make our audit in bulk: what `audit/log/record.py` writes, taken before it is stored.

The entries, commitments, hashes and index rows are made by the product's own functions; only the
clock and the last step, the statement that stores them, are replaced.
"""

import json
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from operator import itemgetter
from types import SimpleNamespace
from unittest import mock

from sessions_ui.audit.log import index_terms as tokens
from sessions_ui.audit.log import insert as writing
from sessions_ui.audit.log import record
from sessions_ui.audit.log.canonical import COLUMNS, HASH_VERSION
from sessions_ui.domain.actor import SYSTEM, Actor
from sessions_ui.domain.rules.edit_reasons import ReasonGiven
from sessions_ui.domain.rules.outcomes import Outcome
from sessions_ui.models import Edit

from .facts import session_key
from .tables import plain

ENTRY = ("id", *COLUMNS[HASH_VERSION], "hash")
VALUE = ("entry_id", "field", "side", "salt", "value")
TOKEN = ("field", "val", "entry_id")
EDIT = tuple(field.column for field in Edit._meta.concrete_fields)
TABLES = {
    "audit_entry": ENTRY,
    "audit_value": VALUE,
    "audit_token": TOKEN,
    Edit._meta.db_table: EDIT,
}
READ_BACK = {"unknown": ("unknown", "in_effect"), "late_applied": ("not_in_effect", "late_applied")}
columns_of = itemgetter(*ENTRY[1:])
MOST_KNOWN = 100_000
NEVER_SENT = frozenset({"withdrawn"})


def _recurring(value_terms):
    """An edit's values are indexed at its intent and again when it is sent."""
    known = {}

    def found(spec, value):
        if len(known) > MOST_KNOWN:
            known.clear()
        key = (spec.key, value)
        if key not in known:
            known[key] = value_terms(spec, value)
        return known[key]

    return found


class Bulk:
    """Turns facts into rows of ours, in lists by table; their ids come behind ``after``."""

    def __init__(self, into, native_uuid, after=0):
        self._into, self._native = into, native_uuid
        self._id, self._at = after, None
        self._tokens = set()

    @contextmanager
    def taking(self):
        """While inside, what is recorded comes here instead of into the database."""
        writing._max_lengths()  # asks the model that is about to be replaced, once
        with ExitStack() as stack:
            for where, name, other in (
                (writing, "store_entry", self._store),
                (writing, "database_clock", lambda: self._at),
                (writing, "AuditEntry", lambda id, **_: SimpleNamespace(id=id)),
                (record, "stored_personal_values", lambda *_: set()),
                (tokens, "value_terms", _recurring(tokens.value_terms)),
            ):
                stack.enter_context(mock.patch.object(where, name, other))
            yield self

    def _store(self, row, related):
        self._id += 1
        row["ts"] = plain(row["ts"])
        if row["op_key"] is not None and not self._native:
            row["op_key"] = row["op_key"].hex
        self._into["audit_entry"].append((self._id, *columns_of(row)))
        self._into["audit_value"].extend((self._id, *one) for one in related.values)
        self._tokens.difference_update(related.stale_terms)
        self._tokens.update(related.terms)
        return self._id

    def tell(self, fact):
        """One edit, from its intent to its end."""
        self._at = fact.at
        key = session_key(fact.session)
        actor = Actor(
            id=fact.person, label=f"Person {fact.person}", role="Agent", remote_addr="203.0.113.24",
            user_agent_hash="6b86b273ff34fce1", login_hash="d4735e3a265e16ee",
            request_id=fact.op_key.hex,
        )  # fmt: skip
        version = fact.at.isoformat()
        asked = record.ChangeRequest(
            actor=actor, session_key=key, changes=fact.changes,
            reason=ReasonGiven(fact.reason, "", fact.ticket),
        )  # fmt: skip
        edit_id = record.record_intent(asked, op_key=fact.op_key).id
        if fact.outcome not in NEVER_SENT:
            record.record_sent(
                replace(asked, base_version=version, status=fact.status),
                edit_id=edit_id,
                payload_sha256=fact.op_key.hex * 2,
                request_id=f"{edit_id}-1",
            )
        first, *later = READ_BACK.get(fact.outcome, (fact.outcome,))
        held = {name: ("applied", now) for name, (_, now) in fact.changes.items()}
        end = record.EditEnd(
            edit_id=edit_id, actor=actor, session_key=key, outcome=Outcome(first), results=held,
            http_status=200, duration_ms=412, new_version=version, status=fact.status,
            detail={"collateral": [], "gap_ms": 431},
        )  # fmt: skip
        record.record_outcome(end)
        for outcome in later:
            read_back = replace(
                end, actor=SYSTEM, outcome=Outcome(outcome), http_status=None, duration_ms=None,
                detail={"proven": True},
            )  # fmt: skip
            record.record_resolution(read_back)
        self._index(edit_id)
        self._into[Edit._meta.db_table].append(self._edit(fact, edit_id, key, version))
        self._between(fact, actor, key)

    def _between(self, fact, actor, key):
        """Add what else a record has: some refusals, some searches, changes of watch rules."""
        if fact.number % 100 == 0:
            refused = record.record_refusal(
                record.ChangeRequest(
                    actor=actor, session_key=key, changes=fact.changes, status="STARTED"
                ),
                detail={"locks": dict.fromkeys(fact.changes, "STARTED")},
                error_code="locked",
            )
            self._index(refused.id)
        if fact.number % 50 == 0:
            record.record_access(actor=actor, action="audit.search", detail={"count": "12"})
        if fact.number % 1000 == 0:
            detail = {"rule": "Edit outside 7:00 to 21:00", "was": "Paused", "now": "Active"}
            record.record_note(actor=actor, action="watch.changed", about=None, detail=detail)

    def _index(self, entry_id):
        self._into["audit_token"].extend((str(f), str(v), entry_id) for f, v in self._tokens)
        self._tokens.clear()

    def _edit(self, fact, edit_id, key, version):
        at = plain(fact.at)
        row = {
            "id": edit_id, "entry_id": edit_id, "session_key": key, "actor_id": fact.person,
            "actor_label": f"Person {fact.person}", "nonce": fact.op_key.hex,
            "values_digest": fact.op_key.hex * 2, "base_version": version, "attempt": 1,
            "state": READ_BACK.get(fact.outcome, (fact.outcome,))[-1], "looks": 0,
            "changes": json.dumps({name: list(pair) for name, pair in fact.changes.items()}),
            "created_at": at, "sent_at": at, "settled_at": at, "lease_until": at,
        }  # fmt: skip
        return tuple(row.get(name) for name in EDIT)
