"""Find broken promises in what happened: one function for each invariant.

The checker knows the sandbox's journal, the audit with the working rows, and the pages that people
were shown; it knows nothing of how the dashboard decides. The invariants are listed in README.md.
"""

import re
from collections import Counter, defaultdict
from itertools import pairwise

from .facts import CLOCKS, INTENT, LATE_COMMIT, OUTCOME, RESOLUTION, SENT, Violation, same, seconds
from .page_checks import true_pages

STAMPED = 0.1  # seconds between the two timestamps of a send: the row's, then the entry's
OPEN = ("intent", "sent", "unknown")
BY_ANSWER = ("confirmed", "accepted", "refused", "not_in_effect", "partial", "superseded")
BY_READING = ("in_effect", "not_in_effect", "partial", "superseded", "unresolved", "late_applied")
NEVER_ASKED = ("withdrawn", "refused_by_policy")


def check(facts, *, ended=True):
    """Give every violation. `ended`: PAVE was back, and everything had time to be settled."""
    rules = [
        traced,
        true_record,
        sent_once,
        consistent,
        one_at_a_time,
        allowed_by_policy,
        no_collateral,
        true_pages,
        one_edit_per_form,
        no_broken_page,
    ]
    if ended:
        rules += [all_settled, late_effects_found]
    return [violation for rule in rules for violation in rule(facts)]


def _short(row):
    columns = ("n", "at", "kind", "method", "fault", "request_id", "payload", "changed", "refused",
               "id", "ts", "outcome", "error_code", "http_status", "body", "detail")  # fmt: skip
    return {name: row[name] for name in columns if row.get(name) not in (None, "", {})}


def traced(facts):
    """I1: no change without a trace: each PUT has an older intent, a `sent` and a working row."""
    for row in facts.journal.strange:
        yield Violation("I1", None, "a PUT names no edit", [_short(row)])
    for number, puts in facts.journal.puts.items():
        record = facts.records.get(number)
        for put in puts if number is not None else ():
            before = (
                [entry for entry in record.entries if entry["ts"] <= put["at"] + CLOCKS]
                if record
                else []
            )
            kinds = {entry["kind"] for entry in before}
            if not record or not record.row or not {INTENT, SENT} <= kinds:
                yield Violation("I1", number, "sent without an older record", [_short(put)])
            elif not _is_as_recorded(put["payload"], facts.wanted(record)):
                rows = [_short(put), _short(record.sent)]
                yield Violation("I1", number, "sent something else than was recorded", rows)


def _is_as_recorded(payload, wanted):
    if not isinstance(payload, dict):
        return True  # the sender died halfway: PAVE applies no half request
    flat = {f"{section}.{name}": value for section, part in payload.items()
            for name, value in part.items()}  # fmt: skip
    return flat.keys() == wanted.keys() and all(same(flat[key], wanted[key]) for key in flat)


def true_record(facts):
    """I2: no outcome or field result in the audit is false."""
    for record in facts.records.values():
        for end in record.ends:
            words = _falsehood(facts, record, end)
            if words:
                rows = facts.journal.puts[record.number] + facts.journal.applied[record.number]
                evidence = sorted(rows, key=lambda row: row["n"]) + record.entries
                evidence = [_short(row) for row in evidence]
                yield Violation("I2", record.number, f"{end['outcome']}: {words}", evidence)


def _falsehood(facts, record, end):
    outcome, puts = end["outcome"], facts.journal.puts[record.number]
    if end["error_code"] == "abandoned" and _is_sender_at_work(facts, record, end):
        return "called abandoned while its sender was at work"
    if outcome in (*NEVER_ASKED, "not_sent"):
        return "a PUT was made" if puts else ""
    if outcome == "unknown":
        return _false_base(facts, record)
    if not record.sent:
        return "it was never recorded as sent"
    if outcome == "refused":
        return "it was applied" if facts.journal.applied[record.number] else ""
    return (
        _false_base(facts, record)
        or _false_effect(facts, record, end)
        or _false_fields(facts, record, end)
    )


def _false_base(facts, record):
    """Check that the values before are those that PAVE held after the slot was reserved."""
    since, until = record.intent["ts"], record.sent["ts"]
    moments = facts.journal.moments(record.key, since - CLOCKS, until + CLOCKS)
    for key, was in facts.base(record).items():
        if not any(same(values.get(key), was) for values in moments):
            return f"{key} is said to have been {was!r}, which PAVE did not hold then"
    reads = facts.journal.reads[record.key]
    if not any(since - CLOCKS <= at <= until + CLOCKS for at in reads):
        return "PAVE was not read after the session was reserved"
    return ""


