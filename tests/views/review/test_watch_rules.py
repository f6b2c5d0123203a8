"""Test the pages of the watch rules."""

import json

import pytest
from bs4 import BeautifulSoup
from django.utils import timezone

from sessions_ui.models import AuditEntry, Kind, WatchRule
from sessions_ui.services.review.scan import scan_audit
from sessions_ui.services.review.watch_rules import (
    change_rule,
)
from tests.audit.authors import (
    CAROL,
    PHONE,
    edit,
)
from tests.pages import words
from tests.review import TWICE, rule

pytestmark = pytest.mark.django_db


def notes():
    found = AuditEntry.objects.filter(kind=Kind.NOTE).order_by("id")
    return [(one.action, json.loads(one.detail)) for one in found]


def test_a_manager_creates_changes_pauses_and_removes_a_rule(manager):
    assert "Nothing is watched for yet" in words(manager.get("/audit/watches/"))
    posted = {"kind": "same_field", "field": "sms.to", "times": "2", "hours": "24"}
    page = manager.post("/audit/watches/", posted, follow=True)
    made = WatchRule.objects.get()
    assert made.numbers == TWICE
    for said in ("The rule watches from now on", "Watching", "None waiting",
                 "Phone number of one session is changed 2 times or more within 24 hours.",
                 "made a watch rule"):  # fmt: skip
        assert said in words(page)
    again = manager.post("/audit/watches/", posted, follow=True)
    assert "There is this very rule already" in words(again)
    address = f"/audit/watches/{made.id}/"
    shown = BeautifulSoup(manager.get(address).text, "html.parser")
    assert shown.select_one('[name="times"]')["value"] == "2"
    changed = {**posted, "times": "4", "action": "change"}
    assert "was Phone number of one session is changed 2 times" in words(
        manager.post(address, changed, follow=True)
    )
    assert WatchRule.objects.get().numbers["times"] == 4
    assert "Paused" in words(manager.post(address, {"action": "pause"}, follow=True))
    assert "Watching" in words(manager.post(address, {"action": "resume"}, follow=True))
    gone = manager.post(address, {"action": "remove"}, follow=True)
    assert "The rule is removed" in words(gone)
    assert manager.get(address).status_code == 404
    assert manager.post(address, {"action": "pause"}).status_code == 404


def test_numbers_out_of_range_are_refused(manager):
    for bad in ({"times": "1"}, {"times": "x"}, {"times": ""}, {"hours": "9999"}, {"field": "x"}):
        posted = {"kind": "same_field", "field": "sms.to", "times": "2", "hours": "24", **bad}
        answer = manager.post("/audit/watches/", posted)
        assert answer.status_code == 422, bad
        assert "Write a whole number" in answer.text or "Choose one" in answer.text
    hours = {"kind": "off_hours", "since": "9", "until": "9", "days": "5"}
    assert "has to be later" in manager.post("/audit/watches/", hours).text
    assert manager.post("/audit/watches/", {"kind": "nonsense"}).status_code == 404
    assert not WatchRule.objects.exists()
    assert notes() == []


def test_a_rule_has_the_number_of_its_flags(manager):
    rule()
    edit(PHONE)
    edit(PHONE)
    scan_audit()
    assert "1 waiting" in words(manager.get("/audit/watches/"))
    assert "Phone number changed 2 times in 24 h" in words(
        manager.get("/audit/review/?cause=watch")
    )


def test_the_note_of_a_rule_has_a_page(manager):
    made = rule()
    change_rule(actor=CAROL, rule_id=made.id, numbers={**TWICE, "times": 3})
    note = AuditEntry.objects.get(action="watch.changed").id
    page = words(manager.get(f"/audit/{note}/"))
    assert "changed a watch rule" in page
    assert "Was: Phone number of one session is changed 2 times" in page
    assert "Now: Phone number of one session is changed 3 times" in page


def test_a_rule_of_an_unknown_kind_is_shown_and_can_be_removed(manager):
    old = WatchRule.objects.create(
        name="old", kind="gone", numbers={}, made_by="x", made_at=timezone.now()
    )
    assert "no longer known" in words(manager.get("/audit/watches/"))
    address = f"/audit/watches/{old.id}/"
    assert manager.get(address).status_code == 200
    assert manager.post(address, {"action": "change"}).status_code == 422
    manager.post(address, {"action": "remove"})
    assert not WatchRule.objects.exists()


@pytest.mark.parametrize(
    ("name", "status"),
    [("alice", 403), ("carol", 200), ("dora", 403), ("nora", 403), (None, 302)],
)
def test_the_rules_are_for_managers(client, request, name, status):
    made = rule()
    if name:
        client.force_login(request.getfixturevalue(name))
    for address in ("/audit/watches/", f"/audit/watches/{made.id}/"):
        assert client.get(address).status_code == status
        assert client.delete(address).status_code == (405 if status == 200 else status)
    posted = {"kind": "new_host"}
    assert client.post("/audit/watches/", posted).status_code == (
        302 if name == "carol" else status
    )
    client.post(f"/audit/watches/{made.id}/", {"action": "remove"})
    kinds = set(WatchRule.objects.values_list("kind", flat=True))
    assert kinds == ({"new_host"} if name == "carol" else {"same_field"})


def test_an_impossible_id_is_not_found(manager):
    for strange in (0, 2**63, 10**30):
        assert manager.get(f"/audit/watches/{strange}/").status_code == 404
