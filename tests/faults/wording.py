"""Write down a second time, word by word, what a page may say of an edit.

The checker compares every page with these tables. None of it is imported from the dashboard: a
sentence that is changed there must be changed here as well, which is a decision that it is true.
"""

KEPT = "What you typed is kept"

# outcome: (its name in lists, heading, what is true now, what to do next)
OUTCOMES = {
    "pending": (
        "On its way",
        "This edit is on its way",
        "It was recorded; what became of it is not written down yet.",
        "Wait a moment and reload. Please do not make the change again.",
    ),
    "confirmed": (
        "Applied",
        "PAVE took the change",
        "PAVE answered and showed every value that you sent.",
        "Nothing more to do.",
    ),
    "accepted": (
        "Accepted, not shown",
        "PAVE accepted it, but does not show all of it",
        "PAVE answered without an error. Fields that it does not show could not be checked.",
        "Look again later, or ask the customer what they see.",
    ),
    "refused": (
        "Refused by PAVE",
        "PAVE refused the change",
        "Nothing was changed.",
        f"{KEPT}: put it back into the form, mend it, and review it again.",
    ),
    "refused_by_policy": (
        "Refused by our rules",
        "Nothing was sent",
        "A field that you changed is locked now, so PAVE would not take it.",
        f"{KEPT}. Send the fields that are still open, after a new review.",
    ),
    "withdrawn": (
        "Withdrawn",
        "Nothing was sent",
        "Before sending, PAVE was read once more, and the edit no longer fitted.",
        f"{KEPT}. Compare it with what PAVE holds now and review it again.",
    ),
    "not_sent": (
        "Not sent",
        "PAVE could not be reached",
        "Nothing was sent, so nothing was changed.",
        f"{KEPT}. Try again in a moment.",
    ),
    "unknown": (
        "Unknown, checking",
        "We do not know yet whether PAVE took it",
        "The change was sent once, and no valid answer came. It may still take effect.",
        "Please do not make it again elsewhere. We check by reading PAVE, not by sending.",
    ),
    "in_effect": (
        "In effect",
        "Your change was found in effect",
        "No valid answer came, but when PAVE was read it held every value that you sent.",
        "Nothing more to do.",
    ),
    "not_in_effect": (
        "Not in effect",
        "Your change was found not in effect",
        "When we looked, PAVE held the values from before, as far as it shows them.",
        f"{KEPT}: if it is still wanted, put it back, and review it again.",
    ),
    "partial": (
        "Partly in effect",
        "Partly in effect",
        "When we looked, some fields held what you sent, others did not.",
        "The list shows which. Send the others again if they are still open.",
    ),
    "superseded": (
        "Another value",
        "PAVE held another value",
        "When we looked, a field held neither the value from before nor the one that you sent.",
        "Compare the three values and decide whether to change it again.",
    ),
    "unresolved": (
        "Not settled",
        "Nobody can say what became of this edit",
        "PAVE could not be read, or no longer knows the session, or does not show the fields.",
        "A manager will look at it. Ask them before you change the session again.",
    ),
    "late_applied": (
        "Applied late",
        "Your change took effect late",
        "We had called it not in effect; a later look found it in PAVE.",
        "Check with the customer if you made the change again in the meantime.",
    ),
}

GONE = "Nothing of it is kept here: if it is still wanted, type it again, and review it."
OFFERED = "You had typed something here"

