"""Test that requests and their effects are journaled in order."""

from datetime import datetime

from sessions_ui.pave.sandbox import start_sandbox
from sessions_ui.pave.sandbox.state.journal import Journal
from tests.pave.sandbox.raw_client import put


def test_a_request_is_journaled_before_its_application():
    with start_sandbox(seed=False) as sandbox:
        key = sandbox.state.create()
        put(sandbox, key, {"session": {"theme": "LITE"}})
        request, application = sandbox.state.journal()
        assert (request["kind"], application["kind"]) == ("request", "application")
        assert request["n"] < application["n"]
        assert request["monotonic"] <= application["monotonic"]
        assert datetime.fromisoformat(request["at"]) <= datetime.fromisoformat(application["at"])
        application["values"]["session.theme"] = "spoiled"
        assert sandbox.state.journal()[1]["values"]["session.theme"] == "LITE"
        assert [row["n"] for row in sandbox.state.journal(since=request["n"])] == [2]


def test_the_newest_rows_about_a_session_come_first():
    journal = Journal()
    for number in range(5):
        journal.add("request", session_key="ABC" if number % 2 == 0 else "XYZ", number=number)
    rows = journal.about("ABC", 2)
    assert [row["number"] for row in rows] == [4, 2]
    rows[0]["number"] = 99
    assert journal.about("ABC", 1)[0]["number"] == 4
    assert Journal(last_n=7).add("request")["n"] == 8
