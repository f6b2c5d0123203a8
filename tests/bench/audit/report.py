"""The figures as tables: medians and p95, how they stand to the floor, and to the targets."""

import os
import platform
import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass

PEERS = ("floor", "LogEntry", "simple-history", "auditlog")
READ = {"postgresql": 1.5, "sqlite": 0.3}
FOUND = {"postgresql": 1.0, "sqlite": 0.3}


@dataclass(frozen=True)
class Line:
    """A measure, its target by engine (None: only reported), and the ``value`` compared with it."""

    measure: str
    words: str
    target: dict[str, float] | float | None = None
    value: str = "ms"

    def goal(self, engine):
        return self.target[engine] if isinstance(self.target, dict) else self.target


LINES = (
    Line("intent", "intent, one commit, x floor", 1.5, "x"),
    Line("a whole edit", "whole edit, three commits, x floor", 5.0, "x"),
    Line("commit 1 of 3: intent, Edit row", "… 1: intent and its `Edit` row"),
    Line("commit 2 of 3: sent", "… 2: sent"),
    Line("commit 3 of 3: outcome", "… 3: outcome"),
    Line("latest 50", "latest 50", READ),
    Line("by person, busy", "by a busy person", READ),
    Line("by person, rare", "by a rare person", READ),
    Line("page 1000", "page 1000, by key", READ),
    Line("last page", "last page, by key", READ),
    Line("of one session", "of one session", READ),
    Line("outcome, common", "outcome, common", READ),
    Line("outcome, rare", "outcome, rare", READ),
    Line("reason, common", "reason, common", READ),
    Line("reason, rare", "reason, rare", READ),
    Line("status, common", "status, common", READ),
    Line("status, rare", "status, rare", READ),
    Line("field", "field", READ),
    Line("refusals", "refusals only", READ),
    Line("person and outcome", "person and outcome", READ),
    Line("set to, rare", "who set F to V, rare", FOUND),
    Line("set to, common", "who set F to V, common", FOUND),
    Line("set to, any field", "who set any field to V", FOUND),
    Line("set to, beginning", "by the beginning of a value", FOUND),
    Line("capped count: latest 50", "capped count of 30 days", 3.0),
    Line("capped count: outcome, common", "capped count, common outcome", 3.0),
    Line("page: latest, outside the database", "page of 50: our own time", 15.0),
    Line("page: latest", "page of 50: all of it"),
    Line("page: latest, queries on the audit", "page of 50: statements on the audit", 6, "n"),
    Line("page: latest, queries", "page of 50: all, with log-in, rights, frame", None, "n"),
    Line("page: by person, outside the database", "page by person: our own time", 15.0),
    Line("a seal of 1,000", "a seal of 1,000 rows", 15.0),
)


def report_of(found, seconds):
    """All databases of a run as Markdown."""
    head = (
        f"{time.strftime('%Y-%m-%d')}, {os.cpu_count()} cores, {platform.machine()}, Python"
        f" {platform.python_version()}, {seconds / 60:.0f} minutes,"
        f" load {os.getloadavg()[0]:.1f} at the end. `python {' '.join(sys.orig_argv[1:])}`\n"
    )
    engines = dict.fromkeys(one.engine for one in found)
    parts = [
        head,
        *(_engine(name, [one for one in found if one.engine == name]) for name in engines),
    ]
    return "\n".join(parts)


def _engine(name, found):
    sizes = [f"{one.size:,}" for one in found]
    heads = ["ms, p50 / p95 (x floor)", *(f"ours at {size}" for size in sizes)]
    heads += ["grows x"] * (len(found) > 1) + list(PEERS) + ["target", ""]
    rows = [_line(line, name, found) for line in LINES]
    table = _table(heads, [row for row in rows if row])
    return f"## {name}\n\n{table}\n\n{_table(['', *sizes, 'target', ''], _once(found))}\n"


def _line(line, engine, found):
    ours = [one.samples.get((line.measure, "ours")) for one in found]
    if not all(ours):
        return None
    last = found[-1]
    cells = [_cell(line, one, samples) for one, samples in zip(found, ours, strict=True)]
    if len(found) > 1:
        cells.append(f"{_median(ours[-1]) / _median(ours[0]):.2f}" if line.value == "ms" else "")
    for peer in PEERS:
        theirs = last.samples.get((line.measure, peer))
        cells.append(f"{_median(theirs) * 1e3:.2f}" if theirs else "")
    goal = line.goal(engine)
    return [line.words, *cells, f"{goal:g}" if goal else "", _verdict(line, last, goal)]


