"""Export files and manifests, and read them."""

import csv
import io

from sessions_ui.services.audit.export import begin_export
from tests.audit.authors import CAROL


def export_file(name, audit_filter):
    """The bytes of an export in this format."""
    return b"".join(begin_export(actor=CAROL, audit_filter=audit_filter, format=name).parts)


def parse_csv(text):
    """The lines of a CSV file as dictionaries. The file begins with a BOM, for Excel."""
    assert text.startswith("\ufeff")
    return list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"), newline="")))


def download_csv(client, **params):
    """The response with the CSV file of these filters, and its lines."""
    answer = client.get("/audit/export.csv", params)
    assert answer.status_code == 200
    return answer, parse_csv(b"".join(answer.streaming_content).decode())


def load_manifest(client, entry_id):
    """The manifest of an export."""
    answer = client.get(f"/audit/exports/{entry_id}/manifest.json")
    assert answer.status_code == 200
    return answer.json()
