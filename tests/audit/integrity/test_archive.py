"""Test that an archive is only accepted as it was written."""

import hashlib
import json

import pytest

from sessions_ui.audit.integrity.archive import verify_archive, write_archive, write_manifest
from sessions_ui.audit.integrity.errors import IntegrityFailure
from tests.integrity import checkpoints

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("change", ["ticket", "swap", "cut", "more", "seal", "words"])
def test_a_changed_archive_fails(old_entries, tmp_path, change):
    sealed_under = checkpoints(n__lte=2)
    file = tmp_path / "old.jsonl"
    write_archive(file, sealed_under, lambda _: None)
    lines = file.read_text().splitlines(keepends=True)
    if change == "ticket":
        lines[2] = lines[2].replace('"ticket":""', '"ticket":"x"')
    elif change == "swap":
        lines[1], lines[2] = lines[2], lines[1]
    elif change == "cut":
        lines.pop()
    elif change == "more":
        lines.append(lines[-1])
    elif change == "seal":
        lines[0] = lines[0].replace('"count":6', '"count":7')
    else:
        lines[3] = "words\n"
    file.write_text("".join(lines))
    with pytest.raises(IntegrityFailure):
        verify_archive(file, sealed_under)


def test_an_archive_is_described_by_its_entries_its_size_and_its_hash(old_entries, tmp_path):
    file, progress = tmp_path / "old.jsonl", []
    write_archive(file, checkpoints(n__lte=2), progress.append)
    archive = verify_archive(file, checkpoints(n__lte=2))
    content = file.read_bytes()
    assert (archive.entries, archive.size) == (12, len(content))
    assert archive.sha256 == hashlib.sha256(content).hexdigest()
    assert progress == [6, 6]
    write_manifest(file, {"entries": archive.entries})
    assert json.loads((tmp_path / "old.jsonl.manifest.json").read_text()) == {"entries": 12}
