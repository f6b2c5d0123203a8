"""Test that each system check is silent when all is well, and has a message when it is not."""

import dataclasses

from django.core.checks.registry import registry
from django.db import connection, connections

from sessions_ui import checks
from sessions_ui.audit.integrity.triggers import install_triggers

LONG = "k" * 40


def test_it_warns_of_weak_keys_and_lets_the_sealing_key_be_absent(settings):
    settings.AUDIT_TOKEN_KEY, settings.AUDIT_SEAL_KEY = LONG, ""
    assert checks.check_key_lengths() == []
    settings.AUDIT_TOKEN_KEY, settings.AUDIT_SEAL_KEY = "short", "shorter"
    assert [message.msg.split()[0] for message in checks.check_key_lengths()] == [
        "AUDIT_TOKEN_KEY",
        "AUDIT_SEAL_KEY",
    ]


def test_it_warns_when_any_host_may_be_redirected_to(settings):
    settings.PAVE_REDIRECT_HOSTS = ("dealer.example",)
    assert checks.check_redirect_hosts() == []
    settings.PAVE_REDIRECT_HOSTS = ()
    assert [message.id for message in checks.check_redirect_hosts()] == ["sessions_ui.W002"]


def test_it_notes_sqlite_under_several_workers(monkeypatch):
    monkeypatch.setattr(connections["default"], "vendor", "sqlite")
    monkeypatch.delenv("WEB_CONCURRENCY", raising=False)
    assert checks.check_sqlite_workers() == []
    monkeypatch.setenv("WEB_CONCURRENCY", "3")
    assert "3 workers" in checks.check_sqlite_workers()[0].msg
    monkeypatch.setattr(connections["default"], "vendor", "postgresql")
    assert checks.check_sqlite_workers() == []


def test_it_warns_when_a_call_may_outlast_the_page(settings):
    assert checks.check_deadlines() == []
    settings.PAVE = dataclasses.replace(settings.PAVE, put_deadline=25.0)
    assert [message.id for message in checks.check_deadlines()] == ["sessions_ui.W004"]


def test_it_warns_when_the_audit_is_not_protected(db):
    assert checks.check_audit_triggers(databases=None) == []
    messages = checks.check_audit_triggers(databases=["default"])  # tests remove the triggers
    assert [message.id for message in messages] == ["sessions_ui.W005"]
    install_triggers(connection)
    assert checks.check_audit_triggers(databases=["default"]) == []


def test_all_of_them_are_registered():
    registered = registry.get_checks(include_deployment_checks=True)
    ours = {check for name, check in vars(checks).items() if name.startswith("check_")}
    assert len(ours) == 5
    assert ours <= set(registered)
