"""Finds broken promises: knows the sandbox's journal, the audit with the working rows, and the
pages that people were shown, and nothing of how the house comes to its words.

One function an invariant, I1 to I11 of the design paper; I12 (who may see what) is a matrix of
its own in tests/test_pages.py.
"""

import re
from collections import Counter, defaultdict

from .told import told
from .truth import CLOCKS, INTENT, LATE_COMMIT, OUTCOME, RESOLUTION, SENT, Violation, same, seconds

STAMPED = 0.1  # seconds between the two stamps of sending: the row's, then the entry's
OPEN = ("intent", "sent", "unknown")
BY_ANSWER = ("confirmed", "accepted", "refused", "not_in_effect", "partial", "superseded")
BY_READING = ("in_effect", "not_in_effect", "partial", "superseded", "unresolved", "late_applied")
NEVER_ASKED = ("withdrawn", "refused_by_policy")


def check(facts, *, ended=True):
    """Every violation. `ended`: PAVE was back and everything had time to be settled."""
    found = []
    rules = (traced, true_words, once, recorded, alone, allowed, untouched, told, one_form, upright)
    for rule in rules:
        found += rule(facts)
    return found + ([*closed(facts), *late(facts)] if ended else [])


def _short(row):
    kept = ("n", "at", "kind", "method", "fault", "request_id", "payload", "changed", "refused",
            "id", "ts", "outcome", "error_code", "http_status", "body", "detail")  # fmt: skip
    return {name: row[name] for name in kept if row.get(name) not in (None, "", {})}


def traced(facts):
    """I1: whatever PAVE was asked to change had an older intent, a `sent` and a working row."""
    for row in facts.journal.strange:
        yield Violation("I1", None, "a PUT names no edit", [_short(row)])
    for number, puts in facts.journal.puts.items():
        story = facts.stories.get(number)
        for put in puts if number is not None else ():
            before = (
                [one for one in story.entries if one["ts"] <= put["at"] + CLOCKS] if story else []
            )
            kinds = {one["kind"] for one in before}
            if not story or not story.row or not {INTENT, SENT} <= kinds:
                yield Violation("I1", number, "sent without an older record", [_short(put)])
            elif not _as_recorded(put["payload"], facts.wanted(story)):
                rows = [_short(put), _short(story.sent)]
                yield Violation("I1", number, "sent something else than was recorded", rows)


def _as_recorded(payload, wanted):
    if not isinstance(payload, dict):
        return True  # the sender died in mid-sentence, and nothing can come of half a request
    flat = {f"{section}.{name}": value for section, part in payload.items()
            for name, value in part.items()}  # fmt: skip
    return flat.keys() == wanted.keys() and all(same(flat[key], wanted[key]) for key in flat)


def true_words(facts):
    """I2: no word of the record about an edit is false."""
    for story in facts.stories.values():
        for end in story.ends:
            words = _falsehood(facts, story, end)
            if words:
                rows = facts.journal.puts[story.number] + facts.journal.applied[story.number]
                shown = [_short(one) for one in sorted(rows, key=lambda row: row["n"])]
                shown += [_short(one) for one in story.entries]
                yield Violation("I2", story.number, f"{end['outcome']}: {words}", shown)


def _falsehood(facts, story, end):
    outcome, puts = end["outcome"], facts.journal.puts[story.number]
    if end["error_code"] == "abandoned" and _still_at_work(facts, story, end):
        return "called abandoned while its sender was at work"
    if outcome in (*NEVER_ASKED, "not_sent"):
        return "a PUT was made" if puts else ""
    if outcome == "unknown":
        return _false_base(facts, story)
    if not story.sent:
        return "it was never recorded as sent"
    if outcome == "refused":
        return "it was applied" if facts.journal.applied[story.number] else ""
    return (
        _false_base(facts, story)
        or _false_effect(facts, story, end)
        or _false_fields(facts, story, end)
    )


def _false_base(facts, story):
    """The values before must be those that PAVE held after the session was reserved."""
    since, until = story.intent["ts"], story.sent["ts"]
    moments = facts.journal.moments(story.key, since - CLOCKS, until + CLOCKS)
    for key, was in facts.base(story).items():
        if not any(same(values.get(key), was) for values in moments):
            return f"{key} is said to have been {was!r}, which PAVE did not hold then"
    reads = facts.journal.reads[story.key]
    if not any(since - CLOCKS <= at <= until + CLOCKS for at in reads):
        return "PAVE was not read after the session was reserved"
    return ""


