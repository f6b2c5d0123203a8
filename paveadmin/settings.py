"""Configure the project. Every choice comes from the environment; `.env.example` lists them all.

With nothing set, everything runs on loopback against the sandbox, with fixed development keys.
One error names all bad variables.
"""

import re
import sys
from functools import partial

import dj_database_url
from csp.constants import NONE, SELF
from environs import Env, validate

from paveadmin import ROOT, VERSION
from paveadmin.environment import at_least, check_all, database_url, matches, pave_url, read_secret
from sessions_ui.pave.client import PaveConfig
from sessions_ui.pave.signing import Secret

BASE_DIR = ROOT
LOCAL = ROOT / ".local"
APP_VERSION = VERSION

# --- environment variables ----------------------------------------------------------------------

env = Env(eager=False)
_positive = at_least(0.001, "must be more than 0")
_zero_or_more = at_least(0, "must be 0 or more")

PAVE_ENVIRONMENT = env.str(
    "PAVE_ENVIRONMENT", "sandbox", validate=validate.OneOf(["sandbox", "test", "live"])
)
# A name of its own, because pytest-django sets DEBUG to False after the settings were loaded.
DEVELOPMENT = env.bool("DJANGO_DEBUG", PAVE_ENVIRONMENT == "sandbox")
DEBUG = DEVELOPMENT
_secret = partial(read_secret, env, development=DEVELOPMENT)

SECRET_KEY = _secret("DJANGO_SECRET_KEY", "django-insecure-for-loopback-only")
ALLOWED_HOSTS = env.list(
    "DJANGO_ALLOWED_HOSTS", ["localhost", "127.0.0.1", "[::1]"] if DEVELOPMENT else []
)
CSRF_TRUSTED_ORIGINS: list[str] = env.list(
    "DJANGO_CSRF_TRUSTED_ORIGINS",
    [],
    validate=matches(r"https?://[^/\s]+", "must be origins such as https://pave.example.com"),
)

_pave_url = env.str(
    "PAVE_BASE_URL",
    validate=pave_url(development=DEVELOPMENT),
    **({"default": "http://127.0.0.1:8900"} if DEVELOPMENT else {}),
)
_username = _secret("PAVE_USERNAME", "sandbox")
_api_key = _secret("PAVE_API_KEY", "00000000-0000-4000-8000-000000000001")
_api_secret = _secret("PAVE_API_SECRET", "sandbox-secret-for-loopback-only")
_connect_timeout = env.float("PAVE_CONNECT_TIMEOUT", 3.0, validate=_positive)
_read_timeout = env.float("PAVE_READ_TIMEOUT", 5.0, validate=_positive)
_get_deadline = env.float("PAVE_GET_DEADLINE", 8.0, validate=_positive)
_put_deadline = env.float("PAVE_PUT_DEADLINE", 15.0, validate=_positive)
PAVE_LEASE_SECONDS = env.float("PAVE_LEASE_SECONDS", 90.0, validate=_positive)
PAVE_SETTLE_SECONDS = env.float("PAVE_SETTLE_SECONDS", 60.0, validate=_zero_or_more)
_second_looks = env.list("PAVE_SECOND_LOOKS", [300, 3600], subcast=int, validate=_positive)
PAVE_CIRCUIT = env.bool("PAVE_CIRCUIT", True)
PAVE_RATE = env.float("PAVE_RATE", 5.0, validate=_zero_or_more)
_redirect_hosts: list[str] = env.list(
    "PAVE_REDIRECT_HOSTS",
    [],
    validate=matches(r"[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+", "must be bare host names"),
)
_languages = env.list(
    "PAVE_LANGUAGES", ["EN", "FR", "ES"], validate=matches("[A-Z]{2}", "must be such as EN,FR,ES")
)
PAVE_PHONE_REGION = env.str(
    "PAVE_PHONE_REGION", "CA", validate=matches("[A-Z]{2}", "must be two capitals such as CA")
)

AUDIT_TOKEN_KEY = _secret("AUDIT_TOKEN_KEY", "audit-token-key-for-development-only")
# Optional everywhere: only the commands that seal and verify need it, never the web process.
AUDIT_SEAL_KEY = _secret("AUDIT_SEAL_KEY", "audit-seal-key-for-development-only", optional=True)
AUDIT_SEAL_COPY = env.str("AUDIT_SEAL_COPY", "")
AUDIT_ERASURE_COPY = env.str("AUDIT_ERASURE_COPY", "")

_database = env.str("DATABASE_URL", "", validate=database_url)
_owner = env.str("DATABASE_OWNER_URL", "", validate=database_url)

_conflicts = {}
if (PAVE_LEASE_SECONDS or 0) < (_put_deadline or 0):
    _conflicts["PAVE_LEASE_SECONDS"] = "is shorter than PAVE_PUT_DEADLINE"
if not re.fullmatch(r"[!-~]*", _api_key):  # it travels in a header
    _conflicts["PAVE_API_KEY"] = "must be one word of plain letters, digits and signs"
