"""One session's page: what it shows of the session, and the buttons that play its customer."""

from bs4 import BeautifulSoup

from sessions_ui.pave.sandbox import start_sandbox
from tests.pave.sandbox.raw_client import send


def test_a_url_may_break_after_its_slashes_but_reads_as_one_word():
    with start_sandbox() as sandbox:
        page = send(sandbox, "GET", "/customer/LKS-7Q2M9XK4RD", headers={"Accept": "text/html"})
    url = "https://lakeshorehonda.example.com/inspection/thank-you"
    cell = BeautifulSoup(page.body, "html.parser").find("dt", string="redirect_url").find_next("dd")
    assert cell.get_text().strip() == url
    assert len(cell.find_all("wbr")) == url.count("/") + 1
