"""The watch over the suite barks: at each way out, for the secret, a piece of it, and a token."""

import logging
from types import SimpleNamespace

import pytest
from django.conf import settings
from django.db import connection
from django.http import HttpResponse, StreamingHttpResponse

from sessions_ui.services.sessions.pave_reads import snapshot_read


@pytest.fixture
def secret():
    """The secret with which this suite runs."""
    return settings.PAVE.api_secret.reveal()


@pytest.fixture
def logger():
    """A log that keeps nothing, so that only the watch hears it."""
    quiet = logging.getLogger("anybody")
    quiet.addFilter(lambda record: False)
    return quiet


def answer(monkeypatch, client, response):
    monkeypatch.setattr("paveadmin.errors.render", lambda *_, **__: response)
    return client.get("/nowhere/")


def test_it_finds_the_secret_in_a_page(client, db, monkeypatch, secret, watch):
    answer(monkeypatch, client, HttpResponse(f"<p>{secret}</p>", status=404))
    assert watch.taken() == ["the secret in a response /nowhere/"]


def test_it_finds_it_in_a_header_and_a_cookie(client, db, monkeypatch, secret, watch):
    answer(monkeypatch, client, HttpResponse(headers={"Location": f"/?{secret}"}))
    assert watch.taken()
    baked = HttpResponse()
    baked.set_cookie("kept", secret)
    answer(monkeypatch, client, baked)
    assert watch.taken()


def test_it_finds_it_in_a_stream_where_it_comes_in_two_parts(
    client, db, monkeypatch, secret, watch
):
    parts = [f"a,{secret[:20]}".encode(), f"{secret[20:]},b".encode()]
    list(answer(monkeypatch, client, StreamingHttpResponse(iter(parts))).streaming_content)
    assert "the secret in a response /nowhere/" in watch.taken()


def test_it_finds_it_in_a_log_and_in_the_text_of_an_error(logger, secret, watch):
    logger.warning("signed with %s", secret)
    assert watch.taken() == ["the secret in a log anybody"]
    logger.warning("signed", extra={"told": secret})
    assert watch.taken()
    try:
        raise ValueError(secret)
    except ValueError:
        logger.exception("not signed")
    assert watch.taken()


def test_it_finds_it_on_its_way_to_the_database(db, secret, watch):
    for value in (secret, secret.encode()):
        with connection.cursor() as cursor:
            cursor.execute("SELECT %s", [value])
        assert watch.taken() == ["the secret in a database SELECT %s"]


def test_it_finds_it_in_files_and_prints(tmp_path, capsys, secret, watch):
    (tmp_path / "export.csv").write_text(f"1,{secret[3:20]}\n", "utf-8")
    watch.look_into(tmp_path)
    assert watch.taken() == ["the secret in a file export.csv"]
    (tmp_path / "export.csv").unlink()
    print(secret)
    capsys.readouterr()
    assert watch.taken() == ["the secret in a print "]


def test_it_finds_a_token_that_went_to_pave(sandbox, db, logger, watch):
    key = sandbox.state.create(status="IDLE")
    snapshot_read(key)
    made = next(iter(watch.search.tokens))
    logger.warning("called with %s", made)
    assert watch.taken() == ["a token in a log anybody"]


def test_it_fails_the_test_that_leaked(secret, watch):
    report = SimpleNamespace(
        sections=[("Captured stdout call", secret)], outcome="passed", longrepr=None
    )
    watch.ended(SimpleNamespace(), report)
    assert report.outcome == "failed"
    assert report.longrepr == "leaked: the secret in a print "
