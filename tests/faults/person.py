"""A person at a browser, with every page that they were shown written down."""

import hashlib
import html
import re
import time

from django.db import close_old_connections
from django.test import Client

_MAIN = re.compile(r"<main\b.*?</main>", re.DOTALL)
_TAG = re.compile(r"<[^>]+>")
_SEEN = re.compile(r'name="seen" value="([^"]+)"')
_BANNER = re.compile(r'data-outcome="(\w+)"\s+data-entry-id="(\d+)"')
_SECTION = re.compile(r"<section\b[^>]*data-entry-id=.*?</section>", re.DOTALL)
_ROW = re.compile(
    r'<tr role="row">\s*<th role="rowheader"[^>]*>(.*?)</th>' + 3 * r"\s*<td[^>]*>(.*?)</td>",
    re.DOTALL,
)
_EDIT = re.compile(r"\?edit=(\d+)")
WHY = {"reason_code": "other", "reason_note": "The customer called about it.", "ticket": "ZD-1"}


def _plain(text):
    """What a person reads of it."""
    return " ".join(html.unescape(_TAG.sub(" ", text)).split())


class Page:
    """What one response showed."""

    def __init__(self, response):
        self.status = response.status_code
        body = response.content.decode()
        found = _MAIN.search(body)
        self.text = _plain(found[0] if found else body)
        seen = _SEEN.search(body)
        self.seen = html.unescape(seen[1]) if seen else ""
        self.is_review = "data-payload" in body
        banner = _BANNER.search(body) if 'id="edit-h"' in body else None
        self.outcome, self.entry = (banner[1], int(banner[2])) if banner else ("", None)
        section = _SECTION.search(body) if banner else None
        self.said = _plain(section[0].partition("<table")[0]) if section else ""
        self.rows = [list(map(_plain, row)) for row in _ROW.findall(section[0])] if section else []
        location = response.headers.get("Location", "")
        went = _EDIT.search(location)
        self.sent_to = int(went[1]) if went else None


class Person:
    """Acts as one of the world's people on one session; notes what was shown, and when."""

    def __init__(self, world, name, session_key, **facts):
        self.facts = facts
        self.world, self.name, self.key = world, name, session_key
        self.client = Client(raise_request_exception=False)
        self.client.cookies["sessionid"] = world.cookies[name]
        self.url = f"/sessions/{session_key}/"

    def _noted(self, kind, ask, **facts):
        facts = {**self.facts, **facts}
        close_old_connections()  # as the server does; Django's test client leaves it out
        began = time.time()
        self.world.note(note="asks", kind=kind, who=self.name, key=self.key, began=began, **facts)
        page = Page(ask())
        self.world.note(
            note="shown",
            kind=kind,
            who=self.name,
            key=self.key,
            began=began,
            ended=time.time(),
            status=page.status,
            outcome=page.outcome,
            entry=page.entry,
            sent_to=page.sent_to,
            said=page.said,
            rows=page.rows,
            text=page.text[:2500],
            **facts,
        )
        return page

    def open(self, entry=None):
        """The session's page, after an edit with its banner."""
        query = f"?edit={entry}" if entry else ""
        return self._noted("open", lambda: self.client.get(self.url + query), asked=entry)

    def review(self, page, typed):
        """Type (`{"vehicle.trim": "LX"}`) into an opened page and press review."""
        inputs = {key.replace(".", "-", 1): text for key, text in typed.items()}
        posted = {**inputs, "seen": page.seen, "action": "review"}
        return self._noted("review", lambda: self.client.post(self.url, posted))

    def send(self, review, typed, label="", why=WHY, **more):
        """Press send on a review page. `more` are facts for the note."""
        inputs = {key.replace(".", "-", 1): text for key, text in typed.items()}
        posted = {**inputs, **why, "seen": review.seen, "action": "send"}
        form = hashlib.sha256(review.seen.encode()).hexdigest()[:16]
        return self._noted(
            "send",
            lambda: self.client.post(self.url, posted),
            form=form,
            typed=typed,
            label=label,
            **more,
        )

    def close(self, entry, outcome):
        """Say what is so of an edit that nobody could settle, and how one knows."""
        said = {"outcome": outcome, "note": "I asked the dealer about it."}
        return self._noted("close", lambda: self.client.post(f"/audit/{entry}/close/", said))

    def edit(self, typed, **more):
        """The whole way: open, review, send, and the page that follows; the last page shown."""
        review = self.review(self.open(), typed)
        if not review.is_review:
            return review
        sent = self.send(review, typed, **more)
        return self.open(sent.sent_to) if sent.sent_to else sent
