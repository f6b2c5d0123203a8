"""Test that the leak watch reports the secret, a piece of it, or a token at each way out."""

import logging
from types import SimpleNamespace

import pytest
from django.conf import settings
from django.db import connection
from django.http import HttpResponse, StreamingHttpResponse

from sessions_ui.services.sessions.pave_reads import read_snapshot


@pytest.fixture
def secret():
    """Give the API secret of this test run."""
    return settings.PAVE.api_secret.reveal()


@pytest.fixture
def logger():
    """Give a logger whose records reach no handler, only the leak watch."""
    quiet = logging.getLogger("anybody")
    quiet.addFilter(lambda record: False)
    return quiet


def serve(monkeypatch, client, response):
    """Make the dashboard answer a request with this response."""
    monkeypatch.setattr("paveadmin.errors.render", lambda *_, **__: response)
    return client.get("/nowhere/")


def test_the_secret_is_found_in_a_page(client, db, monkeypatch, secret, leak_watch):
    serve(monkeypatch, client, HttpResponse(f"<p>{secret}</p>", status=404))
    assert leak_watch.take_leaks() == ["the secret in a response /nowhere/"]


def test_the_secret_is_found_in_a_header_and_a_cookie(client, db, monkeypatch, secret, leak_watch):
    serve(monkeypatch, client, HttpResponse(headers={"Location": f"/?{secret}"}))
    assert leak_watch.take_leaks()
    response = HttpResponse()
    response.set_cookie("kept", secret)
    serve(monkeypatch, client, response)
    assert leak_watch.take_leaks()


def test_the_secret_is_found_across_two_parts_of_a_stream(
    client, db, monkeypatch, secret, leak_watch
):
    parts = [f"a,{secret[:20]}".encode(), f"{secret[20:]},b".encode()]
    list(serve(monkeypatch, client, StreamingHttpResponse(iter(parts))).streaming_content)
    assert "the secret in a response /nowhere/" in leak_watch.take_leaks()


def test_the_secret_is_found_in_a_log_record_and_its_traceback(logger, secret, leak_watch):
    logger.warning("signed with %s", secret)
    assert leak_watch.take_leaks() == ["the secret in a log anybody"]
    logger.warning("signed", extra={"told": secret})
    assert leak_watch.take_leaks()
    try:
        raise ValueError(secret)
    except ValueError:
        logger.exception("not signed")
    assert leak_watch.take_leaks()


def test_the_secret_is_found_on_its_way_to_the_database(db, secret, leak_watch):
    for value in (secret, secret.encode()):
        with connection.cursor() as cursor:
            cursor.execute("SELECT %s", [value])
        assert leak_watch.take_leaks() == ["the secret in a database SELECT %s"]


def test_the_secret_is_found_in_files_and_printed_output(tmp_path, capsys, secret, leak_watch):
    (tmp_path / "export.csv").write_text(f"1,{secret[3:20]}\n", "utf-8")
    leak_watch.check_folder(tmp_path)
    assert leak_watch.take_leaks() == ["the secret in a file export.csv"]
    (tmp_path / "export.csv").unlink()
    print(secret)
    capsys.readouterr()
    assert leak_watch.take_leaks() == ["the secret in a print "]


def test_a_token_that_was_sent_to_pave_is_found(sandbox, db, logger, leak_watch):
    key = sandbox.state.create(status="IDLE")
    read_snapshot(key)
    token = next(iter(leak_watch.search.tokens))
    logger.warning("called with %s", token)
    assert leak_watch.take_leaks() == ["a token in a log anybody"]


def test_a_test_that_leaked_fails(secret, leak_watch):
    report = SimpleNamespace(
        sections=[("Captured stdout call", secret)], outcome="passed", longrepr=None
    )
    leak_watch.finish_test(SimpleNamespace(), report)
    assert report.outcome == "failed"
    assert report.longrepr == "leaked: the secret in a print "
