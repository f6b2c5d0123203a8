"""Test the text of every state, held word by word: no word on the page may be false.

The words claim effect, never cause, unless PAVE itself answered; a change here is a decision.
"""

import pytest

from sessions_ui.domain.rules.outcomes import Outcome
from sessions_ui.models import Edit
from sessions_ui.services.edits.drafts import save_edit_draft
from sessions_ui.services.edits.result import EditResult
from sessions_ui.views.sessions.messages import GONE, STOPPED_NOTICES, VARIANTS, outcome_words
from tests.edits import leave_edit
from tests.pages import Agent

pytestmark = pytest.mark.django_db

TEXTS = {
    "pending": (
        "This edit is on its way",
        "It was recorded; what became of it is not written down yet.",
        "Wait a moment and reload. Please do not make the change again.",
    ),
    "confirmed": (
        "PAVE took the change",
        "PAVE answered and showed every value that you sent.",
        "Nothing more to do.",
    ),
    "accepted": (
        "PAVE accepted it, but does not show all of it",
        "PAVE answered without an error. Fields that it does not show could not be checked.",
        "Look again later, or ask the customer what they see.",
    ),
    "refused": (
        "PAVE refused the change",
        "Nothing was changed.",
        "What you typed is kept: put it back into the form, mend it, and review it again.",
    ),
    "refused_by_policy": (
        "Nothing was sent",
        "A field that you changed is locked now, so PAVE would not take it.",
        "What you typed is kept. Send the fields that are still open, after a new review.",
    ),
    "withdrawn": (
        "Nothing was sent",
        "Before sending, PAVE was read once more, and the edit no longer fitted.",
        "What you typed is kept. Compare it with what PAVE holds now and review it again.",
    ),
    "not_sent": (
        "PAVE could not be reached",
        "Nothing was sent, so nothing was changed.",
        "What you typed is kept. Try again in a moment.",
    ),
    "unknown": (
        "We do not know yet whether PAVE took it",
        "The change was sent once, and no valid answer came. It may still take effect.",
        "Please do not make it again elsewhere. We check by reading PAVE, not by sending.",
    ),
    "in_effect": (
        "Your change was found in effect",
        "No valid answer came, but when PAVE was read it held every value that you sent.",
        "Nothing more to do.",
    ),
    "not_in_effect": (
        "Your change was found not in effect",
        "When we looked, PAVE held the values from before, as far as it shows them.",
        "What you typed is kept: if it is still wanted, put it back, and review it again.",
    ),
    "partial": (
        "Partly in effect",
        "When we looked, some fields held what you sent, others did not.",
        "The list shows which. Send the others again if they are still open.",
    ),
    "superseded": (
        "PAVE held another value",
        "When we looked, a field held neither the value from before nor the one that you sent.",
        "Compare the three values and decide whether to change it again.",
    ),
    "unresolved": (
        "Nobody can say what became of this edit",
        "PAVE could not be read, or no longer knows the session, or does not show the fields.",
        "A manager will look at it. Ask them before you change the session again.",
    ),
    "late_applied": (
        "Your change took effect late",
        "We had called it not in effect; a later look found it in PAVE.",
        "Check with the customer if you made the change again in the meantime.",
    ),
}


SAME = None
CREDENTIALS = (
    "The dashboard is not authorised at PAVE",
    "PAVE refused our credentials, so nothing was changed.",
    "Tell whoever runs the dashboard. What you typed is kept.",
)
NOT_CALLED = (
    "Nothing was sent",
    "The dashboard did not come to calling PAVE, so nothing was changed.",
    SAME,
)
# By outcome and cause, or PAVE's status: heading, what was so, what to do next.
BY_CAUSE = {
    ("not_sent", "abandoned"): NOT_CALLED,
    ("not_sent", "busy_here"): NOT_CALLED,
    ("not_sent", "circuit_open"): NOT_CALLED,
    ("not_sent", "thread"): NOT_CALLED,
    ("withdrawn", "unreadable"): (
        SAME,
        "Before sending, PAVE was to be read once more, and it could not be read.",
        "What you typed is kept. Put it back in a moment, and review it again.",
    ),
    ("withdrawn", "not_found"): (
        SAME,
        "Before sending, PAVE was read once more, and it no longer knew the session.",
        "Check the session key with the dealer. What you typed is kept.",
    ),
    ("withdrawn", "nothing_to_change"): (
        SAME,
        "Before sending, PAVE was read once more, and it held these values already.",
        "Nothing more to do.",
    ),
    ("in_effect", "closed_by_a_person"): (
        SAME,
        "No valid answer came, and reading PAVE did not settle it. A manager found out that it is "
        "in effect.",
        SAME,
    ),
    ("not_in_effect", "closed_by_a_person"): (
        SAME,
        "No valid answer came, and reading PAVE did not settle it. A manager found out that it is "
        "not in effect.",
        SAME,
    ),
    ("unresolved", "closed_by_a_person"): (
        SAME,
        "No valid answer came, and a manager found out that it cannot be known.",
        "Compare what PAVE holds now with what was sent before you change it again.",
    ),
    ("refused", "clock"): (
        "The clock of this dashboard is wrong",
        "PAVE refused our signature because of it, so nothing was changed.",
        "Tell whoever runs the dashboard to set its clock. What you typed is kept.",
    ),
    ("refused", "401"): CREDENTIALS,
    ("refused", "403"): CREDENTIALS,
    ("refused", "404"): (
        "PAVE no longer knows this session",
        "It was gone when the change arrived, so nothing was changed.",
        "Check the session key with the dealer. What you typed is kept.",
    ),
    ("refused", "429"): (
        "PAVE asked us to wait",
        "It takes no more calls for the moment, so nothing was changed.",
        "What you typed is kept. Put it back in 20 s, and review it again.",
    ),
}
STOPPED = {
    "stale": (
        "This page was too old to be used",
        "Nothing was sent. Below is the session as it was last read, with what you typed. "
        "Look at it and review again.",
    ),
    "conflict": (
        "This session changed while you were editing",
        "Nothing was sent. Where you and somebody else changed the same field, both values are "
        "shown: keep yours by reviewing again, or type PAVE's to keep that.",
    ),
    "locked": (
        "What you changed is locked now",
        "Nothing was sent. The fields say why; what you typed stands beside PAVE's value.",
    ),
    "busy": (
        "Another edit of this session is still open",
        "This press of Send sent nothing, and what you typed is kept. Wait until the other edit is "
        "settled, then open the session again.",
    ),
    "came_second": (
        "Another edit came first",
        "This press of Send sent nothing, because another edit of this session was open at that "
        "moment. It is settled now. Below is the session as it was last read, with what you typed: "
        "review it again.",
    ),
    "nonce_used": (
        "This form was sent before, with other values",
        "Nothing was sent now. Below is the session as it was last read, with what you typed.",
    ),
    "nothing_to_change": (
        "Nothing to change",
        "PAVE already holds what this form shows, so nothing was sent.",
    ),
    "unreadable": (
        "PAVE could not be read, so nothing was sent",
        "What you typed is kept for a day and offered when you open the session again.",
    ),
}


