"""Test that the fast export says byte for byte what the pages say, whatever was recorded."""

import csv
import io
import json
import random

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from sessions_ui.audit.search.filters import AuditFilter
from sessions_ui.domain.rules.edit_reasons import ReasonGiven
from sessions_ui.domain.rules.outcomes import FieldResult, Outcome
from sessions_ui.forms.audit_filter import read_filter
from sessions_ui.models import AuditValue
from sessions_ui.services.audit.export import begin_export
from tests.audit.authors import (
    ALICE,
    BOB,
    CAROL,
    KEY,
    ended,
    intent,
    note,
    refusal,
    resolved,
    sent,
    undone,
)

from .files import export_file
from .plain_export import all_ids, plain_file

FORMATS = ("csv", "jsonl")
OTHER = "NGF-8C0RQ5VJ2T"
WORDS = ["", "LITE", "=1+1", 'a "quote", and\r\na line', "\u2028\x85", "Zoë Ångström", "-5",
         "x\\y", "https://example.com/a?b=c,d&e=f#g", "\uff1d1", " @x", "00012", "tab\there",
         "\U0001f697", "•", "(erased)", "a'b", "<script>", 7, None, True, 1.5, ["x", 1],
         "<\x7f\u200b=>"]  # fmt: skip
FIELDS = ["session.theme", "vehicle.vin", "vehicle.odom_reading", "sms.to", "sms.to_name",
          "session.redirect_url", "session.nothing_known", "sms.from"]  # fmt: skip
QUESTIONS = [{}, {"session": KEY}, {"actor": "2"}, {"outcome": "confirmed"}, {"kind": "access"},
             {"field": "sms.to"}, {"actor": "1", "outcome": "pending"}, {"kind": "refusal"},
             {"kind": "note"},
             {"reason": "wrong_number"}, {"q": "T-1"}, {"q": "sum a1"}, {"value": "LITE"},
             {"value": "00012"}, {"from": "2020-01-01", "to": "2999-01-01"}, {"to": "2020-01-01"},
             {"outcome": "nonsense"}, {"session": OTHER, "field": "sms.to", "kind": "edit"},
             {"outcome": "refused_by_policy", "actor": "2"}]  # fmt: skip


def changes(chance):
    """Some fields with values of every sort."""
    keys = chance.sample(FIELDS, chance.randint(1, 4))
    return {key: (chance.choice(WORDS), chance.choice(WORDS)) for key in keys}


def edit_somehow(chance):
    """One edit that goes as far as chance takes it; sometimes a person's values are erased."""
    actor, key = chance.choice([ALICE, BOB]), chance.choice([KEY, OTHER])
    wanted = changes(chance)
    note_text = chance.choice(["", '=SUM(A1), "x"\r\nand more words'])
    facts = {"status": chance.choice(["", "IDLE", "=1,"]), "reverts": chance.choice([0, 7])}
    ticket = chance.choice(["", "T-1", "+1"])
    id_ = intent(wanted, actor=actor, key=key, note=note_text, ticket=ticket, **facts)
    if chance.random() < 0.8:
        sent(id_, wanted, actor=actor, key=key)
        steps = [ended] if chance.random() < 0.6 else [ended, resolved, resolved]
        for step in steps:
            results = {
                name: (chance.choice(list(FieldResult)), chance.choice(WORDS))
                for name in (*wanted, "vehicle.make")
                if chance.random() < 0.8
            }
            facts = {"http_status": chance.choice([None, 200, 422]), "error_code": "json"}
            locks = dict.fromkeys(wanted, "STARTED")
            detail = chance.choice(
                [{}, {"pave_message": "=no, \n“never”"}, {"gap_ms": 3}, {"locks": locks}]
            )
            outcome = chance.choice(list(Outcome))
            step(id_, outcome, results, key=key, detail=detail, **facts)
    if chance.random() < 0.2:
        AuditValue.objects.filter(entry_id=id_).delete()
    if chance.random() < 0.2:
        note(id_, "audit.commented", "looks fine", key=key)


def refuse_somehow(chance):
    """One refusal, with a reason or without, of fields or of names that PAVE does not have."""
    refusal(
        chance.choice([changes(chance), {}]),
        actor=chance.choice([ALICE, BOB]),
        reason=chance.choice([None, ReasonGiven("wrong_number", "=1", "T-1")]),
        locks={"session.theme": "STARTED"},
        pave_message=chance.choice(["", "@x"]),
    )