def _cell(line, one, samples):
    if line.value == "n":
        return f"{max(samples):.0f}"
    text = f"{_median(samples) * 1e3:.2f} / {_p95(samples) * 1e3:.2f}"
    times = _times(line, one)
    return f"{text} ({times:.1f}x)" if times else text


def _times(line, one):
    floor = one.samples.get((line.measure, "floor"))
    return _median(one.samples[line.measure, "ours"]) / _median(floor) if floor else None


def _verdict(line, one, goal):
    if not goal:
        return ""
    samples = one.samples[line.measure, "ours"]
    value = {
        "x": lambda: _times(line, one),
        "ms": lambda: _median(samples) * 1e3,
        "n": lambda: max(samples),
    }[line.value]()
    return judged(value, goal)


def judged(value, goal, more=False):
    """Whether a target is met, or by how much it is missed."""
    over = goal / value if more else value / goal
    return "met" if over <= 1 else f"missed, {over:.1f}x"


def _once(found):
    """What was done once over the whole: a row of words, one cell per size, target and verdict."""
    rate = lambda facts: facts["lines"] / facts["s"]  # noqa: E731
    proved = lambda facts: facts["rows"] / facts["s"]  # noqa: E731
    pairs = max(one.facts.get("writers", {}).get("pairs", 0) for one in found)
    rows = [
        _row("export csv: lines/s", found, lambda f: rate(f["csv"]), 100_000, more=True),
        _row("export csv: memory, MB", found, lambda f: f["csv"]["grown_mb"], 10),
        _row("export jsonl: lines/s", found, lambda f: rate(f["jsonl"]), 100_000, more=True),
        _row("export jsonl: changed fields/s, a line each in CSV", found,
             lambda f: f["jsonl"]["fields"] / f["jsonl"]["s"]),
        _row("export jsonl: memory, MB", found, lambda f: f["jsonl"]["grown_mb"], 10),
        *(
            _row(f"export of {name}: rows/s", found, lambda f, n=name: rate(f[f"export {n}"]))
            for name in PEERS
        ),
        _row("verify, as audit_verify does it: rows/s", found,
             lambda f: proved(f["verify as configured"]), 90_000, more=True),
        _row("verify, as audit_verify does it: processes", found,
             lambda f: f["verify as configured"]["processes"]),
        _row("verify, one process: rows/s", found, lambda f: proved(f["verify"]), 90_000,
             more=True),
        _row("verify, one process: memory, MB", found, lambda f: f["verify"]["grown_mb"]),
        *(
            _row(f"4 writers, {name}: edits/s", found, lambda f, n=name: f["writers"][n])
            for name in ("floor", "ours", "ours, no hash", "simple-history", "auditlog")
        ),
        _row("4 writers, ours to floor", found,
             lambda f: f["writers"]["ours"] / f["writers"]["floor"], 0.4, more=True),
        _row(f"tamper evidence, % of edits/s, median of {pairs} pairs", found,
             lambda f: 100 * (1 - f["writers"]["kept"]), 10),
        *(
            _row(f"bytes a change, {name}", found, lambda f, n=name: f["bytes"][n] / f["size"])
            for name in ("ours", "audit_entry", "audit_value", "audit_token", "sessions_ui_edit",
                         *PEERS)
        ),
    ]  # fmt: skip
    return [row for row in rows if row]


def _row(words, found, value: Callable, goal=None, more=False):
    cells, verdict = [], ""
    for one in found:
        try:
            number = value({**one.facts, "size": one.size})
        except KeyError:
            cells.append("")
            continue
        whole = abs(number) >= 20 or isinstance(number, int)
        cells.append(f"{number:,.0f}" if whole else f"{number:.2f}")
        verdict = judged(max(number, 1e-9), goal, more) if goal else ""
    return [words, *cells, f"{goal:,}" if goal else "", verdict] if any(cells) else None


def _table(heads, rows):
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _median(samples):
    return statistics.median(samples)


def _p95(samples):
    return sorted(samples)[min(len(samples) - 1, int(len(samples) * 0.95))]
