"""Test that the named permissions exist, and that a guarded view turns others away."""

import pytest
from django.contrib.auth.models import AnonymousUser, Permission
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse

from sessions_ui import permissions
from sessions_ui.permissions import EXPORT_AUDIT, READ_AUDIT, VIEW_HISTORY, requires

NAMED = {value for name, value in vars(permissions).items() if name.isupper()}


@pytest.fixture
def call(rf):
    """A function that calls a view guarded by permissions, as a person."""

    def _call(person, *needed):
        @requires(*needed)
        def view(request):
            return HttpResponse("shown")

        request = rf.get("/audit/", {"q": "x"})
        request.user = person
        return view(request)

    return _call


def test_every_permission_of_ours_has_a_name_and_the_other_way_round(db):
    ours = Permission.objects.filter(content_type__app_label="sessions_ui")
    assert {f"sessions_ui.{codename}" for codename in ours.values_list("codename", flat=True)} == (
        NAMED
    )


def test_a_person_with_the_permission_is_let_in(call, carol):
    assert call(carol, READ_AUDIT).content == b"shown"
    assert call(carol, READ_AUDIT, EXPORT_AUDIT).content == b"shown"


def test_a_person_who_lacks_one_of_the_permissions_is_refused(call, alice):
    assert call(alice, VIEW_HISTORY).content == b"shown"
    for needed in ((READ_AUDIT,), (VIEW_HISTORY, READ_AUDIT)):
        with pytest.raises(PermissionDenied):
            call(alice, *needed)


def test_anonymous_visitors_are_redirected_to_the_log_in_page_and_back(call):
    answer = call(AnonymousUser(), READ_AUDIT)
    assert answer.status_code == 302
    assert answer["Location"] == "/accounts/login/?next=/audit/%3Fq%3Dx"