def ids_in(name, file):
    """The ids of a file's entries, each once, in its order."""
    text = file.decode()
    if name == "jsonl":
        return [json.loads(line)["entry_id"] for line in text.splitlines() if line]
    lines = text.removeprefix("\ufeff").split("\r\n")
    starts = [line.partition(",")[0] for line in lines[1:]]
    return list(dict.fromkeys(int(start) for start in starts if start.isdecimal()))


@given(seed=st.integers(0, 2**32), question=st.sampled_from(QUESTIONS))
@example(seed=1, question={})
@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_an_export_says_byte_for_byte_what_the_rows_of_a_page_say(db, seed, question):
    chance = random.Random(seed)  # noqa: S311  no secret
    with undone():
        for _ in range(chance.randint(1, 8)):
            chance.choice([edit_somehow, edit_somehow, edit_somehow, refuse_somehow])(chance)
        export_file("csv", AuditFilter())  # an access, for the question that asks for these
        chosen = read_filter(question)
        for name in FORMATS:
            expected = plain_file(name, chosen)
            ids = all_ids(chosen)
            assert export_file(name, chosen) == expected
            assert ids_in(name, expected) == ids
            if question == {"kind": "access"}:
                break  # the export is itself an access: the second finds one more


@pytest.mark.parametrize("name", FORMATS)
def test_an_export_of_several_batches_is_complete(db, name, monkeypatch):
    monkeypatch.setattr("sessions_ui.audit.export.entry_batches.BATCH_SIZE", 3)
    for place in range(8):
        edit = intent({"session.theme": ("LITE", f"{place}")})
        ended(edit, "confirmed", {"session.theme": ("applied", f"{place}")})
    assert export_file(name, AuditFilter()) == plain_file(name, AuditFilter())


def test_an_end_after_the_cut_off_is_left_out(db):
    open_edit = intent()
    export = begin_export(actor=CAROL, audit_filter=AuditFilter(), format="jsonl")
    ended(open_edit)
    (line,) = b"".join(export.parts).splitlines()
    assert json.loads(line)["outcome"] == "pending"


@pytest.mark.parametrize("name", FORMATS)
def test_an_export_has_what_a_page_shows_beside_the_values(db, name):
    origin = intent({"session.theme": ("LITE", "PRO")}, status="IDLE")
    back = intent({"session.theme": ("PRO", "LITE")}, status="STARTED", reverts=origin)
    ended(back, "refused_by_policy", detail={"locks": {"session.theme": "STARTED"}})
    note(None, "watch.made", "reverts", rule="Two phones")
    lines = {line["entry_id"]: line for line in lines_of(name)}
    assert [str(line["status"]) for line in lines.values()] == ["STARTED", "IDLE"]
    assert lines[str(back)] | {"reverts": str(origin), "locked": "STARTED"} == lines[str(back)]
    assert lines[str(origin)] | {"reverts": "", "locked": "", "told": ""} == lines[str(origin)]
    (made,) = lines_of(name, kind="note")
    assert made["told"] == "“Two phones” “reverts”"


def lines_of(name, **question):
    """An export's lines with every cell a text, whatever its format."""
    text = export_file(name, read_filter(question)).decode("utf-8-sig")
    if name == "csv":
        return list(csv.DictReader(io.StringIO(text)))
    objects = map(json.loads, text.splitlines())
    flat = ({**line, **(line.pop("changes") or [{}])[0]} for line in objects)
    return [
        {key: "" if value is None else str(value) for key, value in line.items()} for line in flat
    ]


def test_an_export_says_how_masked_values_differ(db):
    intent(
        {
            "sms.to": ("647-555-0184", "647-555-0148"),
            "sms.to_name": ("Daniel Osei", "Grace Lindqvist"),
            "sms.from": ("416-555-0100", "+1 416 555 0100"),
            "session.theme": ("LITE", "PRO"),
        }
    )
    differences = {
        "session.theme": "",
        "sms.to": "Same length, 2 digits differ",
        "sms.to_name": "10 letters before, 14 now",
        "sms.from": "Same digits, spelled otherwise",
    }
    (line,) = export_file("jsonl", read_filter({})).splitlines()
    assert {
        change["field"]: change["differs"] for change in json.loads(line)["changes"]
    } == differences
    rows = csv.DictReader(io.StringIO(export_file("csv", read_filter({})).decode("utf-8-sig")))
    assert {row["field"]: row["differs"] for row in rows} == differences
