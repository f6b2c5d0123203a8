"""Search the audit by the parameters of its page."""

from sessions_ui.audit.search.pagination import load_page
from sessions_ui.forms.audit_filter import read_filter


def parse(**params):
    """The filter of these parameters (``from_`` for ``from``)."""
    return read_filter({name.rstrip("_"): value for name, value in params.items()})


def find(**params):
    """The ids on the first page of a search."""
    return [row.entry.id for row in load_page(parse(**params)).rows]
