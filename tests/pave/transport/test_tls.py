"""Test that PAVE must prove its identity, and that nothing can switch that off."""

import ssl
from datetime import UTC, datetime, timedelta

import pytest
import trustme

from sessions_ui.pave.errors import PaveNotSent, PaveUnknown
from tests.pave.client_calls import KEY, READ_AND_WRITE, get, update
from tests.pave.scripted_server import drips, echoes_session, hangs_up, sends


@pytest.fixture(scope="module")
def authority():
    """Give a certificate authority of the test's own."""
    return trustme.CA()


@pytest.fixture(scope="module")
def bundle(authority, tmp_path_factory):
    """Give the path of the authority's certificate, for ``verify``."""
    path = tmp_path_factory.mktemp("ca") / "ca.pem"
    authority.cert_pem.write_to_path(path)
    return str(path)


def server_context(certificate, version=None):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    if version:
        context.minimum_version = context.maximum_version = version
    certificate.configure_cert(context)
    return context


def assert_not_sent(call, client, server):
    with pytest.raises(PaveNotSent) as caught:
        call(client)
    assert caught.value.cause == "tls"
    assert server.requests == []
    assert server.connection_count == 1


@READ_AND_WRITE
def test_a_server_with_a_trusted_certificate_is_called(serve, make_client, authority, bundle, call):
    server = serve(echoes_session, tls=server_context(authority.issue_cert("127.0.0.1")))
    assert call(make_client(server, verify=bundle)).document["session_key"] == KEY


@READ_AND_WRITE
def test_nothing_is_sent_to_another_host(serve, make_client, authority, bundle, call):
    server = serve(echoes_session, tls=server_context(authority.issue_cert("openapi.paveapi.com")))
    assert_not_sent(call, make_client(server, verify=bundle), server)


@READ_AND_WRITE
def test_nothing_is_sent_to_an_untrusted_authority(serve, make_client, bundle, call):
    server = serve(echoes_session, tls=server_context(trustme.CA().issue_cert("127.0.0.1")))
    assert_not_sent(call, make_client(server, verify=bundle), server)


def test_nothing_is_sent_if_the_certificate_has_expired(serve, make_client, authority, bundle):
    expiry = datetime.now(UTC) - timedelta(days=1)
    certificate = authority.issue_cert("127.0.0.1", not_after=expiry)
    server = serve(echoes_session, tls=server_context(certificate))
    assert_not_sent(get, make_client(server, verify=bundle), server)


def test_only_public_authorities_are_trusted_by_default(serve, make_client, authority):
    server = serve(echoes_session, tls=server_context(authority.issue_cert("127.0.0.1")))
    assert_not_sent(get, make_client(server), server)


def test_the_environment_adds_no_authority(serve, make_client, authority, bundle, monkeypatch):
    for name in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE"):
        monkeypatch.setenv(name, bundle)
    server = serve(echoes_session, tls=server_context(authority.issue_cert("127.0.0.1")))
    assert_not_sent(get, make_client(server), server)


@pytest.mark.filterwarnings("ignore:ssl.TLSVersion:DeprecationWarning")
def test_old_versions_of_tls_are_refused(serve, make_client, authority, bundle):
    tls = server_context(authority.issue_cert("127.0.0.1"), ssl.TLSVersion.TLSv1_1)
    tls.set_ciphers("ALL:@SECLEVEL=0")
    server = serve(echoes_session, tls=tls)
    assert_not_sent(get, make_client(server, verify=bundle), server)


def test_nothing_is_sent_to_a_server_without_tls(serve, make_client):
    server = serve(sends(b"HTTP/1.1 400 Bad Request\r\n\r\n"), eager=True)
    with pytest.raises(PaveNotSent) as caught:
        get(make_client(f"https://127.0.0.1:{server.port}"))
    assert caught.value.cause == "tls"


@READ_AND_WRITE
def test_the_deadline_cuts_off_a_slow_response_over_tls(
    serve, make_client, authority, bundle, call
):
    script = drips(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n{", b" ")
    server = serve(script, tls=server_context(authority.issue_cert("127.0.0.1")))
    with pytest.raises(PaveUnknown) as caught:
        call(make_client(server, verify=bundle, get_deadline=0.3, put_deadline=0.3))
    assert caught.value.cause == "deadline"
    assert caught.value.duration_ms < 1300


def test_a_write_is_unknown_if_its_response_over_tls_is_lost(serve, make_client, authority, bundle):
    server = serve(hangs_up, tls=server_context(authority.issue_cert("127.0.0.1")))
    with pytest.raises(PaveUnknown) as caught:
        update(make_client(server, verify=bundle))
    assert caught.value.cause == "reset"
    assert len(server.requests) == 1


def test_a_client_cannot_be_made_without_its_ca_bundle(make_client, tmp_path):
    with pytest.raises(OSError, match="No such file"):
        make_client("https://127.0.0.1", verify=str(tmp_path / "none.pem"))
