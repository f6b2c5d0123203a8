"""Reading the post of a session's form, and keeping it where it cannot be answered."""

import re

from django.http import HttpRequest

from sessions_ui.domain.catalogue import CATALOGUE, SECTIONS
from sessions_ui.domain.values.text import storable
from sessions_ui.services.edits.drafts import save_draft
from sessions_ui.services.edits.form_data import FormData
from sessions_ui.services.edits.form_token import FormToken

from .render import REASON_NAMES

_SECTION_NAME = re.compile(rf"({'|'.join(section.name for section in SECTIONS)})-.+")
_INPUTS = {spec.input_name: spec.key for spec in CATALOGUE.writable}


def form_data_of(request: HttpRequest, seen: FormToken | None = None) -> FormData:
    """The ``<section>-<name>`` inputs of a post; other names do not count.

    Where a conflict was answered with "theirs", the input is what PAVE held on that page.
    """
    inputs = {name: text for name, text in request.POST.items() if _SECTION_NAME.fullmatch(name)}
    for name in inputs.keys() & _INPUTS.keys() if seen else ():
        if request.POST.get(f"choose-{name}") == "theirs":
            inputs[name] = seen.texts.get(_INPUTS[name], "")
    return FormData(
        typed={_INPUTS[name]: storable(text) for name, text in inputs.items() if name in _INPUTS},
        inputs=inputs,
        unknown_names=tuple(storable(name)[:80] for name in inputs if name not in _INPUTS),
        reason={name: request.POST.get(name, "") for name in REASON_NAMES},
        reverts=seen.reverts if seen else 0,
    )


def keep_typed(request: HttpRequest, seen: FormToken) -> None:
    """Keep what a post holds, for the person to whom the form was drawn."""
    posted = form_data_of(request)
    changed = {
        key: text
        for key, text in posted.typed.items()
        if not CATALOGUE[key].kind.same(text, seen.texts.get(key, ""))
    }
    save_draft(
        actor_id=seen.actor_id,
        session_key=seen.session_key,
        typed=changed,
        saw=seen.texts,
        nonce=seen.nonce,
        reason=posted.reason,
        reverts=seen.reverts,
    )