def _still_at_work(facts, story, end):
    """Whether the post that made the edit was answered after this entry, and soon: a process that
    slept over its lease counts as gone."""
    latest = story.sent["ts"] + facts.put_deadline if story.sent else 0.0
    return end["ts"] < latest and any(
        page["began"] <= story.intent["ts"] + CLOCKS
        and end["ts"] < page["ended"] < latest + LATE_COMMIT
        for page in facts.answers[story.number]
    )


def _false_effect(facts, story, end):
    wanted, outcome = facts.wanted(story), end["outcome"]
    held = [
        [same(values.get(key), text) for key, text in wanted.items()]
        for values in _moments(facts, story, end)
    ]
    if outcome in ("confirmed", "in_effect", "late_applied"):
        return "" if any(map(all, held)) else "PAVE did not hold the values"
    if outcome == "not_in_effect":
        return _false_absence(facts, story, end, held)
    if outcome in ("partial", "superseded"):
        return "" if not all(map(all, held)) else "PAVE held all the values"
    return ""


def _false_absence(facts, story, end, held):
    if not any(not any(one) for one in held):
        return "PAVE held the values"
    told = end["detail"].get("read_at")
    if not told:
        return ""
    read = seconds(told)
    if seconds(end["detail"]["asked_at"]) < story.sent["ts"] + facts.settle - STAMPED:
        return "rests on a reading from before the settle time was over"
    # The model lets the house's clock jump ahead; the entry is stamped by the database's.
    if end["detail"]["proven"] and _changed_before(facts, story, min(read, end["ts"])):
        return "called proven, but it had been applied"
    return ""


def _changed_before(facts, story, read):
    """Whether PAVE had applied the edit before the earliest request that this reading can be of."""
    reads = facts.journal.reads[story.key]
    since = min((at for at in reads if read - facts.get_deadline <= at <= read), default=read)
    return any(row["changed"] and row["at"] < since for row in facts.journal.applied[story.number])


def _moments(facts, story, end):
    """What PAVE held at the times that the words may be about: of the answer, or of the read."""
    if end["kind"] == OUTCOME:
        puts = facts.journal.puts[story.number]
        since = puts[0]["at"] if puts else end["ts"]
    else:
        since = end["ts"] - facts.get_deadline - 0.7
    return facts.journal.moments(story.key, since, end["ts"] + CLOCKS)


def _false_fields(facts, story, end):
    wanted, base = facts.wanted(story), facts.base(story)
    moments = _moments(facts, story, end)
    for key, (result, held) in end["body"].items():
        told = {
            "applied": wanted.get(key),
            "in_effect": wanted.get(key),
            "ignored": base.get(key),
            "not_in_effect": base.get(key),
        }.get(result, held)
        if result == "not_shown":
            continue
        if not any(same(one.get(key), told) and same(one.get(key), held) for one in moments):
            return f"{key} is called {result} with {held!r}, which PAVE never showed then"
    return ""


def late(facts):
    """T15: what takes effect after we called it not in effect is called so in the end."""
    for story in facts.stories.values():
        applied = facts.journal.applied[story.number]
        last = story.ends[-1] if story.ends else None
        if not last or last["outcome"] != "not_in_effect" or not applied:
            continue
        after = [
            one for one in facts.of_session[story.key] if one.number > story.number and one.sent
        ]
        alone = not after and not facts.journal.changed_between(
            story.key, applied[-1]["at"] + CLOCKS, float("inf")
        )
        wanted, held = facts.wanted(story), applied[-1]["values"]
        if (
            alone
            and last["ts"] < applied[-1]["at"]
            and all(same(held.get(key), text) for key, text in wanted.items())
        ):
            rows = [_short(applied[-1]), *map(_short, story.entries)]
            yield Violation("I2", story.number, "applied late, and nobody was told", rows)


def once(facts):
    """I3: no attempt of an edit is sent twice or applied twice."""
    for rows in (*facts.journal.puts.values(), *facts.journal.applied.values()):
        for request_id, times in Counter(row["request_id"] for row in rows).items():
            if times > 1:
                number = int(request_id.partition("-")[0])
                yield Violation("I3", number, f"{times} times", [_short(row) for row in rows])


def closed(facts):
    """I4: it ends. No edit is left open."""
    for story in facts.stories.values():
        if story.row and story.row["state"] in OPEN:
            rows = [_short(one) for one in story.entries]
            yield Violation("I4", story.number, f"is still {story.row['state']}", rows)


_GRAMMAR = re.compile(
    rf"i(?:o:({'|'.join((*NEVER_ASKED, 'not_sent'))})"
    rf"|s(?:o:({'|'.join(('not_sent', *BY_ANSWER))})|o:unknown)?(r:({'|'.join(BY_READING)}))*)?"
)


