"""Store the sandbox's sessions, switches, faults and journal, safely for threads, and in a file."""

import secrets
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from sessions_ui.pave.sandbox.rules.switches import Switches
from sessions_ui.pave.sandbox.rules.update import UpdateResult, update
from sessions_ui.pave.sandbox.session import Session, timestamp

from .faults import Fault, Faults
from .journal import Journal
from .seed_sessions import seeds
from .state_file import StateWriter, read_state

KEY_LETTERS: Final = "ABCDEFGHJKMNPQRSTVWXYZ0123456789"


class UnknownSession(LookupError):
    """There is no session with this key."""


class Store:
    """The state that the server works on.

    The caller of a method marked "under the lock" must hold `lock`.
    """

    def __init__(
        self,
        *,
        path: Path | None = None,
        seed: bool = True,
        mode: str | None = None,
        clock: Callable[[], datetime] | None = None,
    ) -> None:
        """Read the state saved at `path`, or plant the seeds. Raises StateFileError."""
        self.lock = threading.RLock()
        self.closing = threading.Event()
        self.clock = clock or (lambda: datetime.now(UTC))
        self.sessions: dict[str, Session] = {}
        self.switches = Switches()
        self.faults = Faults()
        self.log = Journal()
        self._late_threads: list[threading.Thread] = []
        saved = read_state(path) if path else None
        if saved:
            self._restore(saved)
        elif seed:
            self._plant()
        if mode:
            self.switches.turn("mode", mode)
        self._writer = StateWriter(path, self.as_dict) if path else None
        self.save_soon()

    def find(self, key: str) -> Session:
        """Return the live session, under the lock. Raises UnknownSession."""
        if key not in self.sessions:
            raise UnknownSession(key)
        return self.sessions[key]

    def put(
        self, key: str, body: dict[str, Any], request_id: str, fault: Fault | None
    ) -> UpdateResult:
        """Apply or refuse one PUT, and journal it. Raises UnknownSession."""
        with self.lock:
            session = self.find(key)
            before = session.version
            distort = fault.distort if fault else None
            result = update(session, body, self.switches, self.clock(), distort)
            self.record("PUT", session, body, before, request_id, fault, result)
            return result

    def record(
        self,
        method: str,
        session: Session,
        payload: Any,
        before: int,
        request_id: str = "",
        fault: Fault | None = None,
        result: UpdateResult | None = None,
    ) -> None:
        """Journal one change that was made or refused, under the lock."""
        result = result or UpdateResult(applied=True)
        self.log.add(
            "application",
            method=method,
            session_key=session.session_key,
            request_id=request_id,
            payload=payload,
            fault=fault.kind if fault else "",
            applied=result.applied,
            changed=result.changed,
            refused=result.refused,
            version_before=before,
            version_after=session.version,
            values=dict(session.fields),
            status=session.status,
        )
        self.save_soon()

    def add(self, session: Session) -> None:
        """Add a new session, under the lock."""
        self.sessions[session.session_key] = session
        self.save_soon()

    def new_key(self, prefix: str = "SBX") -> str:
        """Return an unused key of PAVE's shape, under the lock."""
        while True:
            key = f"{prefix}-{''.join(secrets.choice(KEY_LETTERS) for _ in range(10))}"
            if key not in self.sessions:
                return key

    def run_later(self, seconds: float, work: Callable[[], object]) -> None:
        """Call `work` after some seconds, unless the sandbox closes first."""

        def wait() -> None:
            if not self.closing.wait(seconds):
                work()

        thread = threading.Thread(target=wait, name="sandbox-late", daemon=True)
        self._late_threads.append(thread)
        thread.start()

    def reset(self, session: Session) -> None:
        """Restore a session to its state when it was planted or created, under the lock."""
        origin = Session(**(session.origin or session.as_dict()))
        origin.keep_origin()
        origin.version = session.version + 1
        origin.updated_at = timestamp(self.clock())
        self.sessions[session.session_key] = origin

    def reseed(self) -> None:
        """Drop every session and fault and plant the seeds again; the journal continues."""
        with self.lock:
            self.sessions.clear()
            self.faults.clear()
            self._plant()
            self.save_soon()

    def save_soon(self) -> None:
        """Have the state written shortly, if it has a file."""
        if self._writer:
            self._writer.save_soon()

    def as_dict(self) -> dict[str, Any]:
        """Return the state as plain JSON values, for the file."""
        with self.lock:
            return {
                "last_n": self.log.last_n,
                "switches": self.switches.as_dict(),
                "faults": self.faults.as_list(),
                "sessions": [session.as_dict() for session in self.sessions.values()],
                "journal": self.log.tail(),
            }

    def close(self) -> None:
        """Interrupt every wait, join the late threads and write the file."""
        self.closing.set()
        for thread in self._late_threads:
            thread.join()
        if self._writer:
            self._writer.close()
            self._writer = None

    def _plant(self) -> None:
        for seed in seeds():
            self.sessions[seed.key] = seed.build(self.clock())

    def _restore(self, saved: dict[str, Any]) -> None:
        for name, position in saved["switches"].items():
            self.switches.turn(name, position)
        for fault in saved["faults"]:
            self.faults.restore(fault)
        self.sessions = {values["session_key"]: Session(**values) for values in saved["sessions"]}
        self.log = Journal(saved["journal"], saved["last_n"])
