"""The pages around a person's values: showing those of one entry."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required, permission_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from sessions_ui.forms.personal import RevealForm
from sessions_ui.people import actor_of
from sessions_ui.services.audit import audit_entry
from sessions_ui.services.personal import personal_reveal

from .audit import READ, REVEAL, draw_entry


@login_required
@permission_required((READ, REVEAL), raise_exception=True)
@require_POST
@never_cache
def reveal(request: HttpRequest, entry_id: int) -> HttpResponse:
    """The entry with its personal values, once: in the answer to this post and nowhere else."""
    shown = audit_entry(entry_id)
    if shown is None:
        raise Http404
    form = RevealForm(request.POST)
    if not form.is_valid():
        return draw_entry(request, shown, reveal=form)
    revealed = personal_reveal(
        actor=actor_of(request), entry_id=entry_id, reason=form.cleaned_data["reason"]
    )
    if revealed is None:
        messages.warning(request, "This entry keeps no personal value that could be shown.")
        return redirect("audit_entry", entry_id)
    return draw_entry(request, revealed, revealed=True)
