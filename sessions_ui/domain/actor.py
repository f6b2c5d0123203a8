"""Name who acts: the person and the request that the audit records beside each entry."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Actor:
    """Who does it, in which role, and from where; the name is kept as it was at that time."""

    id: int | None
    label: str
    role: str
    remote_addr: str = ""
    user_agent_hash: str = ""
    login_hash: str = ""
    request_id: str = ""

    @property
    def person_id(self) -> int:
        """The person's id. Raises ValueError for an actor that is no person."""
        if self.id is None:
            raise ValueError(f"{self.label} is no person")
        return self.id


SYSTEM = Actor(id=None, label="PAVE Admin", role="System")
"""The actor of what no person did: settling, scanning, sealing."""
