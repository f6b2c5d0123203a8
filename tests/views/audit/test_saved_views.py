"""Test how the list offers, saves and restores views."""

from django.urls import reverse

from sessions_ui.models import AuditEntry, SavedView
from tests.audit.authors import PHONE, edit
from tests.audit.list_page import SHARED_VIEW, save_view


def test_a_saved_view_leads_to_its_filters(manager):
    query = "actor=2&field=sms.to"
    answer = save_view(manager, name="  Phones by  Bob ", query=f"{query}&before=7&nonsense=1")
    (view,) = SavedView.objects.all()
    assert (view.name, view.query, view.shared) == ("Phones by Bob", query, False)
    assert answer.redirect_chain == [(f"{reverse('audit')}?{query}", 302)]
    assert "Only you see it." in answer.text
    assert f'href="?{query.replace("&", "&amp;")}" aria-current="page"' in answer.text
    # A view shows the last 30 days, whenever it is opened.
    assert answer.context["audit_filter"].windowed
    assert not AuditEntry.objects.filter(action="view.shared").exists()


def test_a_deleted_view_can_be_restored_once(manager):
    save_view(manager, **SHARED_VIEW)
    view = SavedView.objects.get()
    answer = manager.post(f"/audit/views/{view.id}/delete/", {"query": "actor=2"}, follow=True)
    assert answer.redirect_chain == [(f"{reverse('audit')}?actor=2", 302)]
    assert "is deleted" in answer.text
    assert answer.context["deleted_view"] == {
        "name": "Phones", "query": "actor=2&field=sms.to", "shared": True,
    }  # fmt: skip
    assert not SavedView.objects.exists()
    assert "is deleted" not in manager.get("/audit/").text
    save_view(manager, **SHARED_VIEW)
    assert SavedView.objects.get().shared


def test_the_list_offers_to_save_filters_without_a_value(manager):
    edit(PHONE)
    assert "Save view" not in manager.get("/audit/").text
    assert 'name="name"' in manager.get("/audit/", {"outcome": "confirmed"}).text
    page = manager.get("/audit/", {"value": "647-555-0148"}).text
    assert "may be personal" in page
    assert 'name="name"' not in page
