"""The seeds, the customer's way, the journal, and what outlives a restart."""

import json
import threading
from datetime import UTC, datetime

import pytest

from sessions_ui.pave.sandbox import SandboxState, StateFileError, start_sandbox
from sessions_ui.pave.sandbox.rules.customer import ACTIONS, Refused
from sessions_ui.pave.sandbox.session import parse_time
from sessions_ui.pave.sandbox.state.sample_data import CARS, PEOPLE, phone, with_check_digit
from sessions_ui.pave.sandbox.state.state_file import StateWriter, read_state
from sessions_ui.pave.sandbox.state.store import UnknownSession
from tests.pave.sandbox.raw_client import get, put, send

STATUSES = ["IDLE", "STARTED", "PROCESS", "QC_PASSED", "CONFIRM", "COMPLETE", "EXPIRED", "INVALID"]


@pytest.fixture(scope="module")
def seeded():
    """A state with its seeds, for looking only."""
    return SandboxState()


@pytest.fixture
def state():
    return SandboxState(seed=False)


def test_it_has_every_status_with_every_state_of_the_text(seeded):
    listing = seeded.listing()
    have = {(each["status"], each["delivery"]) for each in listing}
    assert {(s, d) for s in STATUSES for d in ("failed", "accepted", "absent")} <= have
    assert {("ON_HOLD", "accepted"), ("IDLE", "none")} <= have
    assert any(not each["vehicle"] for each in listing)
    assert all(each["title"] for each in listing)
    keys = {each["session_key"] for each in listing}
    assert {"LKS-7Q2M9XK4RD", "NGF-4TB8WZ1HQC"} <= keys
    assert seeded.session("LKS-7Q2M9XK4RD")["delivery"] == "failed"
    assert seeded.session("NGF-4TB8WZ1HQC")["status"] == "PROCESS"


def test_it_has_contact_and_reference_somewhere(seeded):
    options = [seeded.document(each["session_key"])["options"] for each in seeded.listing()]
    assert any({"contact", "reference"} <= set(each) for each in options)


def test_it_plants_the_same_each_time_but_for_the_times(seeded):
    keys = [each["session_key"] for each in seeded.listing()]
    again = SandboxState()
    assert [each["session_key"] for each in again.listing()] == keys
    for key in keys:
        assert again.session(key)["fields"] == seeded.session(key)["fields"]


def test_it_plants_times_in_their_order(seeded):
    now = datetime.now(UTC)
    for each in seeded.listing():
        held = seeded.session(each["session_key"])
        times = [held["created_at"], held["inspect_started_at"], held["inspect_ended_at"]]
        times = [parse_time(text) for text in [*times, held["updated_at"]] if text]
        assert times == sorted(times), held["session_key"]
        assert times[-1] <= now


def test_it_knows_the_check_digit():
    assert with_check_digit("1M8GDM9A0KP042788") == "1M8GDM9AXKP042788"
    assert with_check_digit("11111111011111111") == "11111111111111111"


def test_it_makes_valid_vins_and_pretend_phones(seeded):
    for number in (0, 1, 30, 5000):
        for car in CARS:
            vin = car.vin(number)
            assert len(vin) == 17
            assert with_check_digit(vin) == vin
            assert vin[9] == "HJKLMNP"[car.year - 2017]
    phones = [phone(number) for number in range(40)]
    assert len(set(phones)) == 40
    assert all(each[:8] in ("416-555-", "647-555-", "905-555-") for each in phones)
    assert all(1 <= int(each[-4:]) - 100 <= 99 for each in phones)
    assert len(set(PEOPLE)) == len(PEOPLE)


WAYS = [
    ("start", "IDLE", "STARTED"),
    ("photo", "STARTED", "PROCESS"),
    ("photos", "STARTED", "PROCESS"),
    ("photo", "PROCESS", "PROCESS"),
    ("pass", "PROCESS", "QC_PASSED"),
    ("confirm", "QC_PASSED", "CONFIRM"),
    ("complete", "CONFIRM", "COMPLETE"),
    ("expire", "IDLE", "EXPIRED"),
    ("expire", "STARTED", "EXPIRED"),
    ("expire", "PROCESS", "EXPIRED"),
    ("invalid", "PROCESS", "INVALID"),
    ("invalid", "QC_PASSED", "INVALID"),
    ("photos", "PROCESS", "PROCESS"),
]
MOVES = sorted(name for name, action in ACTIONS.items() if action.about == "customer")


