"""Test the integrity page in every state that it can be in."""

from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from sessions_ui.models import AuditCheckpoint, AuditEntry, Proof
from sessions_ui.services.integrity.seal_and_verify import seal_audit, verify_audit
from sessions_ui.views.audit.integrity import CHART_HEIGHT, checkpoint_bars
from tests.audit.authors import PHONE, edit, intent

pytestmark = pytest.mark.django_db
PAGE = "/audit/evidence/"


@pytest.fixture
def shown(client, carol):
    """The page as a manager sees it, its white space made even."""
    client.force_login(carol)

    def read(address=PAGE):
        answer = client.get(address)
        assert answer.status_code == 200
        return " ".join(answer.content.decode().split())

    return read


def tampered():
    first = edit()
    seal_audit()
    AuditEntry.objects.filter(id=first).update(ticket="x")
    with pytest.raises(CommandError):
        call_command("audit_verify")
    return first


def test_an_empty_record_says_what_will_be_here(shown, sealing):
    html = shown()
    assert "Not verified yet" in html
    assert "Nothing was sealed yet, and 0 entries wait" in html
    assert "Nobody has verified the record yet" in html
    assert "A copy will be kept from the first seal on" in html
    assert '<svg class="strip"' not in html


def test_the_page_says_when_the_record_was_sealed_and_verified(shown, sealing):
    edit(PHONE)
    seal_audit()
    seal_audit()
    verify_audit()
    intent()
    html = shown()
    assert "The record is as it was written" in html
    assert "All of it was looked at" in html
    assert "1 entry </dd>" in html
    assert AuditCheckpoint.objects.get(n=2).key_id in html
    assert "The copy holds every seal" in html
    assert html.count("<rect") == 2
    assert html.count('class="idle"') == 1


def test_the_page_says_when_only_new_entries_were_verified(shown, sealing):
    edit()
    seal_audit()
    now = timezone.now()
    facts = {"by": "the reconcile loop", "entries": 3, "checkpoints": 5, "copied": False}
    Proof.objects.create(checked_at=now, whole=False, began=4, **facts)
    html = shown()
    assert "What was looked at last is as it was written" in html
    assert "Only what was new was looked at, without the copy elsewhere" in html
    assert 'What was sealed after checkpoint <span class="num">4</span>' in html
    assert "Not yet. <code>manage.py audit_verify</code> looks at everything" in html
    Proof.objects.create(checked_at=now - timedelta(days=3), whole=True, **facts)
    html = shown()
    assert "Last full look" in html
    assert "; everything, <time" in html


def test_a_failure_is_red_and_leads_to_its_entry(shown, sealing):
    first = tampered()
    html = shown()
    assert "The record is in doubt" in html
    assert f'href="/audit/{first}/"' in html
    assert 'role="alert"' in html
    assert "is as it was written" not in html


def test_the_list_warns_while_a_failure_is_open(shown, sealing):
    assert "The record is in doubt" not in shown("/audit/")
    tampered()
    assert "The record is in doubt" in shown("/audit/")
    AuditEntry.objects.update(ticket="")
    call_command("audit_verify")
    assert "The record is in doubt" not in shown("/audit/")


def test_the_page_says_when_seals_are_late_or_have_no_copy(shown, sealing, settings):
    edit()
    seal_audit()
    AuditCheckpoint.objects.update(sealed_at=timezone.now() - timedelta(hours=1))
    settings.AUDIT_SEAL_COPY = ""
    html = shown()
    assert "The next seal is late" in html
    assert "No second copy of the seals is kept" in html


def test_the_page_says_when_the_copy_is_incomplete_or_unreadable(shown, sealing, settings):
    settings.AUDIT_SEAL_COPY = ""
    for _ in range(3):
        seal_audit()
    settings.AUDIT_SEAL_COPY = str(sealing)
    assert "The copy lacks the last 3 seals" in shown()
    sealing.parent.mkdir(parents=True)
    sealing.write_text("no seal\n")
    assert "where these pages cannot read it" in shown()


def test_the_page_is_linked_beside_the_list(shown, sealing):
    assert 'href="/audit/evidence/" aria-current="page"' in shown()
    assert 'href="/audit/evidence/"' in shown("/audit/")


@pytest.mark.parametrize("person", ["alice", "dora", "nora"])
def test_only_readers_of_the_audit_can_open_the_page(client, request, person):
    client.force_login(request.getfixturevalue(person))
    assert client.get(PAGE).status_code == 403


def test_the_page_takes_few_queries_however_long_the_record(
    shown, sealing, django_assert_max_num_queries
):
    for _ in range(3):
        edit()
        seal_audit()
    verify_audit()
    with django_assert_max_num_queries(17):
        shown()


def test_the_checkpoint_with_the_most_entries_has_the_highest_bar(sealing):
    seal_audit()
    edit()
    seal_audit()
    empty, full = checkpoint_bars(AuditCheckpoint.objects.order_by("n"))
    assert (full.height, full.y, full.empty) == (CHART_HEIGHT, 0, False)
    assert empty.empty
    assert empty.height < full.height
    assert checkpoint_bars([]) == []
