"""Act as a person at a browser, and write down every page that the person is shown."""

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
    """Give what a person reads of some HTML."""
    return " ".join(html.unescape(_TAG.sub(" ", text)).split())


class Page:
    """What one response shows."""

    def __init__(self, response):
        self.status = response.status_code
        body = response.content.decode()
        main = _MAIN.search(body)
        self.text = _plain(main[0] if main else body)
        token = _SEEN.search(body)
        self.seen = html.unescape(token[1]) if token else ""
        self.is_review = "data-payload" in body
        banner = _BANNER.search(body) if 'id="edit-h"' in body else None
        self.outcome, self.entry = (banner[1], int(banner[2])) if banner else ("", None)
        section = _SECTION.search(body) if banner else None
        self.said = _plain(section[0].partition("<table")[0]) if section else ""
        self.rows = [list(map(_plain, row)) for row in _ROW.findall(section[0])] if section else []
        location = response.headers.get("Location", "")
        edit = _EDIT.search(location)
        self.sent_to = int(edit[1]) if edit else None


class Person:
    """Act as one of the world's people on one session; note what was shown, and when."""

    def __init__(self, world, name, session_key, **facts):
        self.facts = facts
        self.world, self.name, self.key = world, name, session_key
        self.client = Client(raise_request_exception=False)
        self.client.cookies["sessionid"] = world.cookies[name]
        self.url = f"/sessions/{session_key}/"

    def _noted(self, kind, request, **facts):
        facts = {**self.facts, **facts}
        close_old_connections()  # as the server does, but not Django's test client
        began = time.time()
        self.world.note(note="asks", kind=kind, who=self.name, key=self.key, began=began, **facts)
        page = Page(request())
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
        """Open the session's page; after an edit, with its banner."""
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
        """Close an edit that nobody could settle."""
        form = {"outcome": outcome, "note": "I asked the dealer about it."}
        return self._noted("close", lambda: self.client.post(f"/audit/{entry}/close/", form))

    def edit(self, typed, **more):
        """Open, review and send, and open the page that follows; give the last page shown."""
        review = self.review(self.open(), typed)
        if not review.is_review:
            return review
        sent = self.send(review, typed, **more)
        return self.open(sent.sent_to) if sent.sent_to else sent
