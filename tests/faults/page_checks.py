"""I11: check that every page says of an edit what was true when it was shown, word by word."""

from .facts import CLOCKS, INTENT, LATE_COMMIT, SENT, Violation, same
from .wording import FIELDS, GONE, KEPT, OFFERED, OUTCOMES, banners, result

# "None is sent" is not among them: it speaks of now, beside a post that may have sent before.
UNSENT, UNCHANGED = ("nothing was sent", "was not sent"), "nothing was changed"
# For one press of a double click: the other may be sending the same form at that moment.
UNSENT_BY_THIS = "this press of send sent nothing"
UNREAD = "–"
_KEYS = {name: key for key, name in FIELDS.items()}


def true_pages(facts):
    """Find every page that says something untrue, or words it otherwise than `wording.py`."""
    for page in (note for note in facts.notes if note["note"] == "shown"):
        words = _untrue_banner(facts, page) or _untrue_claim(facts, page)
        if words:
            number = page["entry"] or page.get("sent_to")
            about = {
                name: page[name] for name in ("kind", "key", "who", "status", "began", "ended")
            }
            yield Violation("I11", number, words, [about, page["said"], page["text"][:400]])


def _untrue_banner(facts, page):
    if page["kind"] == "open" and page["asked"] != page["entry"] and page["status"] == 200:
        return f"was asked for edit {page['asked']}, and shows {page['entry'] or 'none'}"
    if not page["entry"]:
        return ""
    record = facts.records.get(page["entry"])
    if not record:
        return "shows an edit that is not on record"
    states = _states_during(record, page)
    ends = [end for state, end in states if state == page["outcome"]]
    if not ends:
        return f"shows {page['outcome']}, but the edit was {sorted({state for state, _ in states})}"
    faults = [_wrong_words(facts, page, record, end) for end in ends]
    return "" if not all(faults) else faults[0]


def _states_during(record, page):
    """Give the states that the edit had while the page was made, each with the entry that brought
    it there (None: nothing had ended yet)."""
    entries = [None, *record.ends]
    return [
        (state, entry)
        for (began, ended, state), entry in zip(record.states(), entries, strict=True)
        if began <= page["ended"] and page["began"] <= ended + LATE_COMMIT
    ]


def _wrong_words(facts, page, record, end):
    expected = banners(page["outcome"], end)
    if page["said"] not in expected:
        return f"does not say what was agreed on: {expected[0]!r}"
    if KEPT in page["said"] and OFFERED not in page["text"]:
        return "calls something kept, and does not offer it"
    if GONE in page["said"] and _must_be_kept(facts, page, record):
        return "says that nothing is kept, though its author has done nothing since"
    return _wrong_rows(facts, page, record, end)


def _wrong_rows(facts, page, record, end):
    """Check the banner's table: what was sent, what PAVE holds now, and the result, per field."""
    sent = [{key: sides[1] for key, sides in entry["body"].items()}
            for entry in record.entries if entry["kind"] in (INTENT, SENT)]  # fmt: skip
    rows = {_KEYS.get(name, name): cells for name, *cells in page["rows"]}
    if not any(_is_same_edit(rows, wanted) for wanted in sent):
        return f"says that {rows} was sent, but it was {sent[-1]}"
    for key, (_, held, word) in rows.items():
        expected = result(page["outcome"], end, key)
        if word != expected:
            return f"calls {key} {word!r}, the record {expected!r}"
        if held != UNREAD and not _was_held(facts, page, key, held):
            return f"says that PAVE holds {held!r} as {key}, which it did not then"
    return ""


def _must_be_kept(facts, page, record):
    """Tell whether the edit's values must be offered to the reader of the page: to its author, who
    has begun no other edit of the session since."""
    own = [other.number for other in facts.of_session[page["key"]]
           if other.intent and other.intent["actor_label"] == page["who"]]  # fmt: skip
    later = any(number > record.number for number in own)
    return record.number in own and not later and page["kind"] == "open"


def _is_same_edit(rows, wanted):
    return rows.keys() == wanted.keys() and all(
        same(_code(sent), wanted[key]) for key, (sent, _, _) in rows.items()
    )


def _was_held(facts, page, key, held):
    moments = facts.journal.moments(page["key"], page["began"] - CLOCKS, page["ended"] + CLOCKS)
    return any(same(values.get(key), _code(held)) for values in moments)


def _code(shown):
    """Give the value itself: the code of a choice that is shown as `French · FR`."""
    return shown.rpartition(" · ")[2]


def _untrue_claim(facts, page):
    """Check what a page claims without a banner: that nothing was sent, or nothing changed."""
    text = page["text"].casefold()
    if page["kind"] == "send" and page["said"] == "" and _has_heading_of_an_outcome(page):
        return "speaks of an outcome, and does not say of which edit"
    if not any(words in text for words in (*UNSENT, UNSENT_BY_THIS, UNCHANGED)):
        return ""
    edits = _edits_of(facts, page)
    puts = [row for number in edits for row in facts.journal.puts[number]
            if row["at"] < page["ended"]]  # fmt: skip
    if puts and any(words in text for words in UNSENT):
        return f"says that nothing was sent, but edits {sorted(edits)} made a PUT"
    if puts and UNSENT_BY_THIS in text and not _was_sent_by_another_press(facts, page, edits):
        return f"says that it sent nothing, but no other press made edits {sorted(edits)}"
    applied = [row for number in edits for row in facts.journal.applied[number]]
    if applied and UNCHANGED in text:
        return f"says that nothing was changed, but edits {sorted(edits)} were applied"
    return ""


def _was_sent_by_another_press(facts, page, edits):
    """Tell whether the same form was posted by another press before this page ended, which led to
    one of these edits, or was never answered."""
    presses = [note for note in facts.notes if note.get("form") == page["form"]]
    led_to = {note["began"]: note["sent_to"] for note in presses
              if note["note"] == "shown" and note["status"] < 500}  # fmt: skip
    return any(
        page["began"] != press["began"] < page["ended"]
        and (press["began"] not in led_to or led_to[press["began"]] in edits)
        for press in presses
        if press["note"] == "asks"
    )


def _has_heading_of_an_outcome(page):
    """Tell whether a page without a banner has the heading of one. Only that nothing was sent, or
    that PAVE could not be reached, can be said without naming an edit."""
    allowed = ("refused_by_policy", "withdrawn", "not_sent", "partial")
    return any(heading in page["text"] for outcome, (_, heading, *_) in OUTCOMES.items()
               if outcome not in allowed)  # fmt: skip


def _edits_of(facts, page):
    """Give the edits that a page speaks of: the one asked for, or those that its post can have
    made: this person's, on this session, of these values."""
    if page["kind"] == "open":
        return {page["asked"]} - {None}
    if page["kind"] != "send" or page["label"] == "other values":
        return set()
    return {
        record.number
        for record in facts.of_session[page["key"]]
        if record.intent
        and record.intent["actor_label"] == page["who"]
        and record.intent["ts"] <= page["ended"]
        and all(
            same(sides[1], page["typed"].get(key)) for key, sides in record.intent["body"].items()
        )
    }
