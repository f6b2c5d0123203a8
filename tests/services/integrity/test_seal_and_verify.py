"""Test what a manager sees of the record's integrity, and who may verify it."""

from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import OperationalError
from django.utils import timezone

from paveadmin import ROOT
from sessions_ui.audit.integrity.errors import IntegrityFailure
from sessions_ui.audit.integrity.verify import Scope
from sessions_ui.models import AuditCheckpoint, AuditEntry, Proof
from sessions_ui.services.integrity.schedule import VERIFY_INTERVAL
from sessions_ui.services.integrity.seal_and_verify import (
    choose_processes,
    count_unsealed,
    open_failure,
    read_integrity_status,
    seal_audit,
    verify_audit,
    verify_new_entries,
)
from tests.audit.authors import PHONE, edit, intent

pytestmark = pytest.mark.django_db


def an_hour_later():
    """The proofs so far are older than they were."""
    for proof in Proof.objects.all():
        proof.checked_at -= VERIFY_INTERVAL
        proof.save()


def tamper(entry_id):
    AuditEntry.objects.filter(id=entry_id).update(ticket="x")


def test_a_verification_is_stored(sealing):
    edit(PHONE)
    seal_audit()
    intent()
    verify_audit()
    proof = Proof.objects.get()
    assert (proof.entries, proof.unsealed, proof.checkpoints) == (3, 1, 1)
    assert (proof.whole, proof.copied, proof.began, proof.doubt) == (True, True, 0, "")
    assert proof.by == "audit_verify"


def test_a_failure_is_stored_with_its_entry(sealing):
    entry_id = edit()
    seal_audit()
    tamper(entry_id)
    with pytest.raises(CommandError, match=str(entry_id)):
        call_command("audit_verify")
    proof = Proof.objects.get()
    assert proof.doubt_id == entry_id
    assert "disagrees with its own hash" in proof.doubt


def test_nothing_is_stored_without_a_key(sealing, settings):
    settings.AUDIT_SEAL_KEY = ""
    with pytest.raises(IntegrityFailure):
        verify_audit()
    assert not Proof.objects.exists()


def test_a_read_only_database_hides_no_result(sealing, monkeypatch, caplog):
    entry_id = edit()
    seal_audit()

    def away(*_, **__):
        raise OperationalError

    monkeypatch.setattr(Proof, "save", away)
    assert verify_audit().sealed == 3
    tamper(entry_id)
    with pytest.raises(IntegrityFailure, match=f"#{entry_id}"):
        verify_audit()
    assert caplog.messages.count("proof_not_noted") == 2


def test_a_verification_since_a_date_is_not_whole(sealing):
    edit()
    seal_audit()
    edit()
    seal_audit()
    verify_audit(scope=Scope(since=timezone.now() + timedelta(days=1)))
    proof = Proof.objects.get()
    assert (proof.whole, proof.entries, proof.began) == (False, 0, 2)


def test_new_entries_are_verified_once_an_hour(sealing):
    edit()
    seal_audit()
    assert verify_new_entries().sealed == 3
    assert verify_new_entries() is None
    an_hour_later()
    edit()
    seal_audit()
    assert verify_new_entries().sealed == 3
    old, new = Proof.objects.order_by("id")
    assert (old.whole, old.began) == (True, 0)
    assert (new.whole, new.began, new.checkpoints) == (False, 1, 2)
    assert new.by == "the reconcile loop"


def test_entries_that_failed_are_verified_again(sealing):
    edit()
    seal_audit()
    verify_new_entries()
    victim = edit()
    seal_audit()
    tamper(victim)
    for _ in range(2):
        an_hour_later()
        with pytest.raises(IntegrityFailure):
            verify_new_entries()


def test_a_failure_stays_until_the_whole_audit_was_verified(sealing):
    first = edit()
    seal_audit()
    verify_new_entries()
    tamper(first)
    with pytest.raises(IntegrityFailure):
        verify_audit()
    assert open_failure().doubt_id == first
    an_hour_later()
    verify_new_entries()  # sound, but it looks only at what is new
    assert open_failure().doubt_id == first
    AuditEntry.objects.filter(id=first).update(ticket="")
    verify_audit()
    assert open_failure() is None


def test_the_status_of_an_empty_audit(sealing):
    state = read_integrity_status()
    assert (state.newest, state.waiting, state.last, state.failure) == (None, 0, None, None)
    assert (state.copy.kept, state.copy.to) == (True, 0)


def test_the_status_counts_unsealed_entries_and_compares_the_copy(sealing, settings):
    edit()
    seal_audit()
    intent()
    intent()
    state = read_integrity_status()
    assert (state.newest.n, state.waiting, state.copy.to, state.copy.lacking) == (1, 2, 1, 0)
    sealing.write_text("no seal\n")
    assert (read_integrity_status().copy.kept, read_integrity_status().copy.to) == (True, None)
    settings.AUDIT_SEAL_COPY = ""
    assert not read_integrity_status().copy.kept


def test_the_status_says_that_a_checkpoint_is_late(sealing):
    seal_audit()
    assert not read_integrity_status().late
    hour_ago = timezone.now() - timedelta(hours=1)
    AuditCheckpoint.objects.update(sealed_at=hour_ago)
    assert read_integrity_status().late


def test_unsealed_entries_are_counted_up_to_a_limit(sealing, monkeypatch):
    monkeypatch.setattr("sessions_ui.services.integrity.seal_and_verify.MOST_COUNTED", 2)
    edit()
    intent()
    assert count_unsealed() == 3
    assert read_integrity_status().waiting_label == "2+"


def test_a_short_audit_needs_one_process():
    assert choose_processes(499_999) == 1
    assert choose_processes(500_000) >= 1


def test_no_page_reads_the_key():
    readers = {
        path.relative_to(ROOT / "sessions_ui").as_posix()
        for path in (ROOT / "sessions_ui").rglob("*.py")
        if "settings.AUDIT_SEAL_KEY" in path.read_text("utf-8")
    }
    assert not {path for path in readers if path.startswith(("views/", "forms/", "templatetags/"))}
