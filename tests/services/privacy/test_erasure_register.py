"""Test that erasures are registered for the time after a restore."""

from pathlib import Path

import pytest

from sessions_ui.models import (
    AuditTerm,
    AuditValue,
    Erasure,
)
from sessions_ui.services.privacy.erase import erase_again
from sessions_ui.services.privacy.erasure_register import ErasureError
from tests.privacy import CAROL, NAME, PHONE, erase, everywhere, standing, traces

pytestmark = pytest.mark.django_db(transaction=True)


def test_it_is_erased_again_from_a_restored_copy_by_hashes_alone(settings, tmp_path):
    settings.AUDIT_ERASURE_COPY = str(tmp_path / "kept" / "erased.jsonl")
    erase(PHONE)
    erase(NAME)
    listed = Path(settings.AUDIT_ERASURE_COPY).read_text()
    assert len(listed.splitlines()) == 2
    assert not traces(listed)
    Erasure.objects.all().delete()  # an older copy knows nothing of it
    everywhere()
    AuditTerm.objects.all().delete()  # and its index may be anything
    assert standing()
    assert erase_again(actor=CAROL).whole
    assert standing() == set()
    assert AuditValue.objects.filter(value="Zoé Roy").exists()


def test_nothing_is_erased_if_the_list_cannot_be_written(settings, tmp_path):
    everywhere()
    settings.AUDIT_ERASURE_COPY = str(tmp_path)  # a folder
    before = AuditValue.objects.count()
    with pytest.raises(ErasureError, match="nothing was erased"):
        erase(PHONE)
    assert AuditValue.objects.count() == before
