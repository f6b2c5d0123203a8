"""The pretend PAVE's memory, safe for threads: sessions, switches, faults, journal, its file."""

import secrets
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from sessions_ui.pave.sandbox.rules.update import Ruling, update

from .faults import Fault, Faults
from .journal import Journal
from .seeds import seeds
from .session import Session, stamp
from .state_file import Keeper, read_state
from .switches import Switches

KEY_LETTERS: Final = "ABCDEFGHJKMNPQRSTVWXYZ0123456789"


class UnknownSession(LookupError):
    """There is no session with this key."""


class Store:
    """What the server works on. Whoever calls a method marked "under the lock" holds `lock`."""

    def __init__(
        self,
        *,
        path: Path | None = None,
        seed: bool = True,
        mode: str | None = None,
        clock: Callable[[], datetime] | None = None,
    ) -> None:
        """Read the state kept at `path`, or begin anew. Raises statefile.StateFileError."""
        self.lock = threading.RLock()
        self.closing = threading.Event()
        self.clock = clock or (lambda: datetime.now(UTC))
        self.sessions: dict[str, Session] = {}
        self.switches = Switches()
        self.faults = Faults()
        self.log = Journal()
        self._later: list[threading.Thread] = []
        kept = read_state(path) if path else None
        if kept:
            self._restore(kept)
        elif seed:
            self._plant()
        if mode:
            self.switches.turn("mode", mode)
        self._keeper = Keeper(path, self.plain) if path else None
        self.noted()

    def find(self, key: str) -> Session:
        """Give the live session, under the lock. Raises UnknownSession."""
        if key not in self.sessions:
            raise UnknownSession(key)
        return self.sessions[key]

    def put(self, key: str, body: dict[str, Any], request_id: str, fault: Fault | None) -> Ruling:
        """Weigh and apply one PUT, and journal it. Raises UnknownSession."""
        with self.lock:
            session = self.find(key)
            before = session.version
            ruling = update(session, body, self.switches, fault, self.clock())
            self.record("PUT", session, body, before, request_id, fault, ruling)
            return ruling

    def record(
        self,
        method: str,
        session: Session,
        payload: Any,
        before: int,
        request_id: str = "",
        fault: Fault | None = None,
        ruling: Ruling | None = None,
    ) -> None:
        """Journal one change that was made or refused, under the lock."""
        ruling = ruling or Ruling(applied=True)
        self.log.add(
            "application",
            method=method,
            session_key=session.session_key,
            request_id=request_id,
            payload=payload,
            fault=fault.kind if fault else "",
            applied=ruling.applied,
            changed=ruling.changed,
            refused=ruling.refused,
            version_before=before,
            version_after=session.version,
            values=dict(session.fields),
            status=session.status,
        )
        self.noted()

    def add(self, session: Session) -> None:
        """Take a new session in, under the lock."""
        self.sessions[session.session_key] = session
        self.noted()

    def new_key(self, prefix: str = "SBX") -> str:
        """Give an unused key of PAVE's shape, under the lock."""
        while True:
            key = f"{prefix}-{''.join(secrets.choice(KEY_LETTERS) for _ in range(10))}"
            if key not in self.sessions:
                return key

    def later(self, seconds: float, work: Callable[[], object]) -> None:
        """Do something after a while, unless the sandbox closes first."""

        def wait() -> None:
            if not self.closing.wait(seconds):
                work()

        thread = threading.Thread(target=wait, name="sandbox-late", daemon=True)
        self._later.append(thread)
        thread.start()

    def reset(self, session: Session) -> None:
        """Bring a session back to how it was planted or made, under the lock."""
        origin = Session(**(session.origin or session.plain()))
        origin.keep_origin()
        origin.version = session.version + 1
        origin.updated_at = stamp(self.clock())
        self.sessions[session.session_key] = origin

    def reseed(self) -> None:
        """Forget every session and fault and plant the seeds anew; the journal goes on."""
        with self.lock:
            self.sessions.clear()
            self.faults.clear()
            self._plant()
            self.noted()

    def noted(self) -> None:
        """Have the state written soon, when it is kept at all."""
        if self._keeper:
            self._keeper.note()

    def plain(self) -> dict[str, Any]:
        """Give the state as plain JSON values, for the file."""
        with self.lock:
            return {
                "last_n": self.log.last_n,
                "switches": self.switches.plain(),
                "faults": self.faults.plain(),
                "sessions": [session.plain() for session in self.sessions.values()],
                "journal": self.log.tail(),
            }

    def close(self) -> None:
        """Interrupt every wait, end the late ones, write the file."""
        self.closing.set()
        for thread in self._later:
            thread.join()
        if self._keeper:
            self._keeper.close()
            self._keeper = None

    def _plant(self) -> None:
        for seed in seeds():
            self.sessions[seed.key] = seed.session(self.clock())

    def _restore(self, kept: dict[str, Any]) -> None:
        for name, position in kept["switches"].items():
            self.switches.turn(name, position)
        for fault in kept["faults"]:
            self.faults.restore(fault)
        self.sessions = {each["session_key"]: Session(**each) for each in kept["sessions"]}
        self.log = Journal(kept["journal"], kept["last_n"])