def _is_sender_at_work(facts, record, end):
    """Tell whether the post that made the edit was answered after this entry, and soon: a process
    that slept past its lease counts as gone."""
    latest = record.sent["ts"] + facts.put_deadline if record.sent else 0.0
    return end["ts"] < latest and any(
        page["began"] <= record.intent["ts"] + CLOCKS
        and end["ts"] < page["ended"] < latest + LATE_COMMIT
        for page in facts.answers[record.number]
    )


def _false_effect(facts, record, end):
    wanted, outcome = facts.wanted(record), end["outcome"]
    in_effect = [
        [same(values.get(key), text) for key, text in wanted.items()]
        for values in _moments(facts, record, end)
    ]
    if outcome in ("confirmed", "in_effect", "late_applied"):
        return "" if any(map(all, in_effect)) else "PAVE did not hold the values"
    if outcome == "not_in_effect":
        return _false_absence(facts, record, end, in_effect)
    if outcome in ("partial", "superseded"):
        return "" if not all(map(all, in_effect)) else "PAVE held all the values"
    return ""


def _false_absence(facts, record, end, in_effect):
    if all(map(any, in_effect)):
        return "PAVE held the values"
    read_at = end["detail"].get("read_at")
    if not read_at:
        return ""
    read = seconds(read_at)
    if seconds(end["detail"]["asked_at"]) < record.sent["ts"] + facts.settle - STAMPED:
        return "rests on a reading from before the settle time was over"
    # The model lets the dashboard's clock jump ahead; the database's dates the entry.
    if end["detail"]["proven"] and _changed_before(facts, record, min(read, end["ts"])):
        return "called proven, but it had been applied"
    return ""


def _changed_before(facts, record, read):
    """Tell whether PAVE had applied the edit before the earliest request of this read."""
    reads = facts.journal.reads[record.key]
    since = min((at for at in reads if read - facts.get_deadline <= at <= read), default=read)
    return any(row["changed"] and row["at"] < since for row in facts.journal.applied[record.number])


def _moments(facts, record, end):
    """Give what PAVE held at the times that the end may be about: of the answer, or of the read."""
    if end["kind"] == OUTCOME:
        puts = facts.journal.puts[record.number]
        since = puts[0]["at"] if puts else end["ts"]
    else:
        since = end["ts"] - facts.get_deadline - 0.7
    return facts.journal.moments(record.key, since, end["ts"] + CLOCKS)


def _false_fields(facts, record, end):
    wanted, base = facts.wanted(record), facts.base(record)
    moments = _moments(facts, record, end)
    for key, (result, held) in end["body"].items():
        expected = {
            "applied": wanted.get(key),
            "in_effect": wanted.get(key),
            "ignored": base.get(key),
            "not_in_effect": base.get(key),
        }.get(result, held)
        if result == "not_shown":
            continue
        if not any(
            same(values.get(key), expected) and same(values.get(key), held) for values in moments
        ):
            return f"{key} is called {result} with {held!r}, which PAVE never showed then"
    return ""


def late_effects_found(facts):
    """I2: an edit that takes effect after it was called not in effect is called so in the end."""
    for record in facts.records.values():
        applied = facts.journal.applied[record.number]
        last = record.ends[-1] if record.ends else None
        if not last or last["outcome"] != "not_in_effect" or not applied:
            continue
        after = [
            other
            for other in facts.of_session[record.key]
            if other.number > record.number and other.sent
        ]
        undisturbed = not after and not facts.journal.changed_between(
            record.key, applied[-1]["at"] + CLOCKS, float("inf")
        )
        wanted, held = facts.wanted(record), applied[-1]["values"]
        if (
            undisturbed
            and last["ts"] < applied[-1]["at"]
            and all(same(held.get(key), text) for key, text in wanted.items())
        ):
            rows = [_short(applied[-1]), *map(_short, record.entries)]
            yield Violation("I2", record.number, "applied late, and nobody was told", rows)


def sent_once(facts):
    """I3: at most once: no attempt of an edit is sent twice or applied twice."""
    for rows in (*facts.journal.puts.values(), *facts.journal.applied.values()):
        for request_id, times in Counter(row["request_id"] for row in rows).items():
            if times > 1:
                number = int(request_id.partition("-")[0])
                yield Violation("I3", number, f"{times} times", [_short(row) for row in rows])


def all_settled(facts):
    """I4: it ends: no edit is left open."""
    for record in facts.records.values():
        if record.row and record.row["state"] in OPEN:
            rows = [_short(entry) for entry in record.entries]
            yield Violation("I4", record.number, f"is still {record.row['state']}", rows)


_GRAMMAR = re.compile(
    rf"i(?:o:({'|'.join((*NEVER_ASKED, 'not_sent'))})"
    rf"|s(?:o:({'|'.join(('not_sent', *BY_ANSWER))})|o:unknown)?(r:({'|'.join(BY_READING)}))*)?"
)


