"""Test the catalogue: its rows are sound, and a new PAVE field is one row and nothing else.

That the sandbox needs one row too is tested in tests/pave/test_contract.py.
"""

import uuid
from datetime import UTC, datetime

import pytest
from django.db import transaction

from sessions_ui.audit.log.record import ChangeRequest, record_intent
from sessions_ui.audit.search.pagination import load_session_history
from sessions_ui.domain.actor import Actor
from sessions_ui.domain.catalogue import CATALOGUE, SECTIONS, Catalogue, FieldSpec, Rule
from sessions_ui.domain.rules.edit_reasons import ReasonGiven
from sessions_ui.domain.rules.merge import merge
from sessions_ui.domain.rules.policy import Situation, verdicts
from sessions_ui.domain.snapshot import Snapshot, payload
from sessions_ui.domain.values.kinds import Kind
from sessions_ui.forms.session.form import SessionForm

PLATE = FieldSpec(
    "vehicle",
    "plate",
    "Licence plate",
    ("vehicle", "plate"),
    Kind.TEXT,
    Rule.BEFORE_START,
    ("ABCD 123", "XY 9"),
)
CATALOGUE_AND_ONE = Catalogue((*CATALOGUE, PLATE))


def drawn(status, typed=None, *, bound=False):
    """The form of a session with a plate, in this status."""
    document = {"status": status, "options": {}, "vehicle": {"plate": "ABCD 123"}}
    snapshot = Snapshot("A-1", document, datetime(2026, 1, 1, tzinfo=UTC))
    texts = snapshot.texts(CATALOGUE_AND_ONE)
    return SessionForm(
        texts=texts,
        verdicts=verdicts(Situation(snapshot), CATALOGUE_AND_ONE),
        shown={**texts, **(typed or {})},
        merges=merge(texts, texts, typed or {}, CATALOGUE_AND_ONE),
        bound=bound,
        catalogue=CATALOGUE_AND_ONE,
    )


def test_it_stands_on_the_form_and_is_greyed_by_its_rule():
    assert drawn("IDLE").fields["vehicle-plate"].label == "Licence plate"
    locked = drawn("PROCESS")
    assert "vehicle-plate" not in locked.fields
    assert locked.rows["vehicle.plate"].verdict.reason == "STARTED"


def test_it_is_checked_changed_and_sent():
    form = drawn("IDLE", {"vehicle.plate": "XY 9"}, bound=True)
    assert form.is_valid()
    assert form.rows["vehicle.plate"].changed
    assert payload({"vehicle.plate": "XY 9"}, CATALOGUE_AND_ONE) == {"vehicle": {"plate": "XY 9"}}
    assert not drawn("IDLE", {"vehicle.plate": " "}, bound=True).is_valid()


@pytest.mark.django_db
def test_it_has_its_label_in_the_audit(monkeypatch):
    for module in ("log.record", "log.body", "entries.rows", "log.index_terms"):
        monkeypatch.setattr(
            f"sessions_ui.audit.{module}.CATALOGUE", CATALOGUE_AND_ONE, raising=False
        )
    with transaction.atomic():
        record_intent(
            ChangeRequest(
                actor=Actor(id=1, label="alice", role="Agent"),
                session_key="A-1",
                changes={"vehicle.plate": ("ABCD 123", "XY 9")},
                status="IDLE",
                reason=ReasonGiven("customer_request"),
            ),
            op_key=uuid.uuid4(),
        )
    (row,) = load_session_history("A-1")
    assert "licence plate" in row.sentence
    (change,) = row.changes
    assert (change.spec, change.was, change.now) == (PLATE, "ABCD 123", "XY 9")


@pytest.mark.parametrize("spec", CATALOGUE.writable, ids=lambda spec: spec.key)
def test_it_has_two_different_examples_for_every_writable_row(spec):
    one, other = spec.examples
    assert not spec.kind.same(one, other)
    assert spec.label
    assert spec.section in {section.name for section in SECTIONS}


def test_each_key_is_there_once_and_what_is_personal_is_named():
    assert len({spec.key for spec in CATALOGUE}) == len(CATALOGUE)
    assert {s.key for s in CATALOGUE if s.personal} == {
        "sms.to",
        "sms.to_name",
        "sms.from",
        "session.contact",
    }
