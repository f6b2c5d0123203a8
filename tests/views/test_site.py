"""The pages around the sessions: who gets which, what they say, and the house's error pages."""

import dataclasses
import re
from datetime import timedelta
from http import HTTPStatus

import pytest
from django.conf import settings as project
from django.contrib.auth.models import User
from django.test import Client, RequestFactory
from django.utils import timezone
from django.utils.html import format_html

from paveadmin import ROOT
from sessions_ui.context_processors import ENVIRONMENTS, initials_of
from sessions_ui.domain.catalogue import CATALOGUE
from sessions_ui.domain.rules.policy import RULES, Status, verdict
from sessions_ui.forms.reason import ReasonForm
from sessions_ui.html import joined, markup
from sessions_ui.models import Draft, RecentSession
from sessions_ui.pave.transport.circuit_breaker import FAILURES_TO_OPEN
from sessions_ui.services.edits.drafts import find_draft
from sessions_ui.services.edits.form_token import FormToken
from sessions_ui.services.sessions.recent import SHOWN
from sessions_ui.views import fields
from sessions_ui.views.errors import server_error
from sessions_ui.views.fields import (
    TEXT_MESSAGE_CASES,
    describe_input,
    example_situation,
    matrix_rows,
)
from sessions_ui.views.sessions import find
from sessions_ui.views.sessions.find import session_keys_in

KEY, OTHER = "LKS-7Q2M9XK4RD", "NGF-4TB8WZ1HQC"
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


@pytest.fixture
def log_in(client, db, request):
    """Give a function that logs a person in, by name; None stays nobody.

    ``db`` is asked for by name: pytest-django makes a test database only where it can see that.
    """

    def _log_in(name):
        if name:
            client.force_login(request.getfixturevalue(name))
        return client

    return _log_in


@pytest.fixture
def no_sandbox(monkeypatch):
    """Let the sandbox not answer."""
    monkeypatch.setattr(find, "sandbox_sessions", lambda: None)


@pytest.mark.usefixtures("no_sandbox")
@pytest.mark.parametrize("name", ["alice", "carol", "dora", "nora", None])
@pytest.mark.parametrize("address", ROUTES)
def test_it_opens_each_page_for_the_roles_it_is_for(log_in, name, address):
    answer = log_in(name).get(address)
    expected = ROUTES[address][name]
    if expected == LOG_IN:
        assert answer.status_code == HTTPStatus.FOUND
        assert answer["Location"] == f"/accounts/login/?next={address}"
    else:
        assert answer.status_code == expected
    assert "default-src 'none'" in answer["Content-Security-Policy"]
    assert "unsafe" not in answer["Content-Security-Policy"]


@pytest.mark.parametrize(
    ("name", "first"), [("alice", "/sessions/"), ("carol", "/audit/"), ("dora", "/admin/")]
)
def test_it_leads_each_role_to_the_page_it_needs_first(log_in, name, first):
    assert log_in(name).get("/")["Location"] == first


def test_it_tells_a_person_of_no_group_who_can_help(log_in, dora):
    dora.first_name, dora.last_name = "Dora", "Lindqvist"
    dora.save()
    for address in ("/", "/sessions/", "/fields/", "/audit/"):
        answer = log_in("nora").get(address)
        assert answer.status_code == HTTPStatus.FORBIDDEN
        assert "Who can help:</strong> Dora Lindqvist" in answer.text
        assert "Log out" in answer.text


def test_it_tells_a_wrong_role_who_the_page_is_for(log_in):
    answer = log_in("dora").get("/sessions/")
    assert answer.status_code == HTTPStatus.FORBIDDEN
    assert "This page is not for your role" in answer.text
    assert "ask dora to change your group" in answer.text


@pytest.mark.usefixtures("no_sandbox")
def test_it_offers_only_places_that_the_person_may_open(log_in):
    offered = {}
    for name in ("alice", "carol", "dora"):
        page = log_in(name).get("/fields/").text
        nav = re.search(r"<nav class=\"nav-main\".*?</nav>", page, re.DOTALL)[0]
        offered[name] = re.findall(r">([^<]+)</a>", nav)
    assert offered == {
        "alice": ["Sessions", "Fields and rules"],
        "carol": ["Sessions", "Audit", "Review", "Fields and rules"],
        "dora": ["Fields and rules", "People"],
    }


