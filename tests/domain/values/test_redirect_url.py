"""Test redirect URLs: public https addresses alone, and those of the allowed hosts."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sessions_ui.domain.values.redirect_url import redirect_error

GOOD_URLS = [
    "https://www.lakeshorehonda.ca/thanks",
    "https://dealer.example/a?b=c#d",
    "https://dealer.com:443/x",
    "HTTPS://Dealer.com/",
    "https://xn--bcher-kva.example/",
    "https://dealer.com",
]
BAD_URLS = """
http://dealer.com/
javascript:alert(1)
data:text/html,x
//evil.com/
ftp://dealer.com/
https:dealer.com
https:/dealer.com
https://
https:///x
https://user@dealer.com/
https://user:pw@evil.com/
https://dealer.com@evil.com/
https://:@evil.com/
https://127.0.0.1/
https://127.1/
https://10.0.0.1/
https://169.254.169.254/latest/meta-data
https://192.168.1.1/
https://0x7f.0.0.1/
https://0x7f000001/
https://2130706433/
https://0177.0.0.1/
https://1.2.3.4.5/
https://[::1]/
https://[fe80::1%25eth0]/
https://[::ffff:127.0.0.1]/
https://localhost/
https://localhost.localdomain.lan/
https://dealer.local/
https://dealer.internal/
https://printer.home/
https://dealer.intranet/
https://dealer.corp/
https://a.onion/
https://1.0.0.127.in-addr.arpa/
https://dealer/
https://dealer.com:8443/
https://dealer.com:80/
https://dealer.com:99999/
https://dealer.com:x/
https://dealer.com:-1/
https://ok.example\\@evil.com/
https:\\\\evil.com/
https://evil.com\\.ok.example/
https://ex ample.com/
https://example.com/a b
https://exa%6dple.com/
https://%65vil.com/
https://-bad.com/
https://bad-.com/
https://bad_host.com/
https://a..b.com/
https://.com/
https://dealer.com..evil/
https://раураl.com/
https://dealer。com/
https://ａpple.com/
https://dealer.c0m0.123/
https://dealer.com/\u2028x
https://dealer.com/\x00
https://dealer.com/\tx
""".strip("\n").split("\n")


@pytest.mark.parametrize("url", GOOD_URLS)
def test_it_takes_a_public_https_address(url):
    assert redirect_error(url) == ""


@pytest.mark.parametrize(
    "url", [*BAD_URLS, "https://dealer.com/" + "x" * 2000, "https://a.com/\nx"]
)
def test_it_refuses_a_hostile_address(url):
    assert redirect_error(url)


def test_it_keeps_to_the_hosts_of_the_settings():
    assert redirect_error("https://trade.dealer.ca/x", ["dealer.ca"]) == ""
    assert "dealer.ca" in redirect_error("https://evildealer.ca/x", ["dealer.ca"])
    assert "dealer.ca" in redirect_error("https://dealer.ca.evil.com/x", ["dealer.ca"])


@given(st.text())
def test_it_judges_any_text(text):
    assert isinstance(redirect_error(text), str)
    assert isinstance(redirect_error("https://" + text), str)
