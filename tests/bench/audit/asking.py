"""The questions that a manager asks, to us and to those of the others that can answer them."""

from contextlib import contextmanager
from dataclasses import dataclass
from time import perf_counter

from django.db import connection

from sessions_ui.audit.search.pagination import MAX_COUNTED, load_page
from sessions_ui.audit.search.query_builder import EntrySearch
from sessions_ui.forms.audit_filter import read_filter
from sessions_ui.models import AuditEntry, Kind

from .facts import (
    BUSY,
    COMMON_FIELD,
    COMMON_VALUE,
    RARE_FIELD,
    RARE_OUTCOME,
    RARE_PERSON,
    RARE_REASON,
    RARE_STATUS,
    RARE_VALUE,
    session_key,
)

ALL = {"from": "2001-01-01"}


@dataclass(frozen=True)
class Question:
    """``params`` are ours; ``asked`` is the method of floor and peers and what it is given."""

    name: str
    params: dict[str, str]
    asked: tuple = ()


def questions():
    """List the questions; a page deep in the list begins after the edit at that place."""
    intents = AuditEntry.objects.filter(kind=Kind.INTENT).order_by("-id")
    deep = intents.values_list("id", flat=True)[min(50_000, intents.count() // 2)]
    last = intents.reverse().values_list("id", flat=True)[60]
    key = session_key(3)
    return [
        Question("latest 50", {}, ("latest",)),
        Question("by person, busy", {"actor": str(BUSY)}, ("of_person", BUSY)),
        Question("by person, rare", ALL | {"actor": str(RARE_PERSON)}, ("of_person", RARE_PERSON)),
        Question("page 1000", ALL | {"before": str(deep)}, ("before", deep // 3)),
        Question("last page", ALL | {"before": str(last)}, ("before", 60)),
        Question("of one session", {"session": key}, ("of_session", key)),
        Question("outcome, common", ALL | {"outcome": "confirmed"}),
        Question("outcome, rare", ALL | {"outcome": RARE_OUTCOME}),
        Question("reason, common", ALL | {"reason": "wrong_number"}),
        Question("reason, rare", ALL | {"reason": RARE_REASON}),
        Question("status, common", ALL | {"status": "IDLE"}),
        Question("status, rare", ALL | {"status": RARE_STATUS}),
        Question("field", ALL | {"field": "sms.to"}),
        Question("refusals", ALL | {"kind": "refusal"}),
        Question("set to, rare", ALL | {"field": RARE_FIELD, "value": RARE_VALUE},
                 ("set_to", RARE_FIELD, RARE_VALUE)),
        Question("set to, common", ALL | {"field": COMMON_FIELD, "value": COMMON_VALUE},
                 ("set_to", COMMON_FIELD, COMMON_VALUE)),
        Question("set to, any field", ALL | {"value": RARE_VALUE}),
        Question("set to, beginning", ALL | {"field": RARE_FIELD, "value": f"{RARE_VALUE[:6]}*"}),
        Question("person and outcome", ALL | {"actor": str(BUSY), "outcome": "refused"}),
    ]  # fmt: skip


@contextmanager
def record_statements(into):
    """Every statement that is run inside, with what it was given, and its seconds."""

    def run(execute, sql, params, many, context):
        began = perf_counter()
        try:
            return execute(sql, params, many, context)
        finally:
            into.append((sql, params, perf_counter() - began))

    with connection.execute_wrapper(run):
        yield into


class Asked:
    """One question to us: the whole function, or its statements alone."""

    def __init__(self, question):
        self.chosen = read_filter(question.params)
        if self.chosen.problems:
            raise ValueError(self.chosen.problems)
        self.statements = [
            (sql, params)
            for sql, params, _ in statements_of(lambda: load_page(self.chosen))
            if "COUNT(" not in sql
        ]

    def whole(self):
        """The page of 50 as rows with their sentences, and its capped count."""
        return load_page(self.chosen)

    def in_database(self):
        """The same statements, asked and fetched without Django, the count left out."""
        cursor = connection.connection.cursor()
        for sql, params in self.statements:
            cursor.execute(raw(sql), params or ())
            cursor.fetchall()

    def count(self):
        """The count above the list."""
        return EntrySearch(self.chosen).count(MAX_COUNTED + 1)


def raw(sql):
    """A statement of Django's as the driver takes it."""
    return sql % (("?",) * sql.count("%s")) if connection.vendor == "sqlite" else sql


def statements_of(function):
    """The statements that a call runs."""
    into = []
    with record_statements(into):
        function()
    return into