# --- find ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        (KEY, [KEY]),
        (f"  {KEY}\n", [KEY]),
        (KEY.lower(), [KEY]),
        ("ABC", ["ABC"]),
        (f"https://lakeshore.vehiclecapture.com/{KEY}", [KEY]),
        (f"https://lakeshore.vehiclecapture.com/{KEY}?utm=SMS-CAMPAIGN1", [KEY, "SMS-CAMPAIGN1"]),
        (f"https://pave.example.com/sessions/{KEY}/history/", [KEY]),
        ("https://pave.example.com/sessions/ABC/", ["ABC"]),
        (f"Hi Daniel, start here: https://a.vehiclecapture.com/{KEY}.", [KEY]),
        (f"{KEY} and {OTHER}, {KEY} again", [KEY, OTHER]),
        ("416-555-0184", []),
        ("2HGFC2F7XMH018462", []),
        ("lakeshore honda", []),
        ("lakeshore", []),
        ("f-150", []),
        ("A" * 41, []),
        ("../../etc/passwd", []),
        ("", []),
    ],
)
def test_it_finds_the_keys_in_what_was_typed_or_pasted(text, keys):
    assert session_keys_in(text) == keys


@pytest.mark.parametrize("text", [KEY, f"https://a.vehiclecapture.com/{KEY}", f" {KEY.lower()} "])
def test_it_goes_straight_to_the_one_session(log_in, text):
    answer = log_in("alice").get("/sessions/", {"q": text})
    assert answer.status_code == HTTPStatus.FOUND
    assert answer["Location"] == f"/sessions/{KEY}/"


@pytest.mark.usefixtures("no_sandbox")
def test_it_offers_each_of_several_keys(log_in):
    answer = log_in("alice").get("/sessions/", {"q": f"{KEY} or {OTHER}"})
    assert "This text holds 2 session keys" in answer.text
    assert f'href="/sessions/{KEY}/"' in answer.text
    assert f'href="/sessions/{OTHER}/"' in answer.text


@pytest.mark.usefixtures("no_sandbox")
def test_it_keeps_what_was_typed_and_says_what_a_key_looks_like(log_in):
    answer = log_in("alice").get("/sessions/", {"q": '"><script>x</script>'})
    assert answer.status_code == HTTPStatus.OK
    assert 'value="&quot;&gt;&lt;script&gt;x&lt;/script&gt;"' in answer.text
    assert "No session key in" in answer.text
    assert "<script>x" not in answer.text


@pytest.mark.usefixtures("no_sandbox")
def test_it_lists_the_sessions_that_the_person_opened_lately(log_in, alice, bob):
    seen = {"at": timezone.now(), "status": "PROCESS", "vehicle": "2021 Honda Civic"}
    RecentSession.objects.create(actor_id=alice.id, session_key=KEY, **seen)
    RecentSession.objects.create(actor_id=bob.id, session_key=OTHER, **seen)
    page = log_in("alice").get("/sessions/").text
    assert KEY in page
    assert OTHER not in page
    assert "Taking photos" in page
    assert "2021 Honda Civic" in page
    assert "just now" in page


@pytest.mark.usefixtures("no_sandbox")
def test_it_lists_the_latest_sessions_only(log_in, alice):
    now, seen = timezone.now(), {"actor_id": alice.id, "status": "IDLE", "vehicle": ""}
    for age in range(SHOWN + 5):
        key, at = f"LKS-{age:010}", now - timedelta(minutes=age)
        RecentSession.objects.create(session_key=key, at=at, **seen)
    shown = re.findall(
        r'class="key" href="/sessions/LKS-(\d+)/"', log_in("alice").get("/sessions/").text
    )
    assert [int(key) for key in shown] == list(range(SHOWN))


