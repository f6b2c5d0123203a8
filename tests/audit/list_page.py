"""Use the audit's list as a manager does: ask for new entries, and save views."""

SHARED_VIEW = {"name": "Phones", "query": "field=sms.to&actor=2", "shared": "yes"}


def newer_label(client, **params):
    """The label that says how many entries are new; ``than``: the newest entry of the list."""
    answer = client.get("/audit/newer/", params)
    assert answer.status_code == 200
    return answer.json()["label"]


def save_view(client, **fields):
    """Save a view; the list that follows."""
    answer = client.post("/audit/views/", fields, follow=True)
    assert answer.status_code == 200
    return answer