@pytest.mark.parametrize("action", MOVES)
@pytest.mark.parametrize("status", [*STATUSES, "ON_HOLD"])
def test_it_goes_only_the_ways_that_there_are(state, action, status):
    key = state.create(status=status)
    before = state.session(key)
    ends = [end for name, begin, end in WAYS if (name, begin) == (action, status)]
    if ends:
        state.act(key, action)
        assert state.session(key)["status"] == ends[0]
        assert state.session(key)["version"] == before["version"] + 1
        return
    with pytest.raises(Refused, match=f"this session is {status}"):
        state.act(key, action)
    assert state.session(key) == before


def test_it_sets_the_times_on_the_way(state):
    key = state.create()
    assert state.document(key)["inspect_started_at"] is None
    state.act(key, "start")
    assert state.document(key)["inspect_started_at"]
    for action in ("photos", "pass"):
        state.act(key, action)
        assert state.document(key)["inspect_ended_at"] is None
    state.act(key, "confirm")
    ended = state.document(key)["inspect_ended_at"]
    state.act(key, "complete")
    assert state.document(key)["inspect_ended_at"] == ended


def test_it_takes_thirteen_photos_and_no_more(state):
    key = state.create(status="STARTED")
    for _ in range(13):
        state.act(key, "photo")
    with pytest.raises(Refused, match="taken already"):
        state.act(key, "photo")
    state.act(key, "photos")
    assert len(state.session(key)["photos"]) == 13


def test_it_fails_and_delivers_the_text_at_any_status(state):
    key = state.create(status="PROCESS", delivery="absent")
    for action, delivery in (
        ("fail-text", "failed"),
        ("deliver-text", "accepted"),
        ("forget-text", "absent"),
    ):
        state.act(key, action)
        assert state.session(key)["delivery"] == delivery
    silent = state.create(delivery="none")
    with pytest.raises(Refused, match="without a text"):
        state.act(silent, "fail-text")
    with pytest.raises(Refused, match="no action"):
        state.act(silent, "dance")
    with pytest.raises(UnknownSession):
        state.act("SBX-NONE", "start")


def test_it_resets_a_session(state):
    key = state.create(delivery="failed")
    first = state.session(key)
    state.act(key, "start")
    state.poke(key, "vehicle.trim", "Odd")
    state.act(key, "reset")
    again = state.session(key)
    assert again["version"] > first["version"] + 1
    for name in ("status", "fields", "inspect_started_at", "delivery", "created_at", "photos"):
        assert again[name] == first[name]
    state.act(key, "start")
    state.act(key, "reset")
    assert state.session(key)["status"] == "IDLE"


def test_it_lets_a_stranger_change_anything(state):
    key = state.create(status="COMPLETE")
    state.poke(key, "session.theme", "<b>GOLD</b>")
    state.poke(key, "vehicle.year", "1999")
    state.poke(key, "sms.by", None)
    state.poke(key, "status", "ON_HOLD")
    state.poke(key, "inspect_started_at", None)
    document = state.document(key)
    assert (document["theme"], document["vehicle"]["year"]) == ("<b>GOLD</b>", 1999)
    assert (document["status"], document["inspect_started_at"]) == ("ON_HOLD", None)
    assert "by" not in document["options"]["sms"]
    assert state.applied(key) == []
    assert [row["method"] for row in state.journal()] == ["BEHIND"] * 5
    for field, value in (("version", 9), ("status", ""), ("fields", {})):
        with pytest.raises(ValueError, match=r"no field|a status"):
            state.poke(key, field, value)


def test_it_makes_sessions_as_asked(state):
    key = state.create(
        session={"theme": "CAPT"}, vehicle={"vin": "X"}, sms={"to": "1"}, key="TST-1", started=True
    )
    held = state.session(key)
    assert key == "TST-1"
    assert held["inspect_started_at"]
    assert held["fields"]["session.theme"] == "CAPT"
    assert state.document(key)["vehicle"] == {"vin": "X"}
    assert state.document(key)["options"]["sms"]["to"] == "1"


