"""Beginnings of values are found by ranges of the index: its order must be that of the letters."""

from django.db import migrations


def order_by_letters(apps, schema_editor):
    """On PostgreSQL a collation of some language would put "a-b" elsewhere than between "a-" and
    "a.". SQLite compares letter by letter anyhow."""
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(
            'ALTER TABLE audit_token ALTER COLUMN val TYPE varchar(64) COLLATE "C"'
        )


def order_by_language(apps, schema_editor):
    """Undo it."""
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(
            'ALTER TABLE audit_token ALTER COLUMN val TYPE varchar(64) COLLATE "default"'
        )


class Migration(migrations.Migration):
    dependencies = [("sessions_ui", "0006_review_words")]

    operations = [migrations.RunPython(order_by_letters, order_by_language)]
