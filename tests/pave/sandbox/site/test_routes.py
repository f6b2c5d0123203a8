"""Test who may use the pages and controls, and what they do."""

import re

import pytest

from sessions_ui.pave.sandbox import start_sandbox
from sessions_ui.pave.sandbox.rules.customer import ACTIONS
from tests.pave.sandbox.raw_client import FORM_HEADERS, open_page, post_json, put, send, submit_form


def test_static_files_are_served(sandbox):
    assert open_page(sandbox, "/sandbox/style.css").headers["content-type"].startswith("text/css")
    assert b"--pa-canvas" in open_page(sandbox, "/sandbox/style.css").body
    sprite = open_page(sandbox, "/sandbox/icons.svg")
    assert sprite.headers["content-type"] == "image/svg+xml"
    pages = open_page(sandbox, "/").body + open_page(sandbox, "/customer/NGF-4TB8WZ1HQC").body
    for name in set(re.findall(rb"icons.svg#([\w-]+)", pages)):
        assert b'id="' + name + b'"' in sprite.body
    assert open_page(sandbox, "/favicon.ico").status == 204
    assert open_page(sandbox, "/sandbox/server.py").status == 404


def test_the_customer_is_played_with_forms_alone(sandbox, key):
    for action in ("start", "photo", "pass", "confirm", "complete"):
        answer = submit_form(sandbox, f"/sandbox/sessions/{key}/{action}")
        assert answer.status == 303
        assert answer.headers["location"] == f"/customer/{key}?done={action}"
        assert ACTIONS[action].done.encode() in open_page(sandbox, answer.headers["location"]).body
    assert sandbox.state.session(key)["status"] == "COMPLETE"
    assert submit_form(sandbox, f"/sandbox/sessions/{key}/reset").status == 303
    assert sandbox.state.session(key)["status"] == "IDLE"


def test_a_refused_action_says_why(sandbox, key):
    answer = submit_form(sandbox, f"/sandbox/sessions/{key}/complete")
    assert answer.status == 409
    assert "needs status CONFIRM; this session is IDLE" in answer.body.decode()
    assert sandbox.state.session(key)["status"] == "IDLE"


def test_programs_get_json(sandbox, key):
    done = post_json(sandbox, f"/sandbox/sessions/{key}/start")
    assert (done.status, done.json["status"]) == (200, "STARTED")
    again = post_json(sandbox, f"/sandbox/sessions/{key}/start")
    assert again.status == 409
    assert "this session is STARTED" in again.json["message"]
    assert post_json(sandbox, "/sandbox/sessions/SBX-NONE/start").status == 404
    assert post_json(sandbox, f"/sandbox/sessions/{key}/dance").status == 409
    assert post_json(sandbox, "/sandbox/nothing").status == 404
    assert send(sandbox, "POST", "/sandbox/reseed", [], headers={}).status == 400
    bad = {"Content-Type": "application/json"}
    assert send(sandbox, "POST", "/sandbox/reseed", b"{", headers=bad).status == 400
    assert send(sandbox, "DELETE", "/sandbox/reseed", headers={}).status == 405


def test_a_field_is_changed_behind_the_agents_back(sandbox, key):
    address = f"/sandbox/sessions/{key}/poke"
    assert submit_form(sandbox, address, field="vehicle.trim", value="Odd").status == 303
    assert sandbox.state.document(key)["vehicle"]["trim"] == "Odd"
    assert submit_form(sandbox, address, field="vehicle.trim", value="").status == 303
    assert "trim" not in sandbox.state.document(key)["vehicle"]
    assert submit_form(sandbox, address, field="version", value="9").status == 422
    assert submit_form(sandbox, address, field="status", value="").status == 422
    session = post_json(sandbox, address, {"field": "sms.by", "value": "Me"}).json
    assert session["fields"]["sms.by"] == "Me"


