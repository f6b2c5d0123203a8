"""The customer's pages and the controls behind them: who may press, and what comes of it."""

import re
import signal
import subprocess
import sys
from urllib.parse import urlencode

import pytest

from paveadmin import ROOT
from sessions_ui.pave.sandbox import start_sandbox
from sessions_ui.pave.sandbox.fields import FIELDS
from sessions_ui.pave.sandbox.rules.customer import ACTIONS
from tests.pave.sandbox.raw_client import put, send

EVIL = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>"
FORM = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "text/html"}


@pytest.fixture(scope="module")
def running():
    with start_sandbox() as sandbox:
        yield sandbox


@pytest.fixture
def sandbox(running):
    yield running
    running.state.clear_faults()


@pytest.fixture
def key(sandbox):
    return sandbox.state.create(delivery="failed")


def look(sandbox, path, **headers):
    return send(sandbox, "GET", path, headers={"Accept": "text/html", **headers})


def press(sandbox, path, **fields):
    return send(sandbox, "POST", path, urlencode(fields), headers=dict(FORM))


def tell(sandbox, path, body=None, **headers):
    return send(sandbox, "POST", path, body or {}, headers=headers)


def test_it_lists_every_session(sandbox, key):
    page = look(sandbox, "/")
    text = page.body.decode()
    assert page.status == 200
    assert "This is a pretend PAVE. You play the customer here." in text
    for each in sandbox.state.listing():
        assert f'href="/customer/{each["session_key"]}"' in text
    for action in ("switches", "fault", "reseed"):
        assert f'data-action="{action}"' in text


def test_it_gives_each_action_a_button(sandbox, key):
    text = look(sandbox, f"/customer/{key}").body.decode()
    for action in (*ACTIONS, "poke", "reset"):
        assert text.count(f'data-action="{action}"') == 1
    assert all(f'<option value="{name}"' in text for name in FIELDS.keys)


def test_it_sends_pages_that_run_nothing():
    with start_sandbox() as seeded:
        for path in ("/", "/customer/LKS-7Q2M9XK4RD", "/customer/SBX-NONE"):
            page = look(seeded, path)
            text = page.body.decode()
            assert "default-src 'none'" in page.headers["content-security-policy"]
            assert page.headers["cache-control"] == "no-store"
            assert not re.search(r"<script|<style|\sstyle=|\son\w+=|javascript:", text)


def test_it_serves_its_own_files(sandbox):
    assert look(sandbox, "/sandbox/style.css").headers["content-type"].startswith("text/css")
    assert b"--pa-canvas" in look(sandbox, "/sandbox/style.css").body
    sprite = look(sandbox, "/sandbox/icons.svg")
    assert sprite.headers["content-type"] == "image/svg+xml"
    pages = look(sandbox, "/").body + look(sandbox, "/customer/NGF-4TB8WZ1HQC").body
    for name in set(re.findall(rb"icons.svg#([\w-]+)", pages)):
        assert b'id="' + name + b'"' in sprite.body
    assert look(sandbox, "/favicon.ico").status == 204
    assert look(sandbox, "/sandbox/server.py").status == 404


@pytest.mark.parametrize("field", FIELDS.keys)
def test_it_escapes_every_field(sandbox, key, field):
    sandbox.state.poke(key, field, EVIL)
    for path in ("/", f"/customer/{key}"):
        text = look(sandbox, path).body.decode()
        assert "<script" not in text
        assert "<img" not in text


@pytest.mark.parametrize("field", ["status", "delivery_status", "inspect_started_at"])
def test_it_escapes_what_pave_owns_too(sandbox, key, field):
    sandbox.state.poke(key, "delivery_message", EVIL)
    sandbox.state.poke(key, field, EVIL)
    for path in ("/", f"/customer/{key}"):
        assert b"<script" not in look(sandbox, path).body