check_all(env, _conflicts)

PAVE_SECOND_LOOKS = tuple(_second_looks)
PAVE_REDIRECT_HOSTS = tuple(host.lower() for host in _redirect_hosts)
PAVE_LANGUAGES = tuple(_languages)
PAVE = PaveConfig(
    base_url=_pave_url.rstrip("/"),
    username=_username,
    api_key=_api_key,
    api_secret=Secret(_api_secret),
    connect_timeout=_connect_timeout,
    read_timeout=_read_timeout,
    get_deadline=_get_deadline,
    put_deadline=_put_deadline,
    rate=PAVE_RATE,
    circuit=PAVE_CIRCUIT,
)

# --- database -----------------------------------------------------------------------------------

# Only these two commands may change tables; everything else connects as the web role.
_web = _database or f"sqlite:///{LOCAL / 'paveadmin.sqlite3'}"
_as_owner = bool(_owner) and sys.argv[1:2] in (["migrate"], ["audit_purge"])
DATABASES = {"default": dj_database_url.parse(_owner if _as_owner else _web)}
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    LOCAL.mkdir(exist_ok=True)
    DATABASES["default"]["OPTIONS"] = {
        "timeout": 20,
        "transaction_mode": "IMMEDIATE",  # else a write after a read meets "database is locked"
        "init_command": (
            "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; "
            "PRAGMA secure_delete=ON; PRAGMA recursive_triggers=ON"
        ),
    }
else:
    DATABASES["default"] |= {"CONN_MAX_AGE": 60, "CONN_HEALTH_CHECKS": True}

# --- applications, middleware, templates, logging -----------------------------------------------

INSTALLED_APPS = [
    "sessions_ui.apps.SessionsUiConfig",
    "sessions_ui.apps.PeopleAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.forms",  # after our apps, so that our widget templates override Django's
    "csp",
    "crispy_forms",
    "crispy_bootstrap5",
]
MIDDLEWARE = [
    "paveadmin.middleware.RequestLogMiddleware",
    "paveadmin.middleware.ContentPolicyMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "paveadmin.middleware.SessionRenewalMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "paveadmin.middleware.LoginLifetimeMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "paveadmin.middleware.NotFoundPageMiddleware",
]
ROOT_URLCONF = "paveadmin.urls"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [ROOT / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "sessions_ui.context_processors.frame",
            ],
        },
    }
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
CRISPY_ALLOWED_TEMPLATE_PACKS = "bootstrap5"
CRISPY_TEMPLATE_PACK = "bootstrap5"
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"()": "paveadmin.logs.JsonFormatter"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": "INFO"},
    "loggers": {
        "django": {"handlers": ["console"], "level": "INFO", "propagate": False},
        "django.server": {"handlers": ["console"], "level": "WARNING", "propagate": False},
    },
}

# --- language, time, files ----------------------------------------------------------------------

LANGUAGE_CODE = "en"
TIME_ZONE = "America/Toronto"
STATIC_URL = "static/"
STATICFILES_DIRS = [ROOT / "static"]
# Development serves files from their sources; a STATIC_ROOT that does not exist gives a warning.
STATIC_ROOT = None if DEVELOPMENT else ROOT / "staticfiles"
WHITENOISE_USE_FINDERS = WHITENOISE_AUTOREFRESH = DEVELOPMENT
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEVELOPMENT
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}

# --- people and browsers ------------------------------------------------------------------------

LOGIN_URL = "/accounts/login/"
LOGIN_REDIRECT_URL = "/"
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
_validators = "django.contrib.auth.password_validation"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"{_validators}.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": f"{_validators}.CommonPasswordValidator"},
]

# The idle time, which SessionRenewalMiddleware renews; LoginLifetimeMiddleware ends the absolute.
SESSION_COOKIE_AGE = 30 * 60
SESSION_ABSOLUTE_AGE = 12 * 60 * 60
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = not DEVELOPMENT
SESSION_COOKIE_NAME = "sessionid" if DEVELOPMENT else "__Host-sessionid"
CSRF_COOKIE_NAME = "csrftoken" if DEVELOPMENT else "__Host-csrftoken"
CSRF_FAILURE_VIEW = "sessions_ui.views.errors.csrf_failure"

SECURE_SSL_REDIRECT = not DEVELOPMENT
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]  # load balancers use plain HTTP
SECURE_HSTS_SECONDS = 0 if DEVELOPMENT else 365 * 24 * 60 * 60
SECURE_HSTS_INCLUDE_SUBDOMAINS = not DEVELOPMENT
# Preloading cannot be undone for months, so it is the decision of the domain's owner.
SILENCED_SYSTEM_CHECKS = ["security.W021"]
# nosniff, Referrer-Policy and Opener-Policy same-origin, frames denied: Django's defaults.
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],  # Bootstrap draws its controls with data: pictures
        "connect-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
        "object-src": [NONE],
    }
}
