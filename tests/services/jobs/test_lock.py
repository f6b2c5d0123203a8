"""Let one process at a time do a job."""

from datetime import timedelta

import pytest
import time_machine

from sessions_ui.models import JobLock
from sessions_ui.services.jobs.lock import POLL_SECONDS, JobLease

pytestmark = pytest.mark.django_db


@pytest.fixture
def clock():
    """Give a clock that does not move until it is shifted."""
    with time_machine.travel("2026-03-01T12:00:00Z", tick=False) as clock:
        yield clock


def test_one_process_holds_a_job_at_a_time(clock):
    first, second = JobLease("sweep", 60), JobLease("sweep", 60)
    assert first.take()
    assert not second.take()
    assert JobLease("another job", 60).take()


def test_a_lease_is_renewed_by_its_holder_and_taken_over_after_its_time(clock):
    first, second = JobLease("sweep", 60), JobLease("sweep", 60)
    first.take()
    clock.shift(timedelta(seconds=59))
    assert first.take()
    clock.shift(timedelta(seconds=59))
    assert not second.take()
    clock.shift(timedelta(seconds=1))
    assert second.take()
    assert not first.take()


def test_a_released_job_is_free_at_once(clock):
    first, second = JobLease("sweep", 60), JobLease("sweep", 60)
    first.take()
    second.release()
    assert not second.take(), "only the holder can release it"
    first.release()
    assert second.take()


def test_waiting_ends_when_the_job_becomes_free(clock):
    first, second = JobLease("sweep", 60), JobLease("sweep", 60)
    first.take()
    pauses = []

    def pause(seconds):
        pauses.append(seconds)
        if len(pauses) == 3:
            first.release()

    assert second.wait(30, pause)
    assert pauses == [POLL_SECONDS] * 3


def test_waiting_gives_up_after_its_time(clock):
    JobLease("sweep", 600).take()
    pauses = []
    assert not JobLease("sweep", 60).wait(5, pauses.append)
    assert sum(pauses) == 5
    assert JobLock.objects.count() == 1