def test_it_lists_no_more_than_the_first_sessions_of_the_sandbox(log_in, sandbox):
    seeded = len(sandbox.state.listing())
    whole = log_in("alice").get("/sessions/").text
    assert whole.count('class="key"') == seeded
    assert "more" not in whole.partition("In the sandbox")[2].partition("</table>")[2][:200]
    for _ in range(12):
        sandbox.state.create()
    page = log_in("alice").get("/sessions/").text
    assert page.count('class="key"') == seeded
    assert "12 more are on the sandbox’s own page" in page


@pytest.mark.usefixtures("no_sandbox")
def test_it_says_what_to_do_first_when_nothing_was_opened_yet(log_in):
    page = log_in("alice").get("/sessions/").text
    assert "You have not opened a session yet." in page
    assert "The sandbox does not answer" in page


def test_it_shows_the_sandbox_and_where_to_play_the_customer(log_in, monkeypatch):
    seeded = {
        "session_key": KEY,
        "status": "IDLE",
        "delivery": "failed",
        "vehicle": "2021 Honda Civic",
        "customer": "Daniel Osei",
        "title": "Text failed",
    }
    monkeypatch.setattr(find, "sandbox_sessions", lambda: [seeded])
    page = log_in("alice").get("/sessions/").text
    assert "Text failed" in page
    assert f'href="{project.PAVE.base_url}/"' in page
    assert "Daniel Osei" not in page


def test_it_shows_nothing_of_a_sandbox_beside_a_real_pave(log_in, settings):
    settings.PAVE_ENVIRONMENT = "live"
    page = log_in("alice").get("/sessions/").text
    assert "sandbox" not in page.lower()
    assert "Play the customer" not in page


# --- fields and rules ------------------------------------------------------------------------


def test_it_shows_every_verdict_as_the_policy_gives_it(log_in):
    page = log_in("alice").get("/fields/").text
    shown = []
    for row in re.findall(r'<tr role="row"><th role="rowheader".*?</tr>', page, re.DOTALL):
        codes = re.findall(r'data-verdict="([^"]+)"', row)
        if codes:
            shown.append((re.search(r'<code class="sub">([^<]+)', row)[1], codes))
    expected = [
        (spec.key, [cell.code for cell in row.cells])
        for section in ("session", "vehicle", "sms")
        for spec in CATALOGUE.section(section)
        for row in matrix_rows(spec)
    ]
    assert shown == expected
    assert {key for key, _ in shown} == {spec.key for spec in CATALOGUE.writable}


@pytest.mark.parametrize("spec", CATALOGUE.writable, ids=lambda spec: spec.key)
def test_it_leaves_no_case_of_the_policy_out(spec):
    rows = matrix_rows(spec)
    for name, sms in TEXT_MESSAGE_CASES:
        row = rows[0] if len(rows) == 1 else next(row for row in rows if name in row.case)
        for cell in row.cells:
            real = verdict(spec, example_situation(cell.status, sms))
            assert cell.code == (real.reason or "EDITABLE")
        assert [cell.status for cell in row.cells] == list(Status)


@pytest.mark.parametrize(
    ("key", "idle"),
    [
        ("session.redirect_url", {"": "EDITABLE"}),
        ("session.theme", {"": "EDITABLE"}),
        (
            "sms.to",
            {
                "text failed": "EDITABLE",
                "text accepted": "SMS_NOT_FAILED",
                "delivery not reported": "SMS_UNKNOWN",
                "no text message": "NO_SMS",
            },
        ),
        (
            "sms.by",
            {
                "text failed, text accepted, delivery not reported": "EDITABLE",
                "no text message": "NO_SMS",
            },
        ),
    ],
)
def test_it_splits_a_field_where_the_text_message_decides_too(key, idle):
    rows = matrix_rows(CATALOGUE[key])
    assert {row.case: row.cells[0].code for row in rows} == idle
    assert {row.cells[-3].code for row in rows} == {"COMPLETED"}


def test_it_explains_every_lock_and_every_field(log_in):
    page = log_in("carol").get("/fields/").text
    for rule in RULES:
        assert f'id="rule-{rule.reason}"' in page
    for spec in CATALOGUE:
        assert spec.key in page
    assert "Capture only · CAPT" in page


