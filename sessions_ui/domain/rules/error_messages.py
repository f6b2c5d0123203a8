"""Put the audit's short codes into sentences. Exports keep the codes, for machines."""

from sessions_ui.domain.rules.policy import RULES

ACCESS = {
    "personal.seen": "was shown the personal values",
    "history.seen": "opened the history",
    "audit.search": "searched the audit",
    "audit.export": "exported the audit",
    "audit.exported": "has the whole export",
    "audit.reviewed": "reviewed this",
    "audit.reopened": "opened the review again",
    "audit.flagged": "flagged this",
    "audit.commented": "commented",
    "audit.purged": "took sealed entries out",
    "personal.revealed": "revealed personal values",
    "personal.erased": "erased personal values",
    "view.shared": "shared a saved view",
    "view.removed": "took a shared view back",
    "watch.made": "made a watch rule",
    "watch.changed": "changed a watch rule",
    "watch.removed": "removed a watch rule",
}
"""Actions as they follow a person's name."""
DEEDS = frozenset({"personal.erased", "view.shared", "view.removed"})
"""Actions that are listed among the accesses but did more than read."""
ICONS = {
    "audit.exported": "download",
    "audit.reviewed": "check",
    "audit.reopened": "undo",
    "audit.flagged": "warn",
    "audit.commented": "chat",
    "audit.purged": "slash",
    "personal.erased": "x",
}
_LOCKS = {str(rule.reason): rule.sentence for rule in RULES}
_CAUSES = {
    # No connection: nothing was sent.
    "thread": "This server had no thread left for the call.",
    "dns": "PAVE’s address could not be found.",
    "connect": "No connection to PAVE came about.",
    "connect_timeout": "No connection to PAVE came about in time.",
    "tls": "No secure connection to PAVE came about.",
    "circuit_open": "PAVE was failing, so calls to it rested.",
    "busy_here": "Too many calls to PAVE were under way here.",
    # No usable answer.
    "deadline": "PAVE’s answer was not there in time.",
    "timeout": "PAVE fell silent in the middle of its answer.",
    "reset": "The connection to PAVE broke off.",
    "truncated": "PAVE’s answer was cut off.",
    "protocol": "What came back was not HTTP.",
    "framing": "Where PAVE’s answer ends could not be told.",
    "redirect": "PAVE’s answer led elsewhere, which is not followed.",
    "html": "A web page came back instead of PAVE’s data.",
    "encoding": "PAVE’s answer was compressed, which was not asked for.",
    "size": "PAVE’s answer was too large.",
    "json": "PAVE’s answer could not be read.",
    "wrong_session": "PAVE’s answer was about another session.",
    "clock": "The clock of this dashboard was wrong, so PAVE refused its signature.",
    # What stopped an edit here.
    "unreadable": "PAVE could not be read before sending.",
    "not_found": "PAVE no longer knew the session.",
    "conflict": "The session had changed in the meantime.",
    "nothing_to_change": "PAVE held these values already.",
    "locked": "A field was locked.",
    "unknown_field": "A field was posted that PAVE does not have.",
    "abandoned": "The process that was at it stopped before its end was recorded.",
}
_STATUS = "http_"


def cause_words(code: str) -> str:
    """Say why something failed or was refused. A code without a sentence stays readable."""
    if code.startswith(_STATUS):
        return f"PAVE answered {code.removeprefix(_STATUS)}."
    return _CAUSES.get(code) or lock_words(code)


def lock_words(code: str) -> str:
    """Say why a field was locked."""
    return _LOCKS.get(code) or f"{code.replace('_', ' ').capitalize()}."
