"""One at a time, without a broker: a row in the database says who may work and until when."""

import secrets
import time
from collections.abc import Callable
from datetime import timedelta

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from sessions_ui.models import JobLock

POLL = 0.5


class JobLease:
    """A claim on a job, for ``seconds`` at a time; renewed while the work goes on.

    A holder that dies is succeeded when its time is over: judged by time only, never by whether
    a process seems alive.
    """

    def __init__(self, name: str, seconds: float) -> None:
        self.name, self._for = name, timedelta(seconds=seconds)
        self._holder = secrets.token_hex(16)

    def take(self) -> bool:
        """Claim or renew; False while somebody else holds it."""
        now = timezone.now()
        with transaction.atomic():
            JobLock.objects.get_or_create(name=self.name, defaults={"holder": "", "until": now})
            free = JobLock.objects.filter(
                Q(until__lte=now) | Q(holder=self._holder), name=self.name
            )
            return bool(free.update(holder=self._holder, until=now + self._for))

    def wait(self, seconds: float, pause: Callable[[float], None] = time.sleep) -> bool:
        """Claim, trying again for ``seconds``; False when it stayed taken."""
        for _ in range(max(1, round(seconds / POLL))):
            if self.take():
                return True
            pause(POLL)
        return self.take()

    def release(self) -> None:
        """Let the next one in."""
        JobLock.objects.filter(name=self.name, holder=self._holder).update(until=timezone.now())
