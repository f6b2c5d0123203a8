"""Show the progress of long commands, and numbers with their nouns."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.core.management.base import OutputWrapper
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn


@contextmanager
def progress_bar(
    title: str, stream: OutputWrapper, total: int | None = None
) -> Iterator[Callable[[int], None]]:
    """Show a bar on stderr while the stream is a terminal, and give a function that advances it.

    ``total`` may be unknown.
    """
    columns = (TextColumn(title), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    console = Console(stderr=True)
    with Progress(*columns, console=console, transient=True, disable=not stream.isatty()) as bar:
        task = bar.add_task(title, total=total)
        yield lambda count: bar.advance(task, count)


def counted(count: int, one: str, many: str) -> str:
    """A number with its noun: ``1 entry``, ``2,048 entries``."""
    return f"{count:,} {one if count == 1 else many}"
