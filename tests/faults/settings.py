"""Scale the project's times down, for processes that are made to die.

Everything is set by the public variables, before the project's own settings load. One second here
counts for about twenty: PUT deadline 0.8 for 15, settle time 2 for 60, lease 1.5 for 90.
"""

import os

SCALED = {
    "PAVE_CONNECT_TIMEOUT": "0.6",
    "PAVE_READ_TIMEOUT": "0.6",
    "PAVE_GET_DEADLINE": "0.8",
    "PAVE_PUT_DEADLINE": "0.8",
    "PAVE_SETTLE_SECONDS": "2.0",
    "PAVE_LEASE_SECONDS": "1.5",
    "PAVE_SECOND_LOOKS": "2,4",
    "PAVE_CIRCUIT": "0",
    "PAVE_RATE": "0",
}
_kept = {"DJANGO_SETTINGS_MODULE"}
for _name in list(os.environ):
    if _name.startswith(("PAVE_", "AUDIT_", "DJANGO_")) and _name not in _kept:
        del os.environ[_name]
for _name, _value in SCALED.items():
    os.environ[_name] = os.environ.get(f"FAULTS_{_name}", _value)
os.environ["PAVE_BASE_URL"] = os.environ.get("FAULTS_BASE_URL", "http://127.0.0.1:9")
os.environ["PAVE_API_SECRET"] = os.environ.get("FAULTS_SECRET", "sandbox-secret-for-loopback-only")

from paveadmin.settings import *  # noqa: E402, F403
from paveadmin.settings import STORAGES  # noqa: E402

DEBUG = False
ALLOWED_HOSTS = ["testserver"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = {
    **STORAGES,
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
