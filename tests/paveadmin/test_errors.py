"""Test the page of an address that no view answers."""

from paveadmin.errors import not_found


def test_it_is_our_page_with_the_status_404(rf, nora):
    request = rf.get("/nowhere/")
    request.user = nora
    answer = not_found(request)
    assert answer.status_code == 404
    assert "PAVE Admin" in answer.content.decode()


def test_an_address_without_a_slash_is_tried_with_one_first(client, db):
    assert client.get("/accounts/login").headers["Location"] == "/accounts/login/"
    assert client.get("/nowhere").headers["Location"] == "/nowhere/"
    assert client.get("/nowhere/").status_code == 404
