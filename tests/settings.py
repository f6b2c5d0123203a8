"""The settings under test: a clean environment, then the project's own, then a few changes.

pytest-django loads settings before any conftest, and a fixture is too late for `live_server`.
"""

import atexit
import dataclasses
import os
import shutil
import tempfile

for _name in list(os.environ):
    # A shell that holds the keys of a real PAVE must never lend them to a test.
    if _name.startswith(("PAVE_", "AUDIT_", "DJANGO_")) and _name != "DJANGO_SETTINGS_MODULE":
        del os.environ[_name]
os.environ["PAVE_BASE_URL"] = (
    "http://127.0.0.1:9"  # nobody answers; the sandbox fixture replaces it
)
# Ordered faults must not hold up the tests after them; the tests of both switch them on.
os.environ["PAVE_RATE"] = os.environ["PAVE_CIRCUIT"] = "0"
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"  # Playwright keeps a loop running beside the tests

from paveadmin.settings import *  # noqa: E402, F403
from paveadmin.settings import DATABASES, PAVE, STORAGES  # noqa: E402
from sessions_ui.pave.signing import Secret  # noqa: E402
from tests.secret_search import new_canary  # noqa: E402

# A read is tried again at once; and the secret is one that can be found wherever it went.
PAVE = dataclasses.replace(PAVE, retry_base=0.0, api_secret=Secret(new_canary()))
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
SECURE_SSL_REDIRECT = False
STORAGES = {
    **STORAGES,
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}

if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    # A file: in memory, live_server's threads would share one connection and fail. One folder
    # per process, so that two runs at a time do not meet.
    _folder = tempfile.mkdtemp(prefix="paveadmin-tests-")
    atexit.register(shutil.rmtree, _folder, ignore_errors=True)
    DATABASES["default"]["TEST"] = {"NAME": f"{_folder}/test.sqlite3"}
    _options = DATABASES["default"]["OPTIONS"]
    _options["init_command"] += "; PRAGMA synchronous=OFF"  # nothing has to outlive a power cut
else:
    DATABASES["default"]["CONN_MAX_AGE"] = 0
    DATABASES["default"]["TEST"] = {"NAME": f"test_paveadmin_{os.getpid()}"}
