"""Test that sessions are created and changed from code, past PAVE's rules."""

import pytest


def test_a_session_is_created_as_described(state):
    key = state.create(
        session={"theme": "CAPT"}, vehicle={"vin": "X"}, sms={"to": "1"}, key="TST-1", started=True
    )
    session = state.session(key)
    assert key == "TST-1"
    assert session["inspect_started_at"]
    assert session["fields"]["session.theme"] == "CAPT"
    assert state.document(key)["vehicle"] == {"vin": "X"}
    assert state.document(key)["options"]["sms"]["to"] == "1"


def test_poke_changes_any_field_past_the_rules(state):
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