def test_it_escapes_what_a_request_held(sandbox, key):
    put(sandbox, key, {"session": {"theme": EVIL}})
    put(sandbox, key, {"session": {"status": EVIL}})
    put(sandbox, key, {"vehicle": {"trim": EVIL}})
    assert b"<script" not in look(sandbox, f"/customer/{key}").body
    lost = look(sandbox, "/customer/%3Cscript%3E")
    assert lost.status == 404
    assert b"<script" not in lost.body
    assert b"<script" not in look(sandbox, f"/?done={EVIL[:8]}").body


def test_it_plays_with_forms_alone(sandbox, key):
    for action in ("start", "photo", "pass", "confirm", "complete"):
        answer = press(sandbox, f"/sandbox/sessions/{key}/{action}")
        assert answer.status == 303
        assert answer.headers["location"] == f"/customer/{key}?done={action}"
        assert ACTIONS[action].done.encode() in look(sandbox, answer.headers["location"]).body
    assert sandbox.state.session(key)["status"] == "COMPLETE"
    assert press(sandbox, f"/sandbox/sessions/{key}/reset").status == 303
    assert sandbox.state.session(key)["status"] == "IDLE"


def test_it_says_why_an_action_is_refused(sandbox, key):
    answer = press(sandbox, f"/sandbox/sessions/{key}/complete")
    assert answer.status == 409
    assert "needs status CONFIRM; this session is IDLE" in answer.body.decode()
    assert sandbox.state.session(key)["status"] == "IDLE"


def test_it_speaks_json_with_programs(sandbox, key):
    done = tell(sandbox, f"/sandbox/sessions/{key}/start")
    assert (done.status, done.json["status"]) == (200, "STARTED")
    again = tell(sandbox, f"/sandbox/sessions/{key}/start")
    assert again.status == 409
    assert "this session is STARTED" in again.json["message"]
    assert tell(sandbox, "/sandbox/sessions/SBX-NONE/start").status == 404
    assert tell(sandbox, f"/sandbox/sessions/{key}/dance").status == 409
    assert tell(sandbox, "/sandbox/nothing").status == 404
    assert send(sandbox, "POST", "/sandbox/reseed", [], headers={}).status == 400
    bad = {"Content-Type": "application/json"}
    assert send(sandbox, "POST", "/sandbox/reseed", b"{", headers=bad).status == 400
    assert send(sandbox, "DELETE", "/sandbox/reseed", headers={}).status == 405


def test_it_changes_a_field_behind_the_back(sandbox, key):
    at = f"/sandbox/sessions/{key}/poke"
    assert press(sandbox, at, field="vehicle.trim", value="Odd").status == 303
    assert sandbox.state.document(key)["vehicle"]["trim"] == "Odd"
    assert press(sandbox, at, field="vehicle.trim", value="").status == 303
    assert "trim" not in sandbox.state.document(key)["vehicle"]
    assert press(sandbox, at, field="version", value="9").status == 422
    assert press(sandbox, at, field="status", value="").status == 422
    assert tell(sandbox, at, {"field": "sms.by", "value": "Me"}).json["fields"]["sms.by"] == "Me"


def test_it_orders_and_clears_faults(sandbox, key):
    fields = {"kind": "busy", "method": "PUT", "key": key, "times": "2", "seconds": "", "value": ""}
    assert press(sandbox, "/sandbox/faults", **fields, status="502").status == 303
    assert "429, please wait" in look(sandbox, "/").body.decode()
    assert put(sandbox, key, {}).status == 429
    assert send(sandbox, "GET", "/sandbox/faults.json", headers={}).json[0]["times"] == 1
    assert press(sandbox, "/sandbox/faults/clear").status == 303
    assert put(sandbox, key, {}).status == 200
    order = {"kind": "hang_after", "key": key, "seconds": 0}
    assert tell(sandbox, "/sandbox/faults", order).json == {"done": "fault"}
    for wrong in ({"kind": "gremlin"}, {"kind": "busy", "odd": 1}, {"kind": "busy", "times": "x"}):
        assert tell(sandbox, "/sandbox/faults", wrong).status == 422
    assert press(sandbox, "/sandbox/faults", kind="busy", times="many").status == 422
    assert len(sandbox.state.faults.waiting) == 1


