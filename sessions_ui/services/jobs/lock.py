"""Let one process at a time do a job: a row in the database says which one, and until when."""

import secrets
import time
from collections.abc import Callable
from datetime import timedelta

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from sessions_ui.models import JobLock

POLL_SECONDS = 0.5


class JobLease:
    """A claim on a job for ``seconds`` at a time; to be renewed while the work goes on.

    Another process may take over once the time is up. Only time decides, never whether a process
    seems alive: it may be on another machine.
    """

    def __init__(self, name: str, seconds: float) -> None:
        self.name = name
        self._period = timedelta(seconds=seconds)
        self._holder = secrets.token_hex(16)

    def take(self) -> bool:
        """Claim or renew the lease; False while another process holds it."""
        now = timezone.now()
        with transaction.atomic():
            JobLock.objects.get_or_create(name=self.name, defaults={"holder": "", "until": now})
            available = JobLock.objects.filter(
                Q(until__lte=now) | Q(holder=self._holder), name=self.name
            )
            return bool(available.update(holder=self._holder, until=now + self._period))

    def wait(self, seconds: float, pause: Callable[[float], None] = time.sleep) -> bool:
        """Claim the lease, trying again for ``seconds``; False if it was never free."""
        for _ in range(max(1, round(seconds / POLL_SECONDS))):
            if self.take():
                return True
            pause(POLL_SECONDS)
        return self.take()

    def release(self) -> None:
        """End the lease before its time, if it is still held."""
        JobLock.objects.filter(name=self.name, holder=self._holder).update(until=timezone.now())
