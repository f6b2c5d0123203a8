"""Test that bad variables are named all at once, and that production needs its own secrets."""

import re
import runpy
import sys

import pytest
from django.core.exceptions import ImproperlyConfigured

from paveadmin import ROOT

PRODUCTION = {
    "DJANGO_DEBUG": "0",
    "DJANGO_SECRET_KEY": "s" * 50,
    "DJANGO_ALLOWED_HOSTS": "pave.example.com",
    "PAVE_ENVIRONMENT": "live",
    "PAVE_BASE_URL": "https://openapi.paveapi.com",
    "PAVE_USERNAME": "dealer",
    "PAVE_API_KEY": "11111111-2222-4333-8444-555555555555",
    "PAVE_API_SECRET": "pave-gave-us-this",
    "AUDIT_TOKEN_KEY": "t" * 40,
}


@pytest.fixture
def load(monkeypatch):
    """A function that loads the settings file with exactly the variables that it gets."""

    def _load(**variables):
        for name in _declared():
            monkeypatch.delenv(name, raising=False)
        for name, value in variables.items():
            monkeypatch.setenv(name, value)
        return runpy.run_path(str(ROOT / "paveadmin" / "settings.py"))

    return _load


def _declared():
    source = ROOT.joinpath("paveadmin", "settings.py").read_text("utf-8")
    return set(re.findall(r'"((?:PAVE|DJANGO|AUDIT|DATABASE)_[A-Z_]+)"', source))


def _stop(load, **variables):
    with pytest.raises(ImproperlyConfigured) as caught:
        load(**variables)
    return str(caught.value)


def test_with_nothing_set_it_runs_on_loopback_against_the_sandbox(load):
    loaded = load()
    assert loaded["DEBUG"] is True
    assert loaded["PAVE_ENVIRONMENT"] == "sandbox"
    assert loaded["PAVE"].base_url == "http://127.0.0.1:8900"
    assert loaded["SESSION_COOKIE_NAME"] == "sessionid"
    assert loaded["SECURE_HSTS_SECONDS"] == 0
    assert not loaded["SECURE_SSL_REDIRECT"]
    assert not loaded["SESSION_COOKIE_SECURE"]
    assert loaded["PAVE_SECOND_LOOKS"] == (300, 3600)
    assert loaded["PAVE_LANGUAGES"] == ("EN", "FR", "ES")


def test_the_client_gets_its_rate_and_its_circuit_breaker(load):
    usual, other = load()["PAVE"], load(PAVE_RATE="0.5", PAVE_CIRCUIT="0")["PAVE"]
    assert (usual.rate, usual.circuit) == (5, True)
    assert (other.rate, other.circuit) == (0.5, False)


def test_it_names_every_bad_variable_at_once_and_repeats_no_value(load):
    sentence = _stop(
        load,
        PAVE_PUT_DEADLINE="soon",
        PAVE_RATE="-1",
        PAVE_ENVIRONMENT="production",
        PAVE_REDIRECT_HOSTS="https://dealer.example",
        PAVE_SECOND_LOOKS="300,never",
        DATABASE_URL="nothing://secret-password@host/x",
        DJANGO_DEBUG="1",
    )
    for name in (
        "PAVE_PUT_DEADLINE",
        "PAVE_RATE",
        "PAVE_ENVIRONMENT",
        "PAVE_REDIRECT_HOSTS",
        "PAVE_SECOND_LOOKS",
        "DATABASE_URL",
    ):
        assert name in sentence
    assert "secret-password" not in sentence


@pytest.mark.parametrize("environment", ["test", "live"])
def test_a_real_pave_means_production(load, environment):
    sentence = _stop(load, PAVE_ENVIRONMENT=environment)
    for name in (
        "DJANGO_SECRET_KEY",
        "PAVE_BASE_URL",
        "PAVE_USERNAME",
        "PAVE_API_KEY",
        "PAVE_API_SECRET",
        "AUDIT_TOKEN_KEY",
    ):
        assert name in sentence
    assert "AUDIT_SEAL_KEY" not in sentence


def test_it_starts_in_production_without_the_sealing_key(load):
    loaded = load(**PRODUCTION)
    assert loaded["DEBUG"] is False
    assert loaded["AUDIT_SEAL_KEY"] == ""
    assert loaded["SESSION_COOKIE_NAME"] == "__Host-sessionid"
    assert loaded["CSRF_COOKIE_NAME"] == "__Host-csrftoken"
    assert loaded["SESSION_COOKIE_SECURE"]
    assert loaded["SECURE_SSL_REDIRECT"]
    assert loaded["SECURE_HSTS_SECONDS"] >= 31_536_000
    assert "Manifest" in loaded["STORAGES"]["staticfiles"]["BACKEND"]


SECRETS = {
    "DJANGO_SECRET_KEY": "django-insecure-for-loopback-only",
    "PAVE_API_KEY": "00000000-0000-4000-8000-000000000001",
    "PAVE_API_SECRET": "sandbox-secret-for-loopback-only",
    "AUDIT_TOKEN_KEY": "audit-token-key-for-development-only",
}


