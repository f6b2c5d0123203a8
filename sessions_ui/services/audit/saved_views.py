"""Questions to the audit that are worth asking again, kept under a name: one's own, and those that
managers share. A shared one steers what others look at, so its coming and going is on record."""

from dataclasses import dataclass

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import OuterRef, Q, Subquery
from django.http import QueryDict
from django.utils import timezone

from sessions_ui.audit.log.record import record_access
from sessions_ui.audit.search.filters import AuditFilter
from sessions_ui.domain.actor import Actor
from sessions_ui.domain.values.ids import LARGEST_ID
from sessions_ui.domain.values.masking import scrub
from sessions_ui.models import SavedView

from .search import asked, audit_filter

SHARED, REMOVED = "view.shared", "view.removed"
LONGEST_NAME, LONGEST_QUERY = 80, 1000
MOST = 50
"""Of one's own; more than a row of chips can hold anyhow."""


class NotKept(Exception):
    """The question was not kept; the text is a sentence that says why."""


@dataclass(frozen=True)
class Kept:
    """A saved view as one person sees it: ``by`` is who shares it, ``""`` for one's own."""

    id: int
    name: str
    query: str
    shared: bool
    by: str

    @property
    def mine(self) -> bool:
        """Whether the person who looks may take it away."""
        return not self.by


def views_for(person_id: int) -> list[Kept]:
    """A person's own views and those that others share, by name: one query."""
    named = User.objects.filter(pk=OuterRef("owner_id")).values("username")[:1]
    found = SavedView.objects.filter(Q(owner_id=person_id) | Q(shared=True))
    views = [
        Kept(
            one.id,
            one.name,
            one.query,
            one.shared,
            "" if one.owner_id == person_id else one.username or "somebody who has left",
        )
        for one in found.annotate(username=Subquery(named))
    ]
    return sorted(views, key=lambda view: (view.name.casefold(), view.by))


def view_save(*, actor: Actor, name: str, query: str, shared: bool) -> SavedView:
    """Keep the question in a query string under a name; the same name again takes its place.

    What pages it has does not count, and neither do names that are no filter. Raises NotKept for
    a question without filters, one that cannot be read, and one for a value: a value can be
    personal, and no table of ours may keep what the record itself does not.
    """
    name = " ".join(name.split())
    chosen = _question(name, query)
    with transaction.atomic():
        mine = SavedView.objects.select_for_update().filter(owner_id=actor.id)
        before = mine.filter(name=name).first()
        if before is None and mine.count() >= MOST:
            raise NotKept(f"You keep {MOST} views already. Delete one first.")
        kept, _ = SavedView.objects.update_or_create(
            owner_id=actor.id,
            name=name,
            defaults={"query": chosen.link(), "shared": shared, "made_at": timezone.now()},
        )
        if before and before.shared and not shared:
            _note(actor, REMOVED, before)
        elif shared:
            _note(actor, SHARED, kept)
    return kept


def _question(name: str, query: str) -> AuditFilter:
    chosen = audit_filter(QueryDict(query).dict())
    if not name:
        raise NotKept("Give the view a name, so that you find it again.")
    if len(name) > LONGEST_NAME:
        raise NotKept(f"A name has {LONGEST_NAME} characters at most.")
    if chosen.problems:
        raise NotKept(" ".join(chosen.problems.values()))
    if chosen.value:
        raise NotKept("A view that looks for a value is not kept: the value may be personal.")
    if not chosen.active:
        raise NotKept("There is no filter to keep. Choose some first.")
    if len(chosen.link()) > LONGEST_QUERY:
        raise NotKept("These filters are too long to be kept.")
    return chosen


def view_delete(*, actor: Actor, view_id: int) -> SavedView | None:
    """Take one of one's own views away. Gives what it was, so that it can be brought back; None
    when there is no such view, or it is somebody else's."""
    with transaction.atomic():
        mine = SavedView.objects.select_for_update().filter(owner_id=actor.id)
        view = mine.filter(id=view_id).first() if view_id <= LARGEST_ID else None
        if view is not None:
            SavedView.objects.filter(id=view_id).delete()
            if view.shared:
                _note(actor, REMOVED, view)
    return view


def _note(actor: Actor, action: str, view: SavedView) -> None:
    told = asked(audit_filter(QueryDict(view.query).dict()))
    filters = {name: text for name, text in told.items() if name in QueryDict(view.query)}
    detail = {"view": scrub(view.name), "filter": filters}
    record_access(actor=actor, action=action, detail=detail)
