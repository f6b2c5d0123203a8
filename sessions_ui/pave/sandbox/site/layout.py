"""What every page of the sandbox shares: the frame, state chips, buttons, choices."""

from collections.abc import Iterable, Mapping
from typing import Final

from sessions_ui.pave.sandbox.server.http_messages import Response

from .rendering import Html, icon, joined, tag

# value: words, icon, tone
STATUS_LOOKS: Final[Mapping[str, tuple[str, str, str]]] = {
    "IDLE": ("Not started", "circle", ""),
    "STARTED": ("Started", "play", "live"),
    "PROCESS": ("Taking photos", "camera", "live"),
    "QC_PASSED": ("Photos captured", "images", "live"),
    "CONFIRM": ("Waiting for customer", "hourglass", "warn"),
    "COMPLETE": ("Completed", "check-circle", "ok"),
    "EXPIRED": ("Expired", "clock", "dead"),
    "INVALID": ("Invalid", "octagon", "bad"),
}
DELIVERY_LOOKS: Final[Mapping[str, tuple[str, str, str]]] = {
    "failed": ("Failed", "x-circle", "bad"),
    "accepted": ("Accepted", "check-circle", "ok"),
    "absent": ("No word yet", "dash", "dead"),
    "none": ("No text", "dash", "dead"),
}
POLICY: Final = (
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)
HEADERS: Final = {
    "Content-Type": "text/html; charset=utf-8",
    "Content-Security-Policy": POLICY,
    "Cache-Control": "no-store",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
}


def page(title: str, *main: object, status: int = 200) -> Response:
    """Give a whole page as a reply."""
    brand = tag("a", icon("mark"), "PAVE sandbox", class_="brand", href="/")
    band = tag("p", "This is a pretend PAVE. You play the customer here.", class_="env-band")
    links = (
        tag("a", "Sessions", href="/"),
        tag("a", "Switches and faults", href="/#answers"),
        tag("a", "Journal", href="/sandbox/journal.json"),
    )
    body = tag(
        "body",
        tag("a", "Skip to content", class_="skip", href="#main"),
        tag(
            "header",
            band,
            tag("div", brand, tag("nav", *links, aria_label="Main"), class_="bar-in"),
            class_="bar",
        ),
        tag("main", *main, id="main", class_="page"),
    )
    head = tag(
        "head",
        tag("meta", charset="utf-8"),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("meta", name="color-scheme", content="light dark"),
        tag("title", f"{title} · PAVE sandbox"),
        tag("link", rel="stylesheet", href="/sandbox/style.css"),
    )
    document = "<!doctype html>\n" + tag("html", head, body, lang="en")
    return Response(status, document.encode(), dict(HEADERS))


def status_state(status: str, *, chip: bool = False) -> Html:
    """Give a status: icon, words, PAVE's code."""
    words, picture, tone = STATUS_LOOKS.get(status, ("Unknown status", "question", "warn"))
    classes = f"state {'chip ' if chip else ''}{tone}".strip()
    code = tag("code", status)
    return tag("span", icon(picture), tag("span", words), code, class_=classes, data_status=status)


def delivery_state(delivery: str) -> Html:
    """Give the state of the text message: icon and words."""
    words, picture, tone = DELIVERY_LOOKS[delivery]
    return tag("span", icon(picture), words, class_=f"state {tone}", data_delivery=delivery)


def notice(words: str, tone: str = "ok", picture: str = "check-circle") -> Html:
    """Give a banner that says what just happened."""
    role = "alert" if tone == "bad" else "status"
    return tag("div", icon(picture), tag("p", words), class_=f"notice {tone}", role=role)


def button(label: str, to: str, action: str, *, look: str = "plain") -> Html:
    """Give a form of one button, looking plain, primary, or faint: pressable, but refused now."""
    press = tag("button", label, class_=f"btn btn-{look}", data_action=action)
    return tag("form", press, method="post", action=to)


def field(label: str, control: Html, name: str) -> Html:
    """Give a labelled control; the control's id must be `id_<name>`."""
    return tag("div", tag("label", label, for_=f"id_{name}"), control, class_="field")


def select(name: str, options: Iterable[tuple[str, str]], chosen: str = "") -> Html:
    """Give a drop-down of (value, words)."""
    drawn = [
        tag("option", words, value=value, selected=value == chosen) for value, words in options
    ]
    return tag("select", *drawn, name=name, id=f"id_{name}")


def text_input(name: str, **attributes: object) -> Html:
    """Give a one-line input."""
    return tag("input", name=name, id=f"id_{name}", autocomplete="off", **attributes)


def pairs(rows: Iterable[tuple[str, object]]) -> Html:
    """Give facts as label and value; an empty value shows as a dash."""
    drawn = [
        joined(tag("dt", label), tag("dd", "–" if value in ("", None) else value))
        for label, value in rows
    ]
    return tag("dl", *drawn, class_="pairs")
