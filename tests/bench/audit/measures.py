"""One database, measured slice by slice: every measure takes its contenders in turn, so that other
load on the machine hits all alike."""

import time
from collections import defaultdict
from time import perf_counter

from django.conf import settings
from django.contrib.auth.models import User
from django.db import connection, transaction
from django.test import Client

from sessions_ui.audit.integrity.sealing import seal_entries
from sessions_ui.audit.log.record import record_access
from sessions_ui.domain.actor import SYSTEM

from . import loading
from .asking import ALL, Asked, questions, record_statements
from .desk import Bare, Desk, forget_bare, new_facts
from .facts import BUSY
from .peers import peers

SLOW = 1.0
"""Seconds after which an answer is not asked for again in the same slice."""
PAGES = {"latest": ALL, "by person": ALL | {"actor": str(BUSY)}}
COMMITS = ("commit 1 of 3: intent, Edit row", "commit 2 of 3: sent", "commit 3 of 3: outcome")


class Measures:
    """The contenders over one loaded database. Samples are seconds by (measure, contender)."""

    def __init__(self, size, pace):
        self.size, self.pace = size, pace
        self.others = peers()
        self.samples = defaultdict(list)
        self._facts = new_facts(size)
        self._asked = {}
        self._slow = set()

    def ready(self):
        """Log in, and ask everything once."""
        self._asked = {one.name: (one, Asked(one)) for one in questions()}
        self._browser = Client()
        self._browser.force_login(User.objects.get(pk=loading.CAROL))
        self._admin = Client()
        self._admin.force_login(User.objects.get(pk=loading.PEER))
        for _ in range(5):
            self._browser.get("/audit/")

    def slice(self):
        """Everything a few times; gives the samples of this slice."""
        self.samples = defaultdict(list)
        self._writes()
        self._reads()
        self._pages()
        self._seal()
        return dict(self.samples)

    def _time(self, measure, contender, function, times):
        if (measure, contender) in self._slow:
            times = 1
        for _ in range(times):
            began = perf_counter()
            function()
            took = perf_counter() - began
            self.samples[measure, contender].append(took)
            if took > SLOW:
                self._slow.add((measure, contender))
                return

    def _writes(self):
        desk, floor = Desk(), self.others[0]
        for _ in range(4):  # small slices: a commit is what other load disturbs most
            times = max(self.pace.writes // 4, 1)
            for one in (floor, desk, Bare(), *self.others[1:]):
                with one.around():
                    for _ in range(times):
                        self._edit(one)
            for _ in range(times):
                fact = next(self._facts)
                self._time("intent", "floor", lambda fact=fact: floor.write(fact), 1)
                fact = next(self._facts)
                self._time("intent", "ours", lambda fact=fact: desk.intent(fact), 1)

        forget_bare()

    def _edit(self, one):
        fact = next(self._facts)
        began = perf_counter()
        steps = one.write(fact)
        self.samples["a whole edit", one.name].append(perf_counter() - began)
        for name, took in zip(COMMITS, steps or (), strict=False):
            self.samples[name, one.name].append(took)

    def _reads(self):
        connection.ensure_connection()
        times = self.pace.reads
        for name, (question, asked) in self._asked.items():
            self._time(name, "ours", asked.in_database, times)
            self._time(name, "ours, whole", asked.whole, times)
            for one in self.others:
                method = getattr(one, question.asked[0], None) if question.asked else None
                if method and one.name != "plain save":
                    self._time(name, one.name, lambda m=method, q=question: m(*q.asked[1:]), times)
        for name in ("latest 50", "outcome, common"):
            self._time(f"capped count: {name}", "ours", self._asked[name][1].count, times)

    def _pages(self):
        for number in range(self.pace.pages):
            for name, params in PAGES.items():
                self._page(f"page: {name}", params)
            for one in self.others:
                url = getattr(one, "url", None)
                slow = ("page: latest", one.name) in self._slow
                if url and one.name != "plain save" and not (slow and number):
                    self._time("page: latest", one.name, lambda u=url: self._shown(u), 1)

    def _shown(self, url):
        answer = self._admin.get(url)
        if answer.status_code != 200:
            raise RuntimeError(f"{url} answered {answer.status_code}.")

    def _page(self, measure, params):
        with record_statements([]) as statements:
            began = perf_counter()
            answer = self._browser.get("/audit/", params)
            took = perf_counter() - began
        if answer.status_code != 200 or answer.content.count(b"data-entry-id") < min(50, self.size):
            raise RuntimeError("The page of the audit does not show 50 entries.")
        self.samples[measure, "ours"].append(took)
        self.samples[f"{measure}, outside the database", "ours"].append(
            took - sum(seconds for *_, seconds in statements)
        )
        self.samples[f"{measure}, queries", "ours"].append(len(statements))
        own = [sql for sql, *_ in statements if " audit_" in sql or '"audit_' in sql]
        self.samples[f"{measure}, queries on the audit", "ours"].append(len(own))

    def _seal(self):
        seal_entries(key=settings.AUDIT_SEAL_KEY)
        with transaction.atomic():
            for number in range(1000):
                record_access(actor=SYSTEM, action="audit.search", detail={"count": str(number)})
        self._time("a seal of 1,000", "ours", lambda: seal_entries(key=settings.AUDIT_SEAL_KEY), 1)

    def write_for(self, name, seconds, start, writer, writers):
        """Whole edits as fast as they go, from ``start`` on; gives how many a second."""
        one = next(one for one in (Desk(), Bare(), *self.others) if one.name == name)
        facts = new_facts(self.size, writer, writers)
        one.write(next(facts))
        time.sleep(max(0, start - time.time()))
        count, began, took = 0, perf_counter(), 0.0
        with one.around():
            while took < seconds:
                one.write(next(facts))
                count, took = count + 1, perf_counter() - began
        return count / took

    def forget(self):
        """Take away what the writers wrote without evidence."""
        forget_bare()
