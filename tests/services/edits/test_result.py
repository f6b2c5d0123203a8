"""Read the result of an edit."""

import pytest
from django.db import connection

from sessions_ui.domain.rules.outcomes import FieldResult, Outcome
from sessions_ui.services.edits.result import load_edit_result
from sessions_ui.services.edits.settle import expire_leases, settle_edit
from sessions_ui.services.sessions.pave_reads import read_snapshot
from tests.edits import leave_edit

pytestmark = pytest.mark.django_db


def test_a_result_is_of_one_moment_while_the_edit_is_being_settled(idle):
    edit = leave_edit(idle, "sent", session__theme="PRO")
    expire_leases(session_key=idle)
    edit.refresh_from_db()
    snapshot, queries = read_snapshot(idle), []

    def settle_after_the_first_query(execute, sql, *rest):
        rows = execute(sql, *rest)
        queries.append(sql)
        if len(queries) == 1:
            assert settle_edit(edit, snapshot)
        return rows

    with connection.execute_wrapper(settle_after_the_first_query):
        result = load_edit_result(str(edit.entry_id), idle)
    assert (result.outcome, result.results) == (Outcome.UNKNOWN, {})
    result = load_edit_result(str(edit.entry_id), idle)
    assert (result.outcome, *result.results.values()) == (Outcome.IN_EFFECT, FieldResult.IN_EFFECT)
