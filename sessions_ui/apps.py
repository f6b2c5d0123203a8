"""How Django starts sessions_ui and the admin."""

from django.apps import AppConfig
from django.conf import settings
from django.contrib.admin.apps import AdminConfig
from django.db.models.signals import post_migrate

from .domain.values.phone import use_region


class SessionsUiConfig(AppConfig):
    """The pages and the audit; after every migrate, groups and triggers are put in order."""

    name = "sessions_ui"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Connect what follows a migrate and register the checks: models exist only now."""
        from sessions_ui import checks, roles
        from sessions_ui.audit.integrity import triggers

        use_region(lambda: settings.PAVE_PHONE_REGION)
        post_migrate.connect(roles.ensure_groups, sender=self)
        post_migrate.connect(triggers.restore_triggers, sender=self)
        checks.register_all()


class PeopleAdminConfig(AdminConfig):
    """Django's admin, opened by group and not by `is_staff`."""

    default_site = "sessions_ui.admin_site.PeopleSite"