def test_it_tells_in_words_what_a_field_takes():
    assert (
        describe_input(CATALOGUE["session.redirect_url"])
        == "A web address, at most 2,000 characters"
    )
    assert describe_input(CATALOGUE["session.language"]).startswith("English · EN, French · FR")
    assert describe_input(CATALOGUE["vehicle.make"]) == "Text, at most 255 characters"


# --- health ----------------------------------------------------------------------------------


def test_it_answers_in_one_word_for_anyone(client, db, monkeypatch):
    monkeypatch.setattr("sessions_ui.services.health.missing_triggers", lambda connection: [])
    assert client.get("/healthz").text == "ok\n"
    assert client.get("/readyz").text == "ready\n"


def test_it_is_not_ready_without_the_triggers_of_the_audit(client, db):
    answer = client.get("/readyz")  # the test database has none
    assert answer.status_code == HTTPStatus.SERVICE_UNAVAILABLE
    assert answer.text == "unready\n"


def test_it_is_not_ready_while_a_migration_waits(client, db, monkeypatch):
    monkeypatch.setattr("sessions_ui.services.health.missing_triggers", lambda connection: [])
    executor = "sessions_ui.services.health.MigrationExecutor.migration_plan"
    monkeypatch.setattr(executor, lambda self, targets: ["one"])
    assert client.get("/readyz").status_code == HTTPStatus.SERVICE_UNAVAILABLE


# --- theme -----------------------------------------------------------------------------------


@pytest.mark.usefixtures("no_sandbox")
def test_it_keeps_the_theme_in_a_cookie_and_draws_every_page_in_it(log_in):
    client = log_in("alice")
    assert "data-bs-theme" not in client.get("/sessions/").text
    answer = client.post("/theme/", {"theme": "dark", "next": "/fields/"})
    assert answer["Location"] == "/fields/"
    cookie = answer.cookies["theme"]
    assert (cookie.value, cookie["samesite"], cookie["httponly"]) == ("dark", "Lax", True)
    assert '<html lang="en" data-bs-theme="dark">' in client.get("/sessions/").text
    client.post("/theme/", {"theme": "", "next": "/"})
    assert "data-bs-theme" not in client.get("/sessions/").text


@pytest.mark.parametrize("theme", ["pink", '"><script>', "none"])
def test_it_ignores_a_theme_that_there_is_not(log_in, theme):
    client = log_in("alice")
    assert "theme" not in client.post("/theme/", {"theme": theme}).cookies
    client.cookies["theme"] = theme
    assert "data-bs-theme" not in client.get("/fields/").text


@pytest.mark.parametrize(
    "next_", ["//evil.example", "https://evil.example/", "/\\evil.example", ""]
)
def test_it_goes_back_to_our_own_pages_only(log_in, next_):
    answer = log_in("alice").post("/theme/", {"theme": "dark", "next": next_})
    assert answer["Location"] == "/"


@pytest.mark.parametrize("next_", ["//evil.example", "https:evil.example", "/\\evil.example"])
def test_it_goes_home_after_a_log_in_with_a_foreign_next(client, alice, next_):
    person = {"username": "alice", "password": "correct horse battery", "next": next_}
    assert client.post("/accounts/login/", person)["Location"] == "/"


# --- log-in and environment ------------------------------------------------------------------


def test_it_says_why_a_log_in_failed_and_keeps_the_name(client, db):
    answer = client.post("/accounts/login/", {"username": "alice", "password": "wrong"})
    assert "<title>Error: Log in" in answer.text
    assert 'role="alert"' in answer.text
    assert 'value="alice"' in answer.text
    assert "wrong" not in answer.text


def test_it_says_that_one_comes_back_after_logging_in(client, db):
    page = client.get("/accounts/login/", {"next": f"/sessions/{KEY}/"}).text
    assert "You come back to the page that you asked for" in page
    assert 'name="next"' in page


def test_it_logs_out_by_a_post_only_and_says_so(log_in):
    client = log_in("alice")
    assert client.get("/accounts/logout/").status_code == HTTPStatus.METHOD_NOT_ALLOWED
    assert "You are logged out" in client.post("/accounts/logout/").text
    assert client.get("/sessions/")["Location"].startswith("/accounts/login/")