def test_it_turns_switches(sandbox):
    assert press(sandbox, "/sandbox/switches", mode="ignore", show_delivery="no").status == 303
    assert sandbox.state.switches.as_dict()["mode"] == "ignore"
    assert sandbox.state.switches.show_delivery is False
    assert b'value="ignore" selected' in look(sandbox, "/").body
    assert (
        tell(sandbox, "/sandbox/switches", {"mode": "strict", "show_delivery": "yes"}).status == 200
    )
    assert tell(sandbox, "/sandbox/switches", {"mode": "odd"}).status == 422
    assert press(sandbox, "/sandbox/switches", lights="on").status == 422
    assert sandbox.state.switches.mode == "strict"


def test_it_plants_all_anew():
    with start_sandbox() as sandbox:
        sandbox.state.act("LKS-7Q2M9XK4RD", "start")
        sandbox.state.create(key="TST-1")
        assert press(sandbox, "/sandbox/reseed").status == 303
        keys = [each["session_key"] for each in sandbox.state.listing()]
        assert "TST-1" not in keys
        assert sandbox.state.session("LKS-7Q2M9XK4RD")["status"] == "IDLE"
        assert sandbox.state.journal()


def test_it_shows_list_and_journal_as_json(sandbox, key):
    listing = send(sandbox, "GET", "/sandbox/sessions.json", headers={}).json
    names = {"session_key", "status", "delivery", "vehicle", "customer", "title"}
    assert all(set(each) == names for each in listing)
    assert listing == sandbox.state.listing()
    put(sandbox, key, {})
    rows = send(sandbox, "GET", "/sandbox/journal.json", headers={}).json
    assert rows == sandbox.state.journal()
    newest = send(sandbox, "GET", f"/sandbox/journal.json?since={rows[-2]['n']}", headers={}).json
    assert newest == rows[-1:]
    assert send(sandbox, "GET", "/sandbox/journal.json?since=x", headers={}).json == rows


@pytest.mark.parametrize("host", ["pave.example.com", "127.0.0.1.example.com", "", "10.0.0.1:80"])
@pytest.mark.parametrize("path", ["/", "/sandbox/sessions.json", "/sandbox/journal.json"])
def test_it_answers_to_no_name_of_elsewhere(sandbox, host, path):
    assert look(sandbox, path, Host=host).status == 403


@pytest.mark.parametrize("host", ["localhost:1", "127.0.0.1", "[::1]:8900"])
def test_it_answers_to_its_own_names(sandbox, host):
    assert look(sandbox, "/", Host=host).status == 200


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
def test_it_takes_no_post_of_another_site(sandbox, key, path, headers):
    before = sandbox.state.journal()
    answer = send(sandbox, "POST", path.format(key=key), "", headers=FORM | headers)
    assert answer.status == 403
    assert sandbox.state.journal() == before


def test_it_takes_the_post_of_its_own_page(sandbox, key):
    own = {"Origin": sandbox.base_url, "Sec-Fetch-Site": "same-origin"}
    path = f"/sandbox/sessions/{key}/start"
    assert send(sandbox, "POST", path, "", headers=FORM | own).status == 303


def test_it_runs_as_a_command_and_keeps_its_state(tmp_path):
    state = tmp_path / "sandbox.json"
    command = [sys.executable, "manage.py", "pave_sandbox", "--port", "0", "--state", str(state)]
    running = subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    assert "Pretend PAVE at http://127.0.0.1:" in running.stdout.readline()
    running.send_signal(signal.SIGINT)
    said, _ = running.communicate(timeout=20)
    assert "Stopped, state kept." in said
    assert running.returncode == 0
    assert "LKS-7Q2M9XK4RD" in state.read_text("utf-8")


def test_it_says_as_a_command_that_the_port_is_busy(tmp_path, sandbox):
    port = sandbox.base_url.rpartition(":")[2]
    command = [sys.executable, "manage.py", "pave_sandbox", "--port", port]
    done = subprocess.run(
        [*command, "--state", str(tmp_path / "s.json")], cwd=ROOT, capture_output=True, text=True
    )
    assert done.returncode == 1
    assert f"Port {port} cannot be used: Address already in use." in done.stderr
