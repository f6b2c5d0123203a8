"""The system checks: silent when all is well, and one sentence each when it is not."""

import dataclasses

from django.db import connection, connections

from sessions_ui import checks
from sessions_ui.audit.integrity.triggers import install_triggers

LONG = "k" * 40


def test_it_warns_of_weak_keys_and_lets_the_sealing_key_be_absent(settings):
    settings.AUDIT_TOKEN_KEY, settings.AUDIT_SEAL_KEY = LONG, ""
    assert checks.weak_keys() == []
    settings.AUDIT_TOKEN_KEY, settings.AUDIT_SEAL_KEY = "short", "shorter"
    assert [found.msg.split()[0] for found in checks.weak_keys()] == [
        "AUDIT_TOKEN_KEY",
        "AUDIT_SEAL_KEY",
    ]


def test_it_warns_when_any_host_may_be_redirected_to(settings):
    settings.PAVE_REDIRECT_HOSTS = ("dealer.example",)
    assert checks.redirect_hosts() == []
    settings.PAVE_REDIRECT_HOSTS = ()
    assert [found.id for found in checks.redirect_hosts()] == ["sessions_ui.W002"]


def test_it_notes_sqlite_under_several_workers(monkeypatch):
    monkeypatch.setattr(connections["default"], "vendor", "sqlite")
    monkeypatch.delenv("WEB_CONCURRENCY", raising=False)
    assert checks.sqlite_with_workers() == []
    monkeypatch.setenv("WEB_CONCURRENCY", "3")
    assert "3 workers" in checks.sqlite_with_workers()[0].msg
    monkeypatch.setattr(connections["default"], "vendor", "postgresql")
    assert checks.sqlite_with_workers() == []


def test_it_warns_when_a_call_may_outlast_the_page(settings):
    assert checks.deadlines_fit() == []
    settings.PAVE = dataclasses.replace(settings.PAVE, put_deadline=25.0)
    assert [found.id for found in checks.deadlines_fit()] == ["sessions_ui.W004"]


def test_it_warns_when_the_audit_is_not_protected(db):
    assert checks.audit_triggers(databases=None) == []
    found = checks.audit_triggers(databases=["default"])  # tests run with the triggers off
    assert [warning.id for warning in found] == ["sessions_ui.W005"]
    install_triggers(connection)
    assert checks.audit_triggers(databases=["default"]) == []
