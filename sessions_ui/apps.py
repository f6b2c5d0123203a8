"""Configure the apps: sessions_ui and Django's admin with a site of ours."""

from django.apps import AppConfig
from django.conf import settings
from django.contrib.admin.apps import AdminConfig
from django.db.models.signals import post_migrate

from .domain.values.phone import use_region


class SessionsUiConfig(AppConfig):
    """The pages and the audit. Every migrate ends with making the groups and the triggers."""

    name = "sessions_ui"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Set the phone region, connect the receivers of `post_migrate`, register the checks."""
        # Imported here because models cannot be imported before all apps are loaded.
        from sessions_ui import checks, roles
        from sessions_ui.audit.integrity import triggers

        use_region(lambda: settings.PAVE_PHONE_REGION)
        post_migrate.connect(roles.ensure_groups, sender=self)
        post_migrate.connect(triggers.restore_triggers, sender=self)
        checks.register_checks()


class PeopleAdminConfig(AdminConfig):
    """Django's admin, open to a group in place of everybody with `is_staff`."""

    default_site = "sessions_ui.admin_site.PeopleSite"