@pytest.mark.parametrize("environment", ["sandbox", "test", "live"])
def test_it_says_loudly_which_pave_this_is_unless_it_is_live(client, db, settings, environment):
    settings.PAVE_ENVIRONMENT = environment
    page = client.get("/accounts/login/").text
    assert ("env-band" in page) is (environment != "live")
    assert (ENVIRONMENTS[environment].label in page) is (environment != "live")


@pytest.mark.usefixtures("no_sandbox")
def test_it_says_quietly_that_this_is_live(log_in, settings):
    settings.PAVE_ENVIRONMENT = "live"
    page = log_in("alice").get("/sessions/").text
    assert "<span>Live" in page
    assert "env-band" not in page


@pytest.mark.parametrize(
    ("name", "letters"),
    [("Ana Ferreira", "AF"), ("alice", "A"), ("Ana de la Cruz", "AC"), ("", "")],
)
def test_it_makes_initials(name, letters):
    assert initials_of(name) == letters


def test_it_escapes_a_person_who_is_called_like_a_script(client, db):
    person = User.objects.create_user("x", first_name="<script>", last_name="alert(1)")
    client.force_login(person)
    assert "<script>alert" not in client.get("/").text


# --- how PAVE stands -------------------------------------------------------------------------

REFUSED, AWAY = "Not authorised at PAVE since", "PAVE unreachable since"


@pytest.fixture
def troubled(log_in, sandbox, settings):
    """Give alice's browser, a sandbox that can fail, and the key of a session in it."""
    settings.PAVE = dataclasses.replace(settings.PAVE, circuit=True, get_attempts=1)
    return log_in("alice"), sandbox.state, f"/sessions/{sandbox.state.create()}/"


@pytest.mark.parametrize("status", [401, 403])
def test_it_says_on_every_page_that_pave_refuses_us_until_it_takes_us(troubled, status):
    client, pave, session = troubled
    pave.fault("denied", method="GET", times=1, status=status)
    assert REFUSED not in client.get("/sessions/").text
    assert REFUSED in client.get(session).text
    for address in ("/sessions/", "/fields/", "/nowhere/"):
        assert REFUSED in client.get(address).text
    assert REFUSED not in client.get(session).text, "asking goes on, and the answer clears it"
    assert REFUSED not in client.get("/sessions/").text


def test_it_says_on_every_page_since_when_pave_is_away(troubled):
    client, pave, session = troubled
    pave.fault("error_before", method="GET", times=FAILURES_TO_OPEN)
    for _ in range(FAILURES_TO_OPEN):
        assert AWAY not in client.get("/fields/").text
        client.get(session)
    page = client.get("/fields/").text
    assert AWAY in page
    assert "what PAVE said last" in page
    assert re.search(rf"{AWAY} {timezone.localtime():%H}:\d\d:\d\d \(\w+", page), "in our zone"
    assert REFUSED not in page


def test_it_tells_how_pave_stands_to_people_with_a_role_only(troubled, log_in):
    client, pave, session = troubled
    pave.fault("denied", method="GET", times=1)
    assert REFUSED in client.get(session).text
    for name, address in (("nora", "/"), ("dora", "/admin/"), ("carol", "/fields/")):
        assert (REFUSED in log_in(name).get(address).text) is (name != "nora")
    client.logout()
    assert REFUSED not in client.get("/accounts/login/").text


# --- errors ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "address", ["/nowhere/", f"/sessions/{KEY}/x/y/", "/audit/x/", "/%3Cb%3E/"]
)
@pytest.mark.parametrize("debug", [True, False])
def test_it_has_its_own_page_for_what_is_not_there(log_in, settings, address, debug):
    settings.DEBUG = debug
    answer = log_in("alice").get(address)
    assert answer.status_code == HTTPStatus.NOT_FOUND
    assert "There is no page at this address" in answer.text
    assert "Content-Security-Policy" in answer
    assert "<b>/" not in answer.text


