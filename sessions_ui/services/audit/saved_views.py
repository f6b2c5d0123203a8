"""Save audit filters under a name, for oneself or shared with other managers.

A shared view steers what others look at, so sharing and removing one is recorded.
"""

from dataclasses import dataclass

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import OuterRef, Q, Subquery
from django.http import QueryDict
from django.utils import timezone

from sessions_ui.audit.log.record import record_access
from sessions_ui.audit.search.filters import AuditFilter
from sessions_ui.domain.actor import Actor
from sessions_ui.domain.values.masking import scrub
from sessions_ui.models import SavedView

from .search import params_on_record

SHARED, REMOVED = "view.shared", "view.removed"
MAX_NAME_LENGTH, MAX_QUERY_LENGTH = 80, 1000
MAX_VIEWS = 50
"""The views of one person: more than a row of chips can hold."""


class ViewNotSaved(Exception):
    """The view was not saved; the text is a sentence that says why."""


@dataclass(frozen=True)
class ViewLink:
    """A saved view as one person sees it. ``by``: who shares it; ``""`` for one's own view."""

    id: int
    name: str
    query: str
    shared: bool
    by: str

    @property
    def mine(self) -> bool:
        """Whether the person may delete it."""
        return not self.by


def list_views(person_id: int) -> list[ViewLink]:
    """A person's own views and those that others share, by name, in one query."""
    username = User.objects.filter(pk=OuterRef("owner_id")).values("username")[:1]
    views = SavedView.objects.filter(Q(owner_id=person_id) | Q(shared=True))
    links = [
        ViewLink(
            view.id,
            view.name,
            view.query,
            view.shared,
            "" if view.owner_id == person_id else view.username or "somebody who has left",
        )
        for view in views.annotate(username=Subquery(username))
    ]
    return sorted(links, key=lambda link: (link.name.casefold(), link.by))


def save_view(*, actor: Actor, name: str, audit_filter: AuditFilter, shared: bool) -> SavedView:
    """Save the filter under a name, in place of the person's view of that name if there is one.

    Paging is not saved. Raises ViewNotSaved for a filter that is empty, that has problems, or that
    searches a value: the value may be personal, and this table must not keep what the record does
    not.
    """
    name = " ".join(name.split())
    _validate(name, audit_filter)
    with transaction.atomic():
        own = SavedView.objects.select_for_update().filter(owner_id=actor.person_id)
        before = own.filter(name=name).first()
        if before is None and own.count() >= MAX_VIEWS:
            raise ViewNotSaved(f"You keep {MAX_VIEWS} views already. Delete one first.")
        view, _ = SavedView.objects.update_or_create(
            owner_id=actor.person_id,
            name=name,
            defaults={
                "query": audit_filter.query_string(),
                "shared": shared,
                "made_at": timezone.now(),
            },
        )
        if before and before.shared and not shared:
            _record(actor, REMOVED, before)
        elif shared:
            _record(actor, SHARED, view)
    return view


def _validate(name: str, audit_filter: AuditFilter) -> None:
    if not name:
        raise ViewNotSaved("Give the view a name, so that you find it again.")
    if len(name) > MAX_NAME_LENGTH:
        raise ViewNotSaved(f"A name has {MAX_NAME_LENGTH} characters at most.")
    if audit_filter.problems:
        raise ViewNotSaved(" ".join(audit_filter.problems.values()))
    if audit_filter.value:
        raise ViewNotSaved("A view that looks for a value is not kept: the value may be personal.")
    if not audit_filter.active:
        raise ViewNotSaved("There is no filter to keep. Choose some first.")
    if len(audit_filter.query_string()) > MAX_QUERY_LENGTH:
        raise ViewNotSaved("These filters are too long to be kept.")


def delete_view(*, actor: Actor, view_id: int) -> SavedView | None:
    """Delete one of the person's own views and return what it was, so that it can be restored; None
    if there is no such view, or it belongs to somebody else."""
    with transaction.atomic():
        own = SavedView.objects.select_for_update().filter(owner_id=actor.person_id)
        view = own.filter(id=view_id).first()
        if view is not None:
            SavedView.objects.filter(id=view_id).delete()
            if view.shared:
                _record(actor, REMOVED, view)
    return view


def _record(actor: Actor, action: str, view: SavedView) -> None:
    params = params_on_record(QueryDict(view.query).dict())
    detail = {"view": scrub(view.name), "filter": params}
    record_access(actor=actor, action=action, detail=detail)