def test_faults_are_ordered_and_cleared(sandbox, key):
    fields = {"kind": "busy", "method": "PUT", "key": key, "times": "2", "seconds": "", "value": ""}
    assert submit_form(sandbox, "/sandbox/faults", **fields, status="502").status == 303
    assert "429, please wait" in open_page(sandbox, "/").body.decode()
    assert put(sandbox, key, {}).status == 429
    assert send(sandbox, "GET", "/sandbox/faults.json", headers={}).json[0]["times"] == 1
    assert submit_form(sandbox, "/sandbox/faults/clear").status == 303
    assert put(sandbox, key, {}).status == 200
    order = {"kind": "hang_after", "key": key, "seconds": 0}
    assert post_json(sandbox, "/sandbox/faults", order).json == {"done": "fault"}
    for wrong in ({"kind": "gremlin"}, {"kind": "busy", "odd": 1}, {"kind": "busy", "times": "x"}):
        assert post_json(sandbox, "/sandbox/faults", wrong).status == 422
    assert submit_form(sandbox, "/sandbox/faults", kind="busy", times="many").status == 422
    assert len(sandbox.state.faults.waiting) == 1


def test_switches_are_turned(sandbox):
    address = "/sandbox/switches"
    assert submit_form(sandbox, address, mode="ignore", show_delivery="no").status == 303
    assert sandbox.state.switches.as_dict()["mode"] == "ignore"
    assert sandbox.state.switches.show_delivery is False
    assert b'value="ignore" selected' in open_page(sandbox, "/").body
    positions = {"mode": "strict", "show_delivery": "yes"}
    assert post_json(sandbox, address, positions).status == 200
    assert post_json(sandbox, address, {"mode": "odd"}).status == 422
    assert submit_form(sandbox, address, lights="on").status == 422
    assert sandbox.state.switches.mode == "strict"


def test_all_sessions_are_planted_again():
    with start_sandbox() as sandbox:
        sandbox.state.act("LKS-7Q2M9XK4RD", "start")
        sandbox.state.create(key="TST-1")
        assert submit_form(sandbox, "/sandbox/reseed").status == 303
        keys = [summary["session_key"] for summary in sandbox.state.listing()]
        assert "TST-1" not in keys
        assert sandbox.state.session("LKS-7Q2M9XK4RD")["status"] == "IDLE"
        assert sandbox.state.journal()


def test_sessions_and_journal_are_shown_as_json(sandbox, key):
    listing = send(sandbox, "GET", "/sandbox/sessions.json", headers={}).json
    names = {"session_key", "status", "delivery", "vehicle", "customer", "title"}
    assert all(set(summary) == names for summary in listing)
    assert listing == sandbox.state.listing()
    put(sandbox, key, {})
    rows = send(sandbox, "GET", "/sandbox/journal.json", headers={}).json
    assert rows == sandbox.state.journal()
    newest = send(sandbox, "GET", f"/sandbox/journal.json?since={rows[-2]['n']}", headers={}).json
    assert newest == rows[-1:]
    assert send(sandbox, "GET", "/sandbox/journal.json?since=x", headers={}).json == rows


@pytest.mark.parametrize("host", ["pave.example.com", "127.0.0.1.example.com", "", "10.0.0.1:80"])
@pytest.mark.parametrize("path", ["/", "/sandbox/sessions.json", "/sandbox/journal.json"])
def test_foreign_host_names_are_refused(sandbox, host, path):
    assert open_page(sandbox, path, Host=host).status == 403


@pytest.mark.parametrize("host", ["localhost:1", "127.0.0.1", "[::1]:8900"])
def test_loopback_host_names_are_accepted(sandbox, host):
    assert open_page(sandbox, "/", Host=host).status == 200


FOREIGN = [
    {"Origin": "https://evil.example.com"},
    {"Origin": "null"},
    {"Origin": "http://127.0.0.1:1"},
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
]
CONTROLS = ["/sandbox/sessions/{key}/start", "/sandbox/sessions/{key}/poke", "/sandbox/faults",
            "/sandbox/faults/clear", "/sandbox/switches", "/sandbox/reseed"]  # fmt: skip


@pytest.mark.parametrize("headers", FOREIGN, ids=str)
@pytest.mark.parametrize("path", CONTROLS)
def test_posts_from_another_site_are_refused(sandbox, key, path, headers):
    before = sandbox.state.journal()
    answer = send(sandbox, "POST", path.format(key=key), "", headers=FORM_HEADERS | headers)
    assert answer.status == 403
    assert sandbox.state.journal() == before


def test_posts_from_the_sites_own_pages_are_accepted(sandbox, key):
    own = {"Origin": sandbox.base_url, "Sec-Fetch-Site": "same-origin"}
    path = f"/sandbox/sessions/{key}/start"
    assert send(sandbox, "POST", path, "", headers=FORM_HEADERS | own).status == 303
