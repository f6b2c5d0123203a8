"""Whether the dashboard may take requests: its database answers, is migrated, guards the audit."""

from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor

from sessions_ui.audit.integrity.triggers import missing_triggers


def is_ready() -> bool:
    """True when the database answers, no migration waits and no trigger of the audit is missing."""
    try:
        executor = MigrationExecutor(connection)
        waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
        return not waiting and not missing_triggers(connection)
    except DatabaseError:
        return False
