"""Read the post of a session's form, and keep it as a draft where it cannot be answered."""

import re
from dataclasses import replace

from django.http import HttpRequest

from sessions_ui.domain.catalogue import CATALOGUE, SECTIONS
from sessions_ui.domain.values.text import storable
from sessions_ui.forms.reason import REASON_NAMES
from sessions_ui.services.edits.drafts import save_draft
from sessions_ui.services.edits.form_data import FormData
from sessions_ui.services.edits.form_token import FormToken

_SECTION_NAME = re.compile(rf"({'|'.join(section.name for section in SECTIONS)})-.+")
_KEYS = {spec.input_name: spec.key for spec in CATALOGUE.writable}


def form_data_of(request: HttpRequest, token: FormToken | None = None) -> FormData:
    """Return the ``<section>-<name>`` inputs of a post; inputs of other names do not count.

    Where a conflict was answered with "theirs", the input is what PAVE held on the page of the
    ``token``.
    """
    posted = request.POST.dict()
    inputs = {name: text for name, text in posted.items() if _SECTION_NAME.fullmatch(name)}
    if token:
        for name in inputs.keys() & _KEYS.keys():
            if posted.get(f"choose-{name}") == "theirs":
                inputs[name] = token.texts.get(_KEYS[name], "")
    return FormData(
        typed={_KEYS[name]: storable(text) for name, text in inputs.items() if name in _KEYS},
        inputs=inputs,
        unknown_names=tuple(storable(name)[:80] for name in inputs if name not in _KEYS),
        reason={name: posted.get(name, "") for name in REASON_NAMES},
        reverts=token.reverts if token else 0,
    )


def keep_typed(request: HttpRequest, token: FormToken) -> None:
    """Keep what a post changed, as a draft of the person that the form was shown to."""
    form_data = form_data_of(request)
    changed = {
        key: text
        for key, text in form_data.typed.items()
        if not CATALOGUE[key].kind.same(text, token.texts.get(key, ""))
    }
    save_draft(
        actor_id=token.actor_id,
        session_key=token.session_key,
        form_data=replace(form_data, typed=changed, reverts=token.reverts),
        shown=token.texts,
        nonce=token.nonce,
    )