@pytest.fixture
def idle(sandbox):
    """A session that holds theme PRO."""
    return sandbox.state.create(status="IDLE", delivery="failed", session={"theme": "PRO"})


def test_it_has_words_for_every_state():
    assert set(TEXTS) == {outcome.value for outcome in Outcome}


@pytest.mark.parametrize("outcome", TEXTS)
def test_it_says_what_is_true_now_and_what_to_do(client, alice, sandbox, idle, outcome):
    sandbox.state.fault("error_before", method="GET", status=500, times=9)  # nothing settles here
    state = "sent" if outcome == "pending" else outcome
    edit = leave_edit(idle, state, session__theme="LITE")
    Edit.objects.filter(pk=edit.pk).update(lease_until="2099-01-01T00:00:00Z")
    edit.actor_id = alice.id
    save_edit_draft(edit)
    page = Agent(client, alice, idle).open(f"?edit={edit.entry_id}")
    banner = page.soup.select_one("[data-outcome]")
    assert banner["data-outcome"] == outcome
    assert banner["data-entry-id"] == str(edit.entry_id)
    for sentence in TEXTS[outcome]:
        assert sentence in banner.get_text(" ", strip=True)


@pytest.mark.parametrize(
    "outcome", ["unknown", "in_effect", "not_in_effect", "partial", "superseded"]
)
def test_it_never_claims_the_cause_of_what_was_only_read_back(outcome):
    text = " ".join(TEXTS[outcome]).lower()
    for claim in ("pave took the", "pave applied", "pave refused", "was applied", "failed"):
        assert claim not in text


@pytest.mark.parametrize("outcome", ["unknown", "pending"])
def test_it_never_advises_to_send_again_what_may_still_take_effect(outcome):
    text = " ".join(TEXTS[outcome]).lower()
    assert "do not make" in text


def found(outcome, cause=""):
    """An edit's result with this outcome, for this cause or at this status of PAVE's."""
    status = int(cause) if cause.isdecimal() else None
    code = f"http_{cause}" if status else cause
    return EditResult(
        None, Outcome(outcome), {}, http_status=status, error_code=code, detail={"retry_after": 20}
    )


def test_it_has_words_of_its_own_for_every_cause_that_asks_for_them():
    assert set(BY_CAUSE) == set(VARIANTS)


@pytest.mark.parametrize(("outcome", "cause"), BY_CAUSE)
def test_it_speaks_of_the_cause_where_another_sentence_would_be_false(outcome, cause):
    words = outcome_words(found(outcome, cause), kept=True)
    agreed = zip(BY_CAUSE[outcome, cause], TEXTS[outcome], strict=True)
    assert (words.heading, words.now, words.then) == tuple(own or same for own, same in agreed)


@pytest.mark.parametrize("outcome", TEXTS)
def test_it_calls_nothing_kept_that_is_not(outcome):
    advice = outcome_words(found(outcome), kept=False).then
    promised = "What you typed is kept" in TEXTS[outcome][2]
    assert "kept" not in advice.replace(GONE, "")
    assert advice.endswith(GONE) == promised


def test_it_has_words_for_every_way_in_which_a_post_comes_back():
    assert {
        code: (said.heading, said.sentence) for code, said in STOPPED_NOTICES.items()
    } == STOPPED
