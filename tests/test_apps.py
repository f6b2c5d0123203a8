"""Test what the start of Django connects."""

import pytest
from django.contrib import admin
from django.contrib.auth.models import Group
from django.core.management import call_command
from django.db import connection

from sessions_ui.admin_site import PeopleSite
from sessions_ui.audit.integrity.triggers import missing_triggers
from sessions_ui.roles import GROUP_PERMISSIONS


@pytest.mark.django_db
def test_migrate_restores_triggers_and_groups_that_are_missing():
    Group.objects.all().delete()
    assert missing_triggers(connection)  # tests run without them
    call_command("migrate", verbosity=0)
    assert missing_triggers(connection) == []
    assert {group.name for group in Group.objects.all()} == set(GROUP_PERMISSIONS)


def test_the_admin_is_the_site_for_people():
    assert isinstance(
        admin.site._wrapped if hasattr(admin.site, "_wrapped") else admin.site, PeopleSite
    )
    assert {model._meta.label for model in admin.site._registry} == {"auth.User", "auth.Group"}
