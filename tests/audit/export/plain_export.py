"""Export plainly and slowly: the rows that a page shows, written with csv and json.

Tests compare this byte for byte with the exports, which read plain tuples.
"""

import csv
import io
import json

from sessions_ui.audit.entries.reverts import reverted_edit_id
from sessions_ui.audit.entries.row_queries import load_entry_rows
from sessions_ui.audit.entries.rows import describe_detail, parse_detail
from sessions_ui.audit.export.csv_cells import safe_cell
from sessions_ui.audit.export.formats import COLUMNS
from sessions_ui.audit.search.query_builder import EntrySearch
from sessions_ui.domain.values.timestamps import iso_utc

NUMBERS = ("entry_id", "actor_id", "pave_http_status")
OF_A_FIELD = ("field", "label", "was", "now", "differs", "result", "held_by_pave", "locked")


def all_ids(audit_filter):
    """The ids of all entries that a filter finds."""
    return EntrySearch(audit_filter).next_ids(10_000)


def facts(row):
    """What an export says of an entry, by column."""
    entry, end = row.entry, row.latest
    return {
        "entry_id": entry.id, "time_utc": iso_utc(entry.ts),
        "kind": entry.get_kind_display().lower(), "action": entry.action,
        "actor_id": entry.actor_id, "actor": entry.actor_label, "role": entry.actor_role,
        "session_key": entry.session_key,
        "changes": [field_facts(change, row.detail.get("locks", {})) for change in row.changes],
        "outcome": row.outcome.value if row.outcome else "",
        "settled_utc": iso_utc(end.ts) if end else None, "reason": entry.reason_code,
        "note": entry.reason_note, "ticket": entry.ticket,
        "pave_http_status": end.http_status if end else None,
        "error_code": (end or entry).error_code, "pave_message": row.pave_message,
        "remote_addr": entry.remote_addr, "request_id": entry.request_id,
        "status": entry.status, "reverts": reverted_edit_id(entry) or None,
        "told": "" if row.changes else describe_detail(parse_detail(entry)),
    }  # fmt: skip


def field_facts(change, locks):
    """One changed field, by column."""
    result = change.result.value if change.result else ""
    columns = (change.spec.key, change.spec.label, change.was, change.now,
            change.differs, result, change.held, locks.get(change.spec.key, ""))  # fmt: skip
    return dict(zip(OF_A_FIELD, columns, strict=True))


def plain_csv(rows):
    """The CSV file of these rows."""
    file = io.StringIO(newline="")
    file.write("\ufeff")
    writer = csv.writer(file)
    writer.writerow(COLUMNS)
    for row in rows:
        columns = facts(row)
        for change in columns.pop("changes") or [dict.fromkeys(OF_A_FIELD, "")]:
            line = {**columns, **change}
            writer.writerow([safe_cell(line[name]) for name in COLUMNS])
    return file.getvalue().encode()


def plain_jsonl(rows):
    """The file of JSON Lines of these rows."""
    lines = [json.dumps(facts(r), ensure_ascii=False, separators=(",", ":")) for r in rows]
    text = "".join(f"{line}\n" for line in lines)
    for sign in "\x85\u2028\u2029":
        text = text.replace(sign, f"\\u{ord(sign):04x}")
    return text.encode()


PLAIN = {"csv": plain_csv, "jsonl": plain_jsonl}


def plain_file(name, audit_filter):
    """The whole file of an export in this format."""
    return PLAIN[name](load_entry_rows(all_ids(audit_filter)))
