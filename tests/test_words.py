"""The text of every state, held word by word: no word on the page may be false.

The words claim effect, never cause, unless PAVE itself answered; a change here is a decision.
"""

import pytest

from sessions_ui.domain.outcomes import Outcome
from sessions_ui.models import Edit

from .pages import Agent
from .test_settling import leave

pytestmark = pytest.mark.django_db

TEXTS = {
    "pending": (
        "This edit is on its way",
        "It was recorded; what became of it is not written down yet.",
        "Wait a moment and reload. Please do not make the change again.",
    ),
    "confirmed": (
        "PAVE took the change",
        "PAVE answered and shows every value that you sent.",
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
        "Your change is in effect",
        "PAVE's answer got lost, but PAVE holds every value that you sent.",
        "Nothing more to do.",
    ),
    "not_in_effect": (
        "Your change is not in effect",
        "PAVE holds the values from before.",
        "What you typed is kept: if it is still wanted, put it back, and review it again.",
    ),
    "partial": (
        "Partly in effect",
        "Some fields hold what you sent, others do not.",
        "The list shows which. Send the others again if they are still open.",
    ),
    "superseded": (
        "PAVE holds another value",
        "A field holds neither the value from before nor the one that you sent.",
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
    edit = leave(idle, state, session__theme="LITE")
    Edit.objects.filter(pk=edit.pk).update(lease_until="2099-01-01T00:00:00Z")
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
    told = " ".join(TEXTS[outcome]).lower()
    for claim in ("pave took the", "pave applied", "pave refused", "was applied", "failed"):
        assert claim not in told


@pytest.mark.parametrize("outcome", ["unknown", "pending"])
def test_it_never_advises_to_send_again_what_may_still_take_effect(outcome):
    told = " ".join(TEXTS[outcome]).lower()
    assert "do not make" in told
