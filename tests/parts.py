"""List which tests run where; `make test` and `make proof` together run every test.

`make test`   every test on SQLite, and on PostgreSQL the rooms that know its dialect.
`make proof`  the long tests (marked `proof`) on both databases, and the other rooms on PostgreSQL.
"""

from dataclasses import dataclass

SQL_ROOMS = ("tests/audit", "tests/services")
"""Rooms that differ by database: SQL of our own, triggers, locks, transactions, and two writers."""

ONCE = ("tests/browser", "tests/pave")
"""Rooms that PostgreSQL could not change: `pave` has no database, and the browser sees pages whose
queries the other rooms try on both."""

SHORT, LONG = ("-m", "not proof"), ("-m", "proof")


@dataclass(frozen=True)
class Part:
    """One run of pytest: its name for people, its database, and what it selects."""

    name: str
    database: str
    arguments: tuple[str, ...]


TEST = (
    Part("SQLite", "sqlite", SHORT),
    Part("PostgreSQL", "postgres", (*SQL_ROOMS, *SHORT)),
)
PROOF = (
    Part("SQLite, long", "sqlite", LONG),
    Part("PostgreSQL, long", "postgres", LONG),
    Part(
        "PostgreSQL, rest",
        "postgres",
        (*(f"--ignore={room}" for room in SQL_ROOMS + ONCE), *SHORT),
    ),
)
TARGETS = {"test": (TEST, SHORT), "proof": (PROOF, LONG)}
NAMES = {"sqlite": "SQLite", "postgres": "PostgreSQL"}


def parts_of(target: str, *, only: str = "", keyword: str = "", database: str = "") -> list[Part]:
    """Give the parts of `test` or `proof`.

    A path (`only`, several with blanks between) or a keyword asks for a quick answer: one part,
    on SQLite unless `database` is "postgres". A database alone gives the target's parts on it.
    """
    whole, length = TARGETS[target]
    if not (only or keyword):
        return [part for part in whole if database in ("", part.database)]
    database = database or "sqlite"
    arguments = (*only.split(), *(("-k", keyword) if keyword else ()), *length)
    return [Part(NAMES[database], database, arguments)]
