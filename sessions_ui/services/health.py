"""Check whether the dashboard can take requests."""

from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor

from sessions_ui.audit.integrity.triggers import missing_triggers


def is_ready() -> bool:
    """Return whether the database answers, all migrations are applied, and no trigger that protects
    the audit is missing."""
    try:
        executor = MigrationExecutor(connection)
        unapplied = executor.migration_plan(executor.loader.graph.leaf_nodes())
        return not unapplied and not missing_triggers(connection)
    except DatabaseError:
        return False
