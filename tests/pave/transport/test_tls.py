"""TLS: PAVE has to prove who it is, and there is no way around it."""

import ssl
from datetime import UTC, datetime, timedelta

import pytest
import trustme

from sessions_ui.pave.errors import PaveNotSent, PaveUnknown
from tests.pave.scripted_server import KEY, drips, echoes_session, hangs_up, says

CHANGE = {"session": {"theme": "LITE"}}
READ_AND_WRITE = pytest.mark.parametrize(
    "call",
    [lambda c: c.session_get(KEY), lambda c: c.session_update(KEY, CHANGE)],
    ids=["get", "put"],
)


@pytest.fixture(scope="module")
def authority():
    """The one whom the client is told to trust."""
    return trustme.CA()


@pytest.fixture(scope="module")
def bundle(authority, tmp_path_factory):
    """Its certificate, as a file for ``verify``."""
    path = tmp_path_factory.mktemp("ca") / "ca.pem"
    authority.cert_pem.write_to_path(path)
    return str(path)


def proves(certificate, version=None):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    if version:
        context.minimum_version = context.maximum_version = version
    certificate.configure_cert(context)
    return context


def is_not_sent(call, client, server):
    with pytest.raises(PaveNotSent) as caught:
        call(client)
    assert caught.value.cause == "tls"
    assert server.asked == []
    assert server.opened == 1


@READ_AND_WRITE
def test_it_speaks_with_whom_it_trusts(serve, calls, authority, bundle, call):
    server = serve(echoes_session, tls=proves(authority.issue_cert("127.0.0.1")))
    assert call(calls(server, verify=bundle)).document["session_key"] == KEY


@READ_AND_WRITE
def test_it_sends_nothing_to_another_host(serve, calls, authority, bundle, call):
    server = serve(echoes_session, tls=proves(authority.issue_cert("openapi.paveapi.com")))
    is_not_sent(call, calls(server, verify=bundle), server)


@READ_AND_WRITE
def test_it_sends_nothing_to_one_who_vouches_for_himself(serve, calls, bundle, call):
    server = serve(echoes_session, tls=proves(trustme.CA().issue_cert("127.0.0.1")))
    is_not_sent(call, calls(server, verify=bundle), server)


def test_it_sends_nothing_where_the_certificate_has_run_out(serve, calls, authority, bundle):
    then = datetime.now(UTC) - timedelta(days=1)
    server = serve(echoes_session, tls=proves(authority.issue_cert("127.0.0.1", not_after=then)))
    is_not_sent(lambda c: c.session_get(KEY), calls(server, verify=bundle), server)


def test_it_trusts_the_public_authorities_unless_told_otherwise(serve, calls, authority):
    server = serve(echoes_session, tls=proves(authority.issue_cert("127.0.0.1")))
    is_not_sent(lambda c: c.session_get(KEY), calls(server), server)


def test_it_takes_no_authority_from_the_environment(serve, calls, authority, bundle, monkeypatch):
    for name in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE"):
        monkeypatch.setenv(name, bundle)
    server = serve(echoes_session, tls=proves(authority.issue_cert("127.0.0.1")))
    is_not_sent(lambda c: c.session_get(KEY), calls(server), server)


@pytest.mark.filterwarnings("ignore:ssl.TLSVersion:DeprecationWarning")
def test_it_speaks_no_old_tls(serve, calls, authority, bundle):
    tls = proves(authority.issue_cert("127.0.0.1"), ssl.TLSVersion.TLSv1_1)
    tls.set_ciphers("ALL:@SECLEVEL=0")
    server = serve(echoes_session, tls=tls)
    is_not_sent(lambda c: c.session_get(KEY), calls(server, verify=bundle), server)


def test_it_sends_nothing_to_one_who_speaks_no_tls(serve, calls):
    server = serve(says(b"HTTP/1.1 400 Bad Request\r\n\r\n"), eager=True)
    with pytest.raises(PaveNotSent) as caught:
        calls(f"https://127.0.0.1:{server.port}").session_get(KEY)
    assert caught.value.cause == "tls"


@READ_AND_WRITE
def test_it_cuts_a_drip_under_tls_too(serve, calls, authority, bundle, call):
    script = drips(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n{", b" ")
    server = serve(script, tls=proves(authority.issue_cert("127.0.0.1")))
    with pytest.raises(PaveUnknown) as caught:
        call(calls(server, verify=bundle, get_deadline=0.3, put_deadline=0.3))
    assert caught.value.cause == "deadline"
    assert caught.value.duration_ms < 1300


def test_it_says_unknown_when_an_encrypted_answer_is_lost(serve, calls, authority, bundle):
    server = serve(hangs_up, tls=proves(authority.issue_cert("127.0.0.1")))
    with pytest.raises(PaveUnknown) as caught:
        calls(server, verify=bundle).session_update(KEY, CHANGE)
    assert caught.value.cause == "reset"
    assert len(server.asked) == 1


def test_it_fails_early_without_the_certificates_it_is_told_to_trust(calls, tmp_path):
    with pytest.raises(OSError, match="No such file"):
        calls("https://127.0.0.1", verify=str(tmp_path / "none.pem"))