def test_it_tells_what_a_session_is_good_for_as_it_stands(state):
    key = state.create(delivery="failed")
    assert "can be corrected" in state.listing()[0]["title"]
    state.act(key, "deliver-text")
    assert "but the phone number" in state.listing()[0]["title"]
    state.act(key, "start")
    assert state.listing()[0]["title"].startswith("Started")


def test_it_outlives_a_restart(tmp_path):
    path = tmp_path / "deep" / "sandbox.json"
    with start_sandbox(state_path=path) as first:
        key = send(first, "POST", "/v1/sessions", {"sms": {"to": "416-555-0101"}}).json[
            "session_key"
        ]
        put(first, key, {"session": {"theme": "LITE"}})
        first.state.act("LKS-7Q2M9XK4RD", "start")
        first.state.turn("mode", "ignore")
        first.state.turn("show_delivery", "no")
        first.state.fault("busy", key=key, retry_after=9)
        documents = {each["session_key"]: first.state.document(each["session_key"])
                     for each in first.state.listing()}  # fmt: skip
        rows = first.state.journal()
    with start_sandbox(state_path=path) as second:
        assert {each: second.state.document(each) for each in documents} == documents
        assert second.state.switches == first.state.switches
        assert second.state.journal() == rows
        assert put(second, key, {}).headers["retry-after"] == "9"
        assert second.state.journal()[-1]["n"] == rows[-1]["n"] + 1
        second.state.act("LKS-7Q2M9XK4RD", "reset")
        assert second.state.session("LKS-7Q2M9XK4RD")["status"] == "IDLE"
    assert [each.name for each in path.parent.iterdir()] == ["sandbox.json"]
    with start_sandbox(state_path=path, mode="strict") as third:
        assert third.state.switches.mode == "strict"
        assert get(third, key).status == 200


def test_it_writes_soon_after_a_change(tmp_path):
    path = tmp_path / "sandbox.json"
    with start_sandbox(state_path=path, seed=False) as sandbox:
        sandbox.state.create(key="TST-1")
        for _ in range(200):
            if path.exists() and "TST-1" in path.read_text("utf-8"):
                break
            sandbox.state.closing.wait(0.02)
        assert json.loads(path.read_text("utf-8"))["sessions"][0]["session_key"] == "TST-1"


def test_it_writes_what_changes_while_it_writes(tmp_path):
    path = tmp_path / "sandbox.json"
    writing, changed = threading.Event(), threading.Event()
    words = {"said": "first"}

    def state():
        kept = dict(words)
        writing.set()
        changed.wait(5)
        return kept

    writer = StateWriter(path, state)
    writer.save_soon()
    writing.wait(5)
    words["said"] = "last"
    closer = threading.Thread(target=writer.close)
    closer.start()
    changed.set()
    closer.join(5)
    assert read_state(path) == {"format": 1, "said": "last"}


@pytest.mark.parametrize("words", ["{", "[]", '{"format": 99}', "\x00"])
def test_it_says_when_its_file_cannot_be_read(tmp_path, words):
    path = tmp_path / "sandbox.json"
    path.write_text(words, "utf-8")
    with pytest.raises(StateFileError, match="Remove it to start afresh"):
        start_sandbox(state_path=path)


def test_it_says_when_its_port_is_busy(tmp_path):
    with start_sandbox(seed=False) as first:
        port = int(first.base_url.rpartition(":")[2])
        with pytest.raises(OSError, match="in use"):
            start_sandbox(port=port, state_path=tmp_path / "sandbox.json")


def test_it_journals_a_request_before_its_application(state):
    with start_sandbox(seed=False) as sandbox:
        key = sandbox.state.create()
        put(sandbox, key, {"session": {"theme": "LITE"}})
        request, application = sandbox.state.journal()
        assert (request["kind"], application["kind"]) == ("request", "application")
        assert request["n"] < application["n"]
        assert request["monotonic"] <= application["monotonic"]
        assert datetime.fromisoformat(request["at"]) <= datetime.fromisoformat(application["at"])
        application["values"]["session.theme"] = "spoiled"
        assert sandbox.state.journal()[1]["values"]["session.theme"] == "LITE"
        assert [row["n"] for row in sandbox.state.journal(since=request["n"])] == [2]
