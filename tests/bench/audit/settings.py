"""The project's own settings, and the peers where they are installed (requirements-bench.txt)."""

import importlib.util
import logging

from paveadmin.settings import *  # noqa: F403
from paveadmin.settings import DATABASES, INSTALLED_APPS

PEERS = [name for name in ("simple_history", "auditlog") if importlib.util.find_spec(name)]
DEBUG = False
ALLOWED_HOSTS = ["testserver"]
INSTALLED_APPS = [*INSTALLED_APPS, *PEERS, "tests.bench.audit.records.apps.RecordsConfig"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
DATABASES["default"]["CONN_MAX_AGE"] = None
DATABASES["default"]["CONN_HEALTH_CHECKS"] = False
AUDIT_SEAL_COPY = ""
logging.disable(logging.INFO)  # a line per request would be timed too
ROOT_URLCONF = "tests.bench.audit.urls"
