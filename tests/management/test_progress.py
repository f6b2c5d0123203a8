"""Test the progress of long commands."""

import io

from django.core.management.base import OutputWrapper

from sessions_ui.management.progress import counted, progress_bar


def test_nothing_is_written_where_nobody_watches(capsys):
    with progress_bar("Sealing", OutputWrapper(io.StringIO()), total=2) as advance:
        advance(1)
        advance(1)
    assert capsys.readouterr() == ("", "")


def test_a_terminal_gets_a_bar(capsys, monkeypatch):
    monkeypatch.setenv("FORCE_COLOR", "1")  # to rich, any stream is a terminal then
    terminal = io.StringIO()
    terminal.isatty = lambda: True
    with progress_bar("Sealing", OutputWrapper(terminal), total=2) as advance:
        advance(2)
    assert "Sealing" in capsys.readouterr().err


def test_a_number_comes_with_its_noun():
    assert counted(1, "entry", "entries") == "1 entry"
    assert counted(0, "entry", "entries") == "0 entries"
    assert counted(2048, "entry", "entries") == "2,048 entries"
