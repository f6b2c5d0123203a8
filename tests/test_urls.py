"""Test each address, and who gets what there."""

from http import HTTPStatus

import pytest

LOG_IN = "login"
# Address → what each person gets: a status, or LOG_IN for a redirect there.
ROUTES = {
    "/": {"alice": 302, "carol": 302, "dora": 302, "nora": 403, None: LOG_IN},
    "/sessions/": {"alice": 200, "carol": 200, "dora": 403, "nora": 403, None: LOG_IN},
    "/fields/": {"alice": 200, "carol": 200, "dora": 200, "nora": 403, None: LOG_IN},
    "/healthz": {"alice": 200, "carol": 200, "dora": 200, "nora": 200, None: 200},
    "/readyz": {"alice": 503, "carol": 503, "dora": 503, "nora": 503, None: 503},
    "/theme/": {"alice": 405, "carol": 405, "dora": 405, "nora": 405, None: 405},
    "/favicon.ico": {"alice": 302, "carol": 302, "dora": 302, "nora": 302, None: 302},
    "/nowhere/": {"alice": 404, "carol": 404, "dora": 404, "nora": 404, None: 404},
    "/accounts/login/": {"alice": 200, "carol": 200, "dora": 200, "nora": 200, None: 200},
}


@pytest.mark.parametrize("name", ["alice", "carol", "dora", "nora", None])
@pytest.mark.parametrize("address", ROUTES)
def test_each_address_answers_each_role_as_listed(log_in, name, address):
    answer = log_in(name).get(address)
    expected = ROUTES[address][name]
    if expected == LOG_IN:
        assert answer.status_code == HTTPStatus.FOUND
        assert answer["Location"] == f"/accounts/login/?next={address}"
    else:
        assert answer.status_code == expected
    assert "default-src 'none'" in answer["Content-Security-Policy"]
    assert "unsafe" not in answer["Content-Security-Policy"]