def recorded(facts):
    """I5: the audit and the working row say the same, and the steps follow the table."""
    for story in facts.stories.values():
        rows = [_short(one) for one in story.entries]
        if not story.row or not story.intent:
            yield Violation("I5", story.number, "a record without its other half", rows)
            continue
        letters = {INTENT: "i", SENT: "s", OUTCOME: "o:", RESOLUTION: "r:"}
        steps = "".join(letters.get(one["kind"], "") + one["outcome"] for one in story.entries)
        if not _GRAMMAR.fullmatch(steps):
            yield Violation("I5", story.number, f"took the steps {steps}", rows)
        last = story.ends[-1]["outcome"] if story.ends else "sent" if story.sent else "intent"
        if last != story.row["state"]:
            words = f"is {story.row['state']}, the record ends with {last}"
            yield Violation("I5", story.number, words, rows)


def alone(facts):
    """I6: never two PUTs in flight for one session, and never two edits in its slot."""
    flights, slots = defaultdict(list), defaultdict(list)
    landed = _landings(facts)
    for number, puts in facts.journal.puts.items():
        for put in puts:
            end = landed.get(number, put["at"] + facts.flight)
            flights[put["session_key"]].append((put["at"], end, number))
    for story in facts.stories.values():
        if story.intent:
            end = story.closed_at or float("inf")
            slots[story.key].append((story.intent["ts"], end, story.number))
    for spans, words in ((flights, "two PUTs in flight"), (slots, "two edits in the slot")):
        for found in spans.values():
            found.sort()
            for (_, end, one), (began, _, other) in zip(found, found[1:], strict=False):
                if began < end - CLOCKS and one != other:
                    yield Violation("I6", other, f"{words}: with edit {one}", [began - end])


def _landings(facts):
    """When each edit's own process had its answer: by what it recorded, else by its next page.
    Of one that died nothing is known."""
    ends = {
        number: min(page["ended"] for page in pages)
        for number, pages in facts.answers.items()
        if pages
    }
    for story in facts.stories.values():
        if (
            story.ends
            and story.intent
            and story.ends[0]["actor_label"] == story.intent["actor_label"]
        ):
            ends[story.number] = story.ends[0]["ts"]
    return ends


def allowed(facts):
    """I7: no PUT leaves with a field that PAVE's rules forbid for what our read had shown."""
    for number, rows in facts.journal.forbidden.items():
        for row in rows:
            reads = [at for at in facts.journal.reads[row["session_key"]] if at < row["at"]]
            since = max(reads, default=0.0)
            if not facts.journal.changed_between(row["session_key"], since, row["at"]):
                yield Violation("I7", number, "a forbidden field was sent", [_short(row)])


def untouched(facts):
    """I8: what else changed across our PUT is on record, when PAVE's answer showed it."""
    for number, rows in facts.journal.applied.items():
        story = facts.stories.get(number)
        ends = [one for one in story.ends if one["kind"] == OUTCOME] if story else []
        if not ends or "collateral" not in ends[0]["detail"]:
            continue
        more = {key for row in rows for key in row["changed"]} - facts.wanted(story).keys()
        if more - set(ends[0]["detail"]["collateral"]):
            rows = [*map(_short, rows), _short(ends[0])]
            yield Violation("I8", number, f"{sorted(more)} changed too, unrecorded", rows)


def one_form(facts):
    """I10: however often one form is posted with the same values, it is one edit, one page."""
    forms = defaultdict(list)
    for note in facts.notes:
        if note["note"] == "shown" and note["kind"] == "send" and note["label"] != "other values":
            forms[note["form"]].append(note)
    for shown in forms.values():
        went = {page["sent_to"] for page in shown if page["sent_to"]}
        rows = [{n: one[n] for n in ("status", "sent_to", "began", "ended", "text")}
                for one in shown]  # fmt: skip
        if len(went) > 1:
            yield Violation("I10", min(went), f"one form made the edits {sorted(went)}", rows)
        first = min((page["ended"] for page in shown if page["sent_to"]), default=None)
        later = [page for page in shown if first and page["began"] > first]
        lost = [page for page in later if not page["sent_to"] and page["status"] < 500]
        if lost:
            yield Violation("I10", min(went), "posted again, it did not lead to its page", rows)


def upright(facts):
    """No page of ours breaks down, unless a fail point broke it: A10 of the OWASP list."""
    for page in facts.notes:
        if page["note"] == "shown" and page["status"] == 500 and page.get("manner") != "raise":
            kept = {name: page[name] for name in ("kind", "key", "who", "began", "text")}
            yield Violation("500", page.get("sent_to"), "our own page broke down", [kept])
