"""Test that `.env` adds variables and never overrides any."""

import os

import paveadmin
from paveadmin import VERSION, read_env_file


def test_the_file_adds_what_is_not_set_and_takes_values_literally(tmp_path, monkeypatch):
    monkeypatch.setattr(paveadmin, "ROOT", tmp_path)
    # Set and removed again, so that monkeypatch also restores what the file adds.
    monkeypatch.setenv("PAVE_TEST_ADDED", "")
    monkeypatch.delenv("PAVE_TEST_ADDED")
    monkeypatch.setenv("PAVE_TEST_SET", "from outside")
    tmp_path.joinpath(".env").write_text("PAVE_TEST_ADDED='a${HOME}$b'\nPAVE_TEST_SET=file\n")
    read_env_file()
    assert os.environ["PAVE_TEST_ADDED"] == "a${HOME}$b"
    assert os.environ["PAVE_TEST_SET"] == "from outside"


def test_a_missing_file_is_no_error(tmp_path, monkeypatch):
    monkeypatch.setattr(paveadmin, "ROOT", tmp_path)
    before = dict(os.environ)
    read_env_file()
    assert dict(os.environ) == before


def test_the_version_is_that_of_the_project():
    assert VERSION.count(".") == 2