def consistent(facts):
    """I5: the audit and the working row agree, and the steps follow the table of transitions."""
    for record in facts.records.values():
        rows = [_short(entry) for entry in record.entries]
        if not record.row or not record.intent:
            yield Violation("I5", record.number, "a record without its other half", rows)
            continue
        letters = {INTENT: "i", SENT: "s", OUTCOME: "o:", RESOLUTION: "r:"}
        steps = "".join(
            letters.get(entry["kind"], "") + entry["outcome"] for entry in record.entries
        )
        if not _GRAMMAR.fullmatch(steps):
            yield Violation("I5", record.number, f"took the steps {steps}", rows)
        last = record.ends[-1]["outcome"] if record.ends else "sent" if record.sent else "intent"
        if last != record.row["state"]:
            words = f"is {record.row['state']}, the record ends with {last}"
            yield Violation("I5", record.number, words, rows)


def one_at_a_time(facts):
    """I6: never two PUTs in flight for one session, and never two edits in its slot."""
    flights, slots = defaultdict(list), defaultdict(list)
    answered = _answer_times(facts)
    for number, puts in facts.journal.puts.items():
        for put in puts:
            end = answered.get(number, put["at"] + facts.flight)
            flights[put["session_key"]].append((put["at"], end, number))
    for record in facts.records.values():
        if record.intent:
            end = record.closed_at or float("inf")
            slots[record.key].append((record.intent["ts"], end, record.number))
    for spans, words in ((flights, "two PUTs in flight"), (slots, "two edits in the slot")):
        for of_session in spans.values():
            of_session.sort()
            for (_, end, first), (began, _, second) in pairwise(of_session):
                if began < end - CLOCKS and first != second:
                    yield Violation("I6", second, f"{words}: with edit {first}", [began - end])


def _answer_times(facts):
    """Give when each edit's own process had PAVE's answer: by what it recorded, else by its next
    page. Nothing is known of a process that died."""
    ends = {
        number: min(page["ended"] for page in pages)
        for number, pages in facts.answers.items()
        if pages
    }
    for record in facts.records.values():
        if (
            record.ends
            and record.intent
            and record.ends[0]["actor_label"] == record.intent["actor_label"]
        ):
            ends[record.number] = record.ends[0]["ts"]
    return ends


def allowed_by_policy(facts):
    """I7: no PUT has a field that PAVE's rules forbid for what our read had shown."""
    for number, rows in facts.journal.forbidden.items():
        for row in rows:
            reads = [at for at in facts.journal.reads[row["session_key"]] if at < row["at"]]
            since = max(reads, default=0.0)
            if not facts.journal.changed_between(row["session_key"], since, row["at"]):
                yield Violation("I7", number, "a forbidden field was sent", [_short(row)])


def no_collateral(facts):
    """I8: whatever else changed across our PUT is recorded, if PAVE's answer showed it."""
    for number, rows in facts.journal.applied.items():
        record = facts.records.get(number)
        ends = [end for end in record.ends if end["kind"] == OUTCOME] if record else []
        if not ends or "collateral" not in ends[0]["detail"]:
            continue
        more = {key for row in rows for key in row["changed"]} - facts.wanted(record).keys()
        if more - set(ends[0]["detail"]["collateral"]):
            rows = [*map(_short, rows), _short(ends[0])]
            yield Violation("I8", number, f"{sorted(more)} changed too, unrecorded", rows)


def one_edit_per_form(facts):
    """I10: however often a form is posted with the same values, it makes one edit and one page."""
    forms = defaultdict(list)
    for note in facts.notes:
        if note["note"] == "shown" and note["kind"] == "send" and note["label"] != "other values":
            forms[note["form"]].append(note)
    for shown in forms.values():
        edits = {page["sent_to"] for page in shown if page["sent_to"]}
        names = ("status", "sent_to", "began", "ended", "text")
        rows = [{name: page[name] for name in names} for page in shown]
        if len(edits) > 1:
            yield Violation("I10", min(edits), f"one form made the edits {sorted(edits)}", rows)
        first = min((page["ended"] for page in shown if page["sent_to"]), default=None)
        later = [page for page in shown if first and page["began"] > first]
        lost = [page for page in later if not page["sent_to"] and page["status"] < 500]
        if lost:
            yield Violation("I10", min(edits), "posted again, it did not lead to its page", rows)


def no_broken_page(facts):
    """No page of ours breaks down unless a fail point broke it (A10 of the OWASP Top 10)."""
    for page in facts.notes:
        if page["note"] == "shown" and page["status"] == 500 and page.get("manner") != "raise":
            about = {name: page[name] for name in ("kind", "key", "who", "began", "text")}
            yield Violation("500", page.get("sent_to"), "our own page broke down", [about])
