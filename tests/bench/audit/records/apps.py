"""An app of its own, so that the product's settings know nothing of the peers."""

from django.apps import AppConfig


class RecordsConfig(AppConfig):
    """Only installed by `tests.bench.audit.settings`."""

    name = "tests.bench.audit.records"
    label = "records"
    default_auto_field = "django.db.models.BigAutoField"
