"""Compare the markup of pages with hostile and with harmless values."""

from bs4 import BeautifulSoup

HOSTILE = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>&amp;$name"


def structure(markup):
    """List the elements of some markup in document order, with the names of their attributes."""
    soup = BeautifulSoup(markup, "html.parser")
    return [(tag.name, sorted(tag.attrs)) for tag in soup.find_all()]
