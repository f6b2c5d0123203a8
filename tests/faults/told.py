"""I11: what a page says of an edit is what was true when it was shown, to the word."""

from .truth import CLOCKS, INTENT, LATE_COMMIT, SENT, Violation, same
from .words import FIELDS, GONE, KEPT, OFFERED, TOLD, banners, result

# "None is sent" is not among them: it is said of now, beside a post that may have sent before.
UNSENT, UNCHANGED = ("nothing was sent", "was not sent"), "nothing was changed"
# Said to one press of a double click: the other may be sending the same form at that moment.
UNSENT_BY_THIS = "this press of send sent nothing"
UNREAD = "–"
_KEYS = {name: key for key, name in FIELDS.items()}


def told(facts):
    """Every page that said something untrue, or in other words than those agreed on."""
    for page in (one for one in facts.notes if one["note"] == "shown"):
        words = _untrue_banner(facts, page) or _untrue_claim(facts, page)
        if words:
            number = page["entry"] or page.get("sent_to")
            kept = {name: page[name] for name in ("kind", "key", "who", "status", "began", "ended")}
            yield Violation("I11", number, words, [kept, page["said"], page["text"][:400]])


def _untrue_banner(facts, page):
    if page["kind"] == "open" and page["asked"] != page["entry"] and page["status"] == 200:
        return f"was asked for edit {page['asked']}, and shows {page['entry'] or 'none'}"
    if not page["entry"]:
        return ""
    story = facts.stories.get(page["entry"])
    if not story:
        return "shows an edit that is not on record"
    then = _states_then(story, page)
    fitting = [ended for state, ended in then if state == page["outcome"]]
    if not fitting:
        return f"shows {page['outcome']}, but the edit was {sorted({state for state, _ in then})}"
    wrong = [_wrong_words(facts, page, story, ended) for ended in fitting]
    return "" if not all(wrong) else wrong[0]


def _states_then(story, page):
    """The states that the edit had at some time while the page was made, each with the entry that
    brought it there (None: it was only on its way)."""
    entries = [None, *story.ends]
    return [
        (state, entry)
        for (began, end, state), entry in zip(story.states(), entries, strict=True)
        if began <= page["ended"] and page["began"] <= end + LATE_COMMIT
    ]


def _wrong_words(facts, page, story, ended):
    expected = banners(page["outcome"], ended)
    if page["said"] not in expected:
        return f"does not say what was agreed on: {expected[0]!r}"
    if KEPT in page["said"] and OFFERED not in page["text"]:
        return "calls something kept, and does not offer it"
    if GONE in page["said"] and _must_be_kept(facts, page, story):
        return "says that nothing is kept, though its author has done nothing since"
    sent = [{key: sides[1] for key, sides in one["body"].items()}
            for one in story.entries if one["kind"] in (INTENT, SENT)]  # fmt: skip
    shown = {_KEYS.get(name, name): rest for name, *rest in page["rows"]}
    if not any(_as_sent(shown, wanted) for wanted in sent):
        return f"says that {shown} was sent, but it was {sent[-1]}"
    for key, (_, held, word) in shown.items():
        if word != result(page["outcome"], ended, key):
            return f"calls {key} {word!r}, the record {result(page['outcome'], ended, key)!r}"
        if held != UNREAD and not _was_held(facts, page, key, held):
            return f"says that PAVE holds {held!r} as {key}, which it did not then"
    return ""


def _must_be_kept(facts, page, story):
    """Whether what this edit carried is to be offered to who reads the page: its author, who has
    begun no other edit of the session since."""
    mine = [other.number for other in facts.of_session[page["key"]]
            if other.intent and other.intent["actor_label"] == page["who"]]  # fmt: skip
    later = any(number > story.number for number in mine)
    return story.number in mine and not later and page["kind"] == "open"


def _as_sent(shown, wanted):
    return shown.keys() == wanted.keys() and all(
        same(_code(sent), wanted[key]) for key, (sent, _, _) in shown.items()
    )


def _was_held(facts, page, key, held):
    moments = facts.journal.moments(page["key"], page["began"] - CLOCKS, page["ended"] + CLOCKS)
    return any(same(one.get(key), _code(held)) for one in moments)


def _code(shown):
    """The value itself: of a choice that is shown with its name, as in `French · FR`, the code."""
    return shown.rpartition(" · ")[2]


def _untrue_claim(facts, page):
    text = page["text"].casefold()
    if page["kind"] == "send" and page["said"] == "" and _speaks_of_an_end(page):
        return "speaks of an outcome, and does not say of which edit"
    if not any(words in text for words in (*UNSENT, UNSENT_BY_THIS, UNCHANGED)):
        return ""
    edits = _edits_of(facts, page)
    puts = [row for number in edits for row in facts.journal.puts[number]
            if row["at"] < page["ended"]]  # fmt: skip
    if puts and any(words in text for words in UNSENT):
        return f"says that nothing was sent, but edits {sorted(edits)} made a PUT"
    if puts and UNSENT_BY_THIS in text and not _other_press(facts, page, edits):
        return f"says that it sent nothing, but no other press made edits {sorted(edits)}"
    applied = [row for number in edits for row in facts.journal.applied[number]]
    if applied and UNCHANGED in text:
        return f"says that nothing was changed, but edits {sorted(edits)} were applied"
    return ""


def _other_press(facts, page, edits):
    """Whether the same form was posted by another press before this page ended, which led to one
    of these edits, or was never answered."""
    sends = [one for one in facts.notes if one.get("form") == page["form"]]
    led_to = {one["began"]: one["sent_to"] for one in sends
              if one["note"] == "shown" and one["status"] < 500}  # fmt: skip
    return any(
        page["began"] != one["began"] < page["ended"]
        and (one["began"] not in led_to or led_to[one["began"]] in edits)
        for one in sends
        if one["note"] == "asks"
    )


def _speaks_of_an_end(page):
    """Whether a page without a banner has one's heading: none but that nothing was sent, or that
    PAVE was not to be reached, can be said without naming an edit."""
    may = ("refused_by_policy", "withdrawn", "not_sent", "partial")
    return any(heading in page["text"] for outcome, (_, heading, *_) in TOLD.items()
               if outcome not in may)  # fmt: skip


def _edits_of(facts, page):
    """The edits that a page speaks of: the one asked for, or those that its post can have made:
    this person's, on this session, of these values."""
    if page["kind"] == "open":
        return {page["asked"]} - {None}
    if page["kind"] != "send" or page["label"] == "other values":
        return set()
    return {
        story.number
        for story in facts.of_session[page["key"]]
        if story.intent
        and story.intent["actor_label"] == page["who"]
        and story.intent["ts"] <= page["ended"]
        and all(
            same(sides[1], page["typed"].get(key)) for key, sides in story.intent["body"].items()
        )
    }
