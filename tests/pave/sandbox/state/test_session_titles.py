"""Test that a title says what a session is good for in its present state."""


def test_the_title_follows_the_state_of_the_session(state):
    key = state.create(delivery="failed")
    assert "can be corrected" in state.listing()[0]["title"]
    state.act(key, "deliver-text")
    assert "but the phone number" in state.listing()[0]["title"]
    state.act(key, "start")
    assert state.listing()[0]["title"].startswith("Started")