@pytest.mark.parametrize("name", SECRETS)
def test_it_stops_production_at_a_missing_or_default_secret(load, name):
    without = {key: value for key, value in PRODUCTION.items() if key != name}
    assert f"{name} is not set" in _stop(load, **without)
    assert f"{name} is empty" in _stop(load, **without, **{name: " "})
    sentence = _stop(load, **without, **{name: SECRETS[name]})
    assert f"{name} is the development value" in sentence
    assert SECRETS[name] not in sentence


def test_it_refuses_the_development_key_for_seals_in_production(load):
    sentence = _stop(load, **PRODUCTION, AUDIT_SEAL_KEY="audit-seal-key-for-development-only")
    assert "AUDIT_SEAL_KEY is the development value" in sentence
    assert load(**PRODUCTION, AUDIT_SEAL_KEY="of our own\n")["AUDIT_SEAL_KEY"] == "of our own"


@pytest.mark.parametrize(
    "url",
    [
        "http://openapi.paveapi.com",
        "http://127.0.0.1:8900",
        "openapi.paveapi.com",
        "https://user:word@openapi.paveapi.com",
        "https://openapi.paveapi.com/v1",
        "https://[broken",
        "https://*.paveapi.com",
        "https://openapi.paveapi.com:0",
    ],
)
def test_production_requires_https_and_a_bare_host(load, url):
    assert "PAVE_BASE_URL" in _stop(load, **{**PRODUCTION, "PAVE_BASE_URL": url})


@pytest.mark.parametrize("environment", ["sandbox", "test", "live"])
def test_it_allows_http_to_a_loopback_pave_in_development(load, environment):
    for url in ("http://127.0.0.1:9999", "http://localhost:9999/", "http://[::1]:9999"):
        loaded = load(DJANGO_DEBUG="1", PAVE_ENVIRONMENT=environment, PAVE_BASE_URL=url)
        assert loaded["PAVE"].base_url == url.rstrip("/")
    assert "PAVE_BASE_URL" in _stop(load, DJANGO_DEBUG="1", PAVE_BASE_URL="http://pave.example.com")


def test_it_refuses_a_lease_shorter_than_an_update_may_last(load):
    assert "PAVE_LEASE_SECONDS" in _stop(load, PAVE_LEASE_SECONDS="14")
    assert "PAVE_LEASE_SECONDS" in _stop(load, PAVE_PUT_DEADLINE="91")
    assert load(PAVE_LEASE_SECONDS="2", PAVE_PUT_DEADLINE="2")["PAVE_LEASE_SECONDS"] == 2


def test_the_new_line_of_a_secret_from_a_file_is_cut(load):
    loaded = load(**{**PRODUCTION, "PAVE_API_SECRET": "pave-gave-us-this\n"})
    assert loaded["PAVE"].api_secret.reveal() == "pave-gave-us-this"


@pytest.mark.parametrize("key", ["two words", "clé", "a\tb"])
def test_it_refuses_a_key_that_no_header_can_carry(load, key):
    sentence = _stop(load, **{**PRODUCTION, "PAVE_API_KEY": key}, PAVE_RATE="x")
    assert "PAVE_API_KEY must be one word" in sentence
    assert "PAVE_RATE" in sentence
    assert key not in sentence


def test_only_migrate_and_purge_connect_as_the_owner_of_the_database(load, monkeypatch):
    urls = {
        "DATABASE_URL": "postgresql://web@localhost/pave",
        "DATABASE_OWNER_URL": "postgresql://owner@localhost/pave",
    }
    for command in ("migrate", "audit_purge"):
        monkeypatch.setattr(sys, "argv", ["manage.py", command])
        assert load(**urls)["DATABASES"]["default"]["USER"] == "owner"
    for command in (["manage.py", "reconcile"], ["gunicorn"], ["manage.py", "check", "migrate"]):
        monkeypatch.setattr(sys, "argv", command)
        assert load(**urls)["DATABASES"]["default"]["USER"] == "web"


def test_sqlite_is_durable_and_no_request_is_a_transaction(load):
    database = load()["DATABASES"]["default"]
    assert database["OPTIONS"]["transaction_mode"] == "IMMEDIATE"
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "secure_delete=ON"):
        assert pragma in database["OPTIONS"]["init_command"]
    assert "recursive_triggers=ON" in database["OPTIONS"]["init_command"]
    assert not database.get("ATOMIC_REQUESTS")


def test_it_lists_exactly_its_variables_in_the_example_file():
    example = ROOT.joinpath(".env.example").read_text("utf-8")
    listed = re.findall(r"^(?:# )?([A-Z]+_[A-Z_]+)=", example, re.MULTILINE)
    assert sorted(listed) == sorted(set(listed)), "each once"
    assert set(listed) == _declared()


def test_it_shows_the_true_defaults_in_the_example_file(load):
    example = ROOT.joinpath(".env.example").read_text("utf-8")
    shown = dict(re.findall(r"^([A-Z]+_[A-Z_]+)=(.*)$", example, re.MULTILINE))
    bare, copied = load(), load(**shown)
    names = [name for name in bare if name.isupper()]
    assert {name: bare[name] for name in names} == {name: copied[name] for name in names}
