"""Ask for the personal values of one entry, and see which of them a page shows."""

from bs4 import BeautifulSoup

WHY = "The customer asks which number we texted."
PERSONAL = ("647-555-0184", "647-555-0148", "Daniel Osei", "Grace Lindqvist")


def page_of(answer):
    """The parsed page."""
    return BeautifulSoup(answer.text, "html.parser")


def shown_in(answer):
    """The personal values that the page shows."""
    words = page_of(answer).get_text()
    return [text for text in PERSONAL if text in words]


def reveal(client, entry_id, reason=WHY, **extra):
    """Post the form that reveals an entry's values."""
    return client.post(f"/audit/{entry_id}/reveal/", {"reason": reason}, **extra)
