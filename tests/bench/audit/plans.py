"""How a database would answer each question: which tables it would read whole, and why."""

import itertools
import json
import re

from django.db import connection

from sessions_ui.audit.search.pagination import load_page
from sessions_ui.forms.audit_filter import read_filter

from .asking import ALL, statements_of
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

FILTERS = {
    "actor": (str(BUSY), str(RARE_PERSON)),
    "session": (session_key(3),),
    "field": (COMMON_FIELD, RARE_FIELD),
    "outcome": ("confirmed", "refused", RARE_OUTCOME),
    "reason": ("wrong_number", RARE_REASON),
    "status": ("IDLE", RARE_STATUS),
    "value": (COMMON_VALUE, RARE_VALUE, f"{RARE_VALUE[:6]}*", "+16475550148", "416*"),
    "kind": ("edit", "refusal", "access", "note"),
    "q": ("T-100", "301"),
}
"""Common and rare ones. Every pair of them is asked too, and all at once."""
RECORD = ("audit_entry", "audit_token", "audit_value")
FEW = ("audit_refusals", "audit_access", "audit_notes")
"""Indexes of few entries, which may be walked whatever is asked."""
LISTS = (*FEW, "audit_listed")
"""Walking the list is right where nothing narrows it, and a scan in disguise where something does.
Walking the table itself is always one."""

NO_TABLE = re.compile(r"SCAN (CONSTANT ROW|json_each|subquery|ranges?\d*\b|\(subquery-\d+\))")
"""What SQLite also scans: one row, the ids that were asked for, what a query inside gives."""


def questions(names=tuple(FILTERS)):
    """Parameters over the whole record: nothing asked, each filter alone, every two of them (the
    commonest together and the rarest together), and all at once."""
    single = [{name: value} for name in names for value in FILTERS[name]]
    pairs = [
        {one: FILTERS[one][end], other: FILTERS[other][end]}
        for one, other in itertools.combinations(names, 2)
        for end in (0, -1)
    ]
    everything = {name: FILTERS[name][0] for name in names}
    return [{}, *(ALL | asked for asked in [{}, *single, *pairs, everything])]


def scans(names=tuple(FILTERS)):
    """Each scan that a question would need: its parameters, the plan's own words, the statement."""
    found = []
    for asked in questions(names):
        chosen = read_filter(asked)
        open_ones = ALL | {"kind": "edit"}
        narrowed = bool(asked.items() - open_ones.items()) and "*" not in asked.get("value", "")
        for sql, params, _ in statements_of(lambda chosen=chosen: load_page(chosen)):
            if "RECURSIVE" not in sql:
                found += [(asked, word, sql) for word in whole_reads(sql, params, narrowed)]
    return found


def whole_reads(sql, params, narrowed):
    """Where this statement reads a table of the record whole, in the database's words."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute(f"EXPLAIN QUERY PLAN {sql}", params)
            words = [row[3] for row in cursor.fetchall()]
            return [word for word in words if _sqlite_scans(word, narrowed)]
        cursor.execute(f"EXPLAIN (FORMAT JSON) {sql}", params)
        plan = cursor.fetchone()[0]
    root = (json.loads(plan) if isinstance(plan, str) else plan)[0]["Plan"]
    return [_words(node) for node in _nodes(root) if _postgresql_scans(node, narrowed)]


def _sqlite_scans(word, narrowed):
    """``SCAN t`` under any name that the statement gives it, a skip-scan, or a walk along the
    ids."""
    if word.startswith("SCAN"):
        return not NO_TABLE.match(word)
    if "ANY(" in word:
        return True
    walks = re.search(r"INDEX (\w+) \(id[<>]|(PRIMARY KEY) \((?:row)?id[<>]", word)
    return bool(walks) and (walks[1] or walks[2]) not in (FEW if narrowed else LISTS)


def _postgresql_scans(node, narrowed):
    if node["Node Type"] == "Seq Scan":
        return node.get("Relation Name") in RECORD
    index = node.get("Index Name")
    by_id = index in (*LISTS, "audit_entry_pkey")
    led = re.search(r"\bid = " if by_id else r"[^<>]=", node.get("Index Cond", ""))
    return bool(index) and not led and index not in (FEW if narrowed else LISTS)


def _words(node):
    names = ("Node Type", "Relation Name", "Index Name", "Index Cond", "Filter", "Plan Rows")
    return ", ".join(str(node[name]) for name in names if name in node)


def _nodes(node):
    yield node
    for one in node.get("Plans", ()):
        yield from _nodes(one)
