"""Test that the file is written soon and whole, and checked when it is read."""

import json
import threading

import pytest

from sessions_ui.pave.sandbox import StateFileError, start_sandbox
from sessions_ui.pave.sandbox.state.state_file import StateWriter, read_state


def test_a_change_is_written_soon(tmp_path):
    path = tmp_path / "sandbox.json"
    with start_sandbox(state_path=path, seed=False) as sandbox:
        sandbox.state.create(key="TST-1")
        for _ in range(200):
            if path.exists() and "TST-1" in path.read_text("utf-8"):
                break
            sandbox.state.closing.wait(0.02)
        assert json.loads(path.read_text("utf-8"))["sessions"][0]["session_key"] == "TST-1"


def test_a_change_during_a_write_is_written_too(tmp_path):
    path = tmp_path / "sandbox.json"
    writing, changed = threading.Event(), threading.Event()
    current = {"value": "first"}

    def read_current():
        state = dict(current)
        writing.set()
        changed.wait(5)
        return state

    writer = StateWriter(path, read_current)
    writer.save_soon()
    writing.wait(5)
    current["value"] = "last"
    closer = threading.Thread(target=writer.close)
    closer.start()
    changed.set()
    closer.join(5)
    assert read_state(path) == {"format": 1, "value": "last"}


@pytest.mark.parametrize("content", ["{", "[]", '{"format": 99}', "\x00"])
def test_an_unreadable_file_is_an_error(tmp_path, content):
    path = tmp_path / "sandbox.json"
    path.write_text(content, "utf-8")
    with pytest.raises(StateFileError, match="Remove it to start afresh"):
        start_sandbox(state_path=path)
