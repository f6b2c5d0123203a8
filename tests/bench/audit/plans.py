"""How a database would answer each question: which tables it would read whole, and why."""

import itertools
import json

from django.db import connection

from sessions_ui.audit.query import entries_page
from sessions_ui.services.audit import audit_filter

from .asking import ALL, told_by
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
    "kind": ("edit", "refusal", "access"),
    "q": ("T-100", "301"),
}
"""Common and rare ones. Every pair of them is asked too, and all at once."""
RECORD = ("audit_entry", "audit_token", "audit_value")
UNLED = ("audit_listed", "audit_entry_pkey", "INTEGER PRIMARY KEY")
"""Walking these is right for a list that nothing narrows, and a scan in disguise for others."""


def questions():
    """Parameters, each filter alone and with each other, over the whole record."""
    single = [{name: value} for name, values in FILTERS.items() for value in values]
    pairs = [
        one | other
        for one, other in itertools.combinations(single, 2)
        if not one.keys() & other.keys()
    ]
    everything = [{name: values[0] for name, values in FILTERS.items()}]
    return [{}, *(ALL | asked for asked in [*single, *pairs, *everything])]


def scans():
    """Each scan that a question would need: its parameters, and the plan's own words."""
    found = []
    for asked in questions():
        chosen = audit_filter(asked)
        if chosen.problems:
            continue
        for sql, params, _ in told_by(lambda chosen=chosen: entries_page(chosen)):
            narrowed = bool(asked.keys() - {"from", "kind"}) and "*" not in asked.get("value", "")
            words = whole_reads(sql, params, narrowed and "RECURSIVE" not in sql)
            found += [(asked, word, sql) for word in words]
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
    """``SCAN t``, a skip-scan, or a walk along the ids."""
    if not any(table in word for table in RECORD):
        return False
    if word.startswith("SCAN") or "ANY(" in word:
        return "USING COVERING INDEX audit_listed" not in word or narrowed
    unled = any(f"{name} ({key}" in word for name in UNLED for key in ("rowid>", "rowid<", "id>"))
    return narrowed and unled and "rowid=" not in word


def _postgresql_scans(node, narrowed):
    if node["Node Type"] == "Seq Scan":
        return node.get("Relation Name") in RECORD
    unled = node.get("Index Name") in UNLED and "=" not in node.get("Index Cond", "").replace(
        ">=", ""
    ).replace("<=", "")
    return narrowed and unled


def _words(node):
    names = ("Node Type", "Relation Name", "Index Name", "Index Cond", "Filter", "Plan Rows")
    return ", ".join(str(node[name]) for name in names if name in node)


def _nodes(node):
    yield node
    for one in node.get("Plans", ()):
        yield from _nodes(one)
