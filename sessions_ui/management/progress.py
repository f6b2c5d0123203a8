"""What long commands say: a line that counts while they work, where somebody watches, and sums."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.core.management.base import OutputWrapper
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn


@contextmanager
def counting(
    title: str, stream: OutputWrapper, total: int | None = None
) -> Iterator[Callable[[int], None]]:
    """Give a function that is told how many more are done. ``total`` may be unknown."""
    watched = stream.isatty()
    columns = (TextColumn(title), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    console = Console(stderr=True)
    with Progress(*columns, console=console, transient=True, disable=not watched) as bar:
        task = bar.add_task(title, total=total)
        yield lambda count: bar.advance(task, count)


def counted(count: int, one: str, many: str) -> str:
    """A number with its noun: ``1 entry``, ``2,048 entries``."""
    return f"{count:,} {one if count == 1 else many}"
