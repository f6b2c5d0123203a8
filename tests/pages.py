"""Read our own pages as a browser would: what a form would post, and the marks of its fields."""

from bs4 import BeautifulSoup


class Page:
    """A response read as HTML."""

    def __init__(self, response):
        self.status = response.status_code
        self.soup = BeautifulSoup(response.content.decode(), "html.parser")

    def inputs(self, form_id="edit"):
        """The inputs that the form would post when nothing is changed."""
        posted = {}
        for control in self.soup.select(
            f"#{form_id} input, #{form_id} select, #{form_id} textarea"
        ):
            name = control.get("name")
            if not name or (control.get("type") == "radio" and not control.has_attr("checked")):
                continue
            posted[name] = _value(control)
        return posted

    def fields(self):
        """The lock code of each field by its key; None where it is editable."""
        return {
            one["data-field"]: one.get("data-locked") for one in self.soup.select("[data-field]")
        }

    def control(self, key):
        """The control inside a field's wrapper."""
        return self.soup.select_one(f'[data-field="{key}"] :is(input, select, textarea)')

    def shown(self, key):
        """The value of the field's control."""
        return _value(self.control(key))

    def field_text(self, key):
        """The text of a field, with its label and help."""
        return _text(self.soup.select_one(f'[data-field="{key}"]'))

    @property
    def text(self):
        """The text of the page's main part."""
        return _text(self.soup.select_one("main"))

    @property
    def payload(self):
        """The JSON text that a review page shows; None on other pages."""
        payload = self.soup.select_one("[data-payload]")
        return payload.get_text() if payload else None

    @property
    def outcome(self):
        """The outcome in the banner; None without one."""
        banner = self.soup.select_one("[data-outcome]")
        return banner["data-outcome"] if banner else None


def _text(element):
    """The words of an element with one space between them, as a browser shows them."""
    return " ".join(element.get_text(" ").split())


def _value(control):
    if control.name == "select":
        chosen = control.select_one("option[selected]") or control.select_one("option")
        return chosen["value"] if chosen else ""
    if control.name == "textarea":
        return control.get_text().removeprefix("\n")  # as HTML reads it
    return control.get("value", "")


class Agent:
    """A person at a browser who opens a session, types, reviews and sends."""

    def __init__(self, client, person, session_key):
        client.force_login(person)
        self.client, self.url = client, f"/sessions/{session_key}/"

    def open(self, query=""):
        """Open the session's page."""
        return Page(self.client.get(self.url + query))

    def post(self, inputs, action):
        """Post as the form does, and give the raw response."""
        return self.client.post(self.url, {**inputs, "action": action})

    def review(self, page=None, **typed):
        """Type into the form (``session_theme="LITE"``) and press Review."""
        page = page or self.open()
        changed = {name.replace("_", "-", 1): text for name, text in typed.items()}
        return Page(self.post({**page.inputs(), **changed}, "review"))

    def send(self, review, reason="customer_request", note="Customer called us about it.", **more):
        """Give a reason and press Send, and give the raw response."""
        inputs = {"reason_code": reason, "reason_note": note, "ticket": "ZD-1"}
        return self.post({**review.inputs("send"), **inputs, **more}, "send")

    def edit(self, **typed):
        """Open, type, review and send, and give the page that follows."""
        response = self.send(self.review(**typed))
        assert response.status_code == 303, Page(response).text
        return Page(self.client.get(response["Location"]))

    def confirmed_edit(self, **typed):
        """The same, for an edit that PAVE confirms; gives its number."""
        page = self.edit(**typed)
        assert page.outcome == "confirmed"
        return int(page.soup.select_one("[data-entry-id]")["data-entry-id"])

    def revert(self, edit_id, *fields):
        """Press revert in the history, for these fields or all: the page that comes back."""
        return Page(self.client.post(f"/audit/{edit_id}/revert/", {"field": list(fields)}))

    def history(self):
        """The session's history."""
        return BeautifulSoup(self.client.get(f"{self.url}history/").text, "html.parser")


def words(answer):
    """The text of a page without the frame around it."""
    return _text(BeautifulSoup(answer.text, "html.parser").select_one("main"))


def soup_of(answer):
    """The parsed page."""
    return BeautifulSoup(answer.text, "html.parser")
