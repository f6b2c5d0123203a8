"""Test which request takes a fault, and which faults can be ordered."""

import pytest

from tests.pave.sandbox.payloads import BODY
from tests.pave.sandbox.raw_client import get, put, send


def test_a_fault_strikes_only_matching_requests(sandbox, key):
    other = sandbox.state.create()
    sandbox.state.fault("error_before", key=key, times=2, skip=1)
    assert get(sandbox, key).status == 200
    assert put(sandbox, other, BODY).status == 200
    seen = [put(sandbox, key, {}).status for _ in range(5)]
    assert seen == [200, 503, 503, 200, 200]
    sandbox.state.fault("busy", method="POST")
    assert send(sandbox, "POST", "/v1/sessions").status == 429
    faults = [row["fault"] for row in sandbox.state.journal() if row["kind"] == "request"]
    assert faults[-1] == "busy"


@pytest.mark.parametrize(
    ("kind", "scope"),
    [
        ("gremlins", {}),
        ("busy", {"method": "BREW"}),
        ("busy", {"seconds": 3}),
        ("busy", {"times": 0}),
        ("hang_after", {"seconds": "soon"}),
    ],
)
def test_an_unknown_fault_cannot_be_ordered(sandbox, kind, scope):
    with pytest.raises(ValueError, match=r"fault|takes no|float"):
        sandbox.state.fault(kind, **scope)
    assert sandbox.state.faults.waiting == []
