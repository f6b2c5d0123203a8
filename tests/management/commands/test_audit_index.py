"""Test the command that rebuilds the index of the audit."""

from io import StringIO

import pytest
from django.core.management import call_command

from sessions_ui.models import AuditTerm
from tests.audit.authors import edit


@pytest.mark.django_db
def test_it_says_how_many_rows_it_added_and_removed():
    edit()
    AuditTerm.objects.filter(field="@field").delete()
    out = StringIO()
    call_command("audit_index", "--anew", stdout=out)
    assert out.getvalue() == "Added 1 index row, took away 0. The index is complete.\n"
