"""Seed bugs on purpose, each in a child process of its own: the checker must find every one.

A bug is a list of (name, breaker): the breaker takes the real function or value and returns the
broken one, which replaces it in every module of services/ and views/ that has the name. A name that
no module has any more is an error, so that a bug cannot stop being seeded unnoticed.
"""

import os
import sys
from dataclasses import replace

from django.conf import settings

from sessions_ui.domain.rules.outcomes import FieldResult, Outcome
from sessions_ui.pave.client import PaveClient
from sessions_ui.pave.errors import PaveError, PaveRefused
from sessions_ui.services.edits.form_token import new_nonce
from sessions_ui.services.edits.submission import SubmitResult

_OWNERS = {"settings": settings, "PaveClient": PaveClient}


def switch_on(bug):
    """Seed the bug in this process. Raises LookupError when no module has the name any more."""
    for name, breaker in BUGS.get(bug, ()):
        owners = [_OWNERS[name.partition(".")[0]]] if "." in name else _importers(name)
        last = name.rpartition(".")[2]
        if not owners:
            raise LookupError(f"no module has a {name}")
        real = getattr(owners[0], last)
        broken = breaker(real)
        for owner in owners:
            setattr(owner, last, broken)


def _importers(name):
    """Give every module of services/ and views/ that has this name, wherever it is defined."""
    return [
        module
        for path, module in sorted(sys.modules.items())
        if path.startswith(("sessions_ui.services.", "sessions_ui.views.")) and name in vars(module)
    ]


def _as_refused(fits):
    """Evaluate a fault as a refusal where it fits."""

    def breaker(evaluate_response):
        def evaluated(actor, edit, base, response):
            if isinstance(response, PaveError) and fits(response):
                cause, status = response.cause, response.http_status
                response = PaveRefused("no", cause=cause, http_status=status)
            return evaluate_response(actor, edit, base, response)

        return evaluated

    return breaker


_deferred = []


def _record_later(move):
    """Defer the record of `sent` until after the call."""

    def moved(edit, **facts):
        _deferred.append(lambda: move(edit, **facts))
        return True

    return moved


def _with_deferred_records(update):
    def updated(*args, **options):
        try:
            return update(*args, **options)
        finally:
            while _deferred:
                _deferred.pop()()

    return updated


def _retried(update):
    def updated(*args, **options):
        try:
            return update(*args, **options)
        except PaveError:
            return update(*args, **options)

    return updated


def _read_first(submit):
    """Read PAVE before the slot is reserved, and pause there."""

    def submitted(submission):
        readers = _importers("read_snapshot")
        early = readers[0].read_snapshot(submission.session_key)
        pause()
        for module in readers:
            module.read_snapshot = lambda key: early
        return submit(submission)

    return submitted


def _never_locked(make):
    def made(*args, **options):
        form_state = make(*args, **options)
        verdicts = {key: replace(one, rule=None) for key, one in form_state.verdicts.items()}
        return replace(form_state, verdicts=verdicts)

    return made


def _own_nonce(reserve):
    def reserved(submission):
        token = replace(submission.token, nonce=new_nonce())
        return reserve(replace(submission, token=token))

    return reserved


def _secret_added(fault_detail):
    return lambda fault: {**fault_detail(fault), "note": settings.PAVE.api_secret.reveal()}


def _all_applied(load_edit_result):
    def broken(*arguments):
        result = load_edit_result(*arguments)
        applied = dict.fromkeys(result.results, FieldResult.APPLIED) if result else {}
        return result and replace(result, results=applied)

    return broken


def _slow(config):
    return replace(config, put_deadline=20.0, read_timeout=20.0)


_gate = {}


def gate_set(reached, opened):
    """Set the file descriptors on which `pause` says that it is reached, and waits to go on."""
    _gate.update(reached=reached, opened=opened)


def pause():
    """Wait here until the parent has done what is to happen in the meantime."""
    if _gate:
        os.write(_gate["reached"], b"r")
        os.read(_gate["opened"], 1)
        _gate.clear()


BUGS = {
    "time-out treated as failure": [
        ("evaluate_response",
         _as_refused(lambda fault: fault.cause in ("deadline", "timeout"))),
    ],
    "5xx treated as failure": [
        ("evaluate_response",
         _as_refused(lambda fault: (fault.http_status or 0) >= 500)),
    ],
    "any 200 treated as success": [
        ("roll_up", lambda roll_up: lambda results, *, answered: (
            Outcome.CONFIRMED if answered else roll_up(results, answered=False))),
    ],
    "record after sending": [
        ("move_to_sent", _record_later),
        ("PaveClient.session_update", _with_deferred_records),
    ],
    "retry on PUT": [("PaveClient.session_update", _retried)],
    "no settle time": [("settings.PAVE_SETTLE_SECONDS", lambda _: 0.0)],
    "lease shorter than the call": [
        ("settings.PAVE_LEASE_SECONDS", lambda _: 0.05),
    ],
    "GET before the reservation": [
        ("submit_edit", _read_first),
    ],
    "guard result ignored": [
        ("move_to_sent", lambda move: lambda edit, **facts: (
            move(edit, **facts), True)[1]),
    ],
    "cause claimed from value": [
        ("_is_proven", lambda _: lambda *_: True),
    ],
    "policy from the form": [("form_state_of", _never_locked)],
    "nonce not unique": [("_reserve", _own_nonce)],
    "deadline that does not bite": [("settings.PAVE", _slow)],
    "secret in the record": [("fault_detail", _secret_added)],
    "words of another outcome": [
        ("outcome_words", lambda words: lambda result, **options: words(
            replace(result, outcome=Outcome.NOT_SENT)
            if result.outcome is Outcome.UNKNOWN else result,
            **options)),
    ],
    "a refusal's own words lost": [
        ("outcome_words", lambda _: lambda result, **_: result.outcome.words),
    ],
    "ignored field shown as applied": [("load_edit_result", _all_applied)],
    "sent, and called turned away": [
        ("submit_edit", lambda submit: lambda submission: (
            submit(submission), SubmitResult(code="came_second"))[1]),
    ],
    "what was typed is lost": [("save_form_draft", lambda _: lambda *_, **__: None)],
    "kept is said of nothing": [
        ("save_form_draft", lambda _: lambda *_, **__: None),
        ("outcome_words", lambda words: lambda result, **_: words(result, kept=True)),
    ],
}  # fmt: skip