_NOT_CALLED = (
    "Nothing was sent",
    "The dashboard did not come to calling PAVE, so nothing was changed.",
    OUTCOMES["not_sent"][3],
)
_PERSON = "No valid answer came, and reading PAVE did not settle it. A manager found out that it is"
# outcome and cause: (heading, what is true now, what to do next)
CAUSES = {
    ("not_sent", "abandoned"): _NOT_CALLED,
    ("not_sent", "busy_here"): _NOT_CALLED,
    ("not_sent", "circuit_open"): _NOT_CALLED,
    ("not_sent", "thread"): _NOT_CALLED,
    ("withdrawn", "unreadable"): (
        "Nothing was sent",
        "Before sending, PAVE was to be read once more, and it could not be read.",
        f"{KEPT}. Put it back in a moment, and review it again.",
    ),
    ("withdrawn", "not_found"): (
        "Nothing was sent",
        "Before sending, PAVE was read once more, and it no longer knew the session.",
        f"Check the session key with the dealer. {KEPT}.",
    ),
    ("withdrawn", "nothing_to_change"): (
        "Nothing was sent",
        "Before sending, PAVE was read once more, and it held these values already.",
        "Nothing more to do.",
    ),
    ("in_effect", "closed_by_a_person"): (
        OUTCOMES["in_effect"][1],
        f"{_PERSON} in effect.",
        OUTCOMES["in_effect"][3],
    ),
    ("not_in_effect", "closed_by_a_person"): (
        OUTCOMES["not_in_effect"][1],
        f"{_PERSON} not in effect.",
        OUTCOMES["not_in_effect"][3],
    ),
    ("unresolved", "closed_by_a_person"): (
        OUTCOMES["unresolved"][1],
        "No valid answer came, and a manager found out that it cannot be known.",
        "Compare what PAVE holds now with what was sent before you change it again.",
    ),
    ("refused", "clock"): (
        "The clock of this dashboard is wrong",
        "PAVE refused our signature because of it, so nothing was changed.",
        f"Tell whoever runs the dashboard to set its clock. {KEPT}.",
    ),
}

_CREDENTIALS = (
    "The dashboard is not authorised at PAVE",
    "PAVE refused our credentials, so nothing was changed.",
    f"Tell whoever runs the dashboard. {KEPT}.",
)
# PAVE's status of a refusal: (heading, what is true now, what to do next)
REFUSED = {
    401: _CREDENTIALS,
    403: _CREDENTIALS,
    404: (
        "PAVE no longer knows this session",
        "It was gone when the change arrived, so nothing was changed.",
        f"Check the session key with the dealer. {KEPT}.",
    ),
    429: (
        "PAVE asked us to wait",
        "It takes no more calls for the moment, so nothing was changed.",
        f"{KEPT}. Put it back {{when}}, and review it again.",
    ),
}

# The result of one field, by PAVE's own answer or by reading back.
RESULTS = {
    "applied": "Applied",
    "ignored": "Ignored by PAVE",
    "altered": "Altered by PAVE",
    "not_shown": "Not shown by PAVE",
    "in_effect": "In effect",
    "not_in_effect": "Not in effect",
    "other_value": "Another value",
}

# The fields that the scenes of the proof change or see changed.
FIELDS = {
    "session.language": "Language",
    "session.theme": "Theme",
    "session.client_id": "Client ID",
    "vehicle.trim": "Trim",
    "vehicle.odom_reading": "Odometer reading",
    "sms.to_name": "Recipient name",
}


def banners(outcome, end):
    """Give the texts that an edit's banner may have: first for its author, while what was typed is
    kept as a draft, then for anybody else.

    `end` is the audit's last entry of the edit, with PAVE's own words (None: nothing has ended).
    """
    return [_banner(outcome, end, kept) for kept in (True, False)]


def _banner(outcome, end, kept):
    detail = end["detail"] if end else {}
    _, *words = OUTCOMES[outcome]
    if outcome == "refused":
        words = REFUSED.get(end["http_status"], words)
    words = CAUSES.get((outcome, end["error_code"] if end else ""), words)
    wait, message = detail.get("retry_after"), detail.get("pave_message")
    heading, now, then = words
    then = then.replace("{when}", f"in {wait} s" if wait else "later")
    if not kept and KEPT in then:
        then = then.partition(KEPT)[0] + GONE
    said = f" PAVE said: “{message}”" if message else ""
    names = ", ".join(FIELDS[key] for key in detail.get("collateral", ()))
    more = f" Also changed in PAVE, though nobody sent it: {names}. Tell the owner of the rules."
    return " ".join(f"{heading} {now}{said} {then}{more if names else ''}".split())


def result(outcome, end, key):
    """Give the words for one field of an edit."""
    sides = end["body"].get(key) if end else None
    return RESULTS[sides[0]] if sides else OUTCOMES[outcome][0]