def test_it_draws_the_500_page_without_database_and_log_in():
    request = RequestFactory().get("/", headers={"cookie": "theme=dark"})
    request.request_id = "4c8bab32"
    answer = server_error(request)  # no database mark: a query would fail
    assert answer.status_code == HTTPStatus.INTERNAL_SERVER_ERROR
    assert "Something went wrong on our side" in answer.text
    assert 'data-bs-theme="dark"' in answer.text
    assert "4c8bab32" in answer.text


def test_it_shows_its_own_500_page_and_nothing_of_the_fault(log_in, monkeypatch):
    def fail():
        raise RuntimeError("secret of /srv/app")

    monkeypatch.setattr(fields, "matrix", fail)
    client = log_in("alice")
    client.raise_request_exception = False
    answer = client.get("/fields/")
    assert answer.status_code == HTTPStatus.INTERNAL_SERVER_ERROR
    assert "Something went wrong on our side" in answer.text
    assert "secret" not in answer.text
    assert "Content-Security-Policy" in answer


def test_it_explains_an_old_form_and_keeps_what_was_typed(alice):
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(alice)
    seen = FormToken(KEY, alice.id, {"vehicle.make": "Honda"}).sign()
    typed = {"seen": seen, "vehicle-make": "Toyota", "action": "review"}
    answer = strict.post(f"/sessions/{KEY}/", typed)
    assert answer.status_code == HTTPStatus.FORBIDDEN
    assert "This form was too old to be trusted" in answer.text
    assert f'href="/sessions/{KEY}/"' in answer.text
    kept = find_draft(actor_id=alice.id, session_key=KEY)
    assert kept.typed == {"vehicle.make": "Toyota"}


@pytest.mark.parametrize("address", ["/theme/", "/accounts/logout/", f"/sessions/{KEY}/"])
def test_it_takes_no_post_without_a_token(alice, address):
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(alice)
    answer = strict.post(address, {"seen": "forged"})
    assert answer.status_code == HTTPStatus.FORBIDDEN
    assert "This form was too old to be trusted" in answer.text
    assert not Draft.objects.exists()


# --- what no page may hold -------------------------------------------------------------------

TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
CODE = sorted((ROOT / "sessions_ui").rglob("*.py"))


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_it_keeps_style_and_script_out_of_the_templates(path):
    text = path.read_text()
    assert not re.search(
        r"<style|\sstyle\s*=|\son[a-z]+\s*=\s*[\"']|javascript:", text, re.IGNORECASE
    )
    assert not re.search(r"<script(?![^>]*\ssrc=)", text, re.IGNORECASE)
    assert not re.search(r"\|\s*safe\b|\|\s*safeseq\b|autoescape\s+off", text)


@pytest.mark.parametrize("path", CODE, ids=lambda path: path.name)
def test_it_makes_markup_in_one_place_alone(path):
    if path.name == "html.py":
        return
    assert not re.search(r"\bmark_safe\b|\bSafeString\(|\binnerHTML\b|__html__", path.read_text())


def test_it_escapes_whatever_is_not_markup_itself():
    bold = markup("<b>{}</b>", "<i> & \"x\" 'y' {}")
    assert bold == "<b>&lt;i&gt; &amp; &quot;x&quot; &#x27;y&#x27; {}</b>"
    assert markup("{}{}", bold, 3) == f"{bold}3"
    assert joined(markup("<wbr>"), ["<", bold, 7]) == f"&lt;<wbr>{bold}<wbr>7"
    assert joined(markup(""), []) == ""
    assert f"{bold}" in format_html("{}", bold)


def test_it_builds_no_markup_in_the_script():
    script = (ROOT / "static/sessions_ui/app.js").read_text()
    for word in ("innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval("):
        assert word not in script


def test_it_asks_for_no_picture_outside_our_own_files():
    style = (ROOT / "static/sessions_ui/app.css").read_text()
    assert "url(" not in style
    assert "@import" not in style


def test_it_asks_for_a_note_of_so_many_characters_or_more():
    form = ReasonForm({"reason_code": "other", "reason_note": "short"})
    assert not form.is_valid()
    assert form.errors["reason_note"] == [
        "Write a note of 10 characters or more, because the reason is “Other”."
    ]
