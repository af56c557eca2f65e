"""Progress on a terminal: what is being done and how far; nothing when nobody watches."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn


@contextmanager
def stages() -> Iterator[Callable[[str], None]]:
    """Show the stage that is named last, on standard error, while the block runs."""
    if not sys.stderr.isatty():
        yield _silent
        return
    with Console(stderr=True).status("starting") as status:
        yield status.update


@dataclass(frozen=True, slots=True)
class RecordBar:
    """A bar over records: how far in the files, and lines that are told above it.

    `advance(size, records)` counts bytes of the files and records; `say(text)` tells a line.
    """

    advance: Callable[[int, int], None]
    say: Callable[[str], None]


@contextmanager
def record_bar(paths: Iterable[Path]) -> Iterator[RecordBar]:
    """A bar on standard error while records are read; on no terminal, lines are only told."""
    if not sys.stderr.isatty():
        yield RecordBar(lambda _size, _records: None, lambda text: typer.echo(text, err=True))
        return
    columns = (
        BarColumn(), TaskProgressColumn(), TextColumn("{task.fields[records]:,} records"),
        TimeRemainingColumn(),
    )  # fmt: skip
    console = Console(stderr=True)
    with Progress(*columns, console=console, transient=True) as progress:
        task = progress.add_task("", total=sum(map(_size, paths)), records=0)
        count = 0

        def advance(size: int, records: int) -> None:
            nonlocal count
            count += records
            progress.update(task, advance=size, records=count)

        yield RecordBar(advance, lambda text: console.print(text, markup=False, highlight=False))


@contextmanager
def trial_bar() -> Iterator[Callable[[int, int], None]]:
    """A bar over trials on standard error, told how many are done of how many."""
    if not sys.stderr.isatty():
        yield _untold
        return
    columns = (
        BarColumn(), TaskProgressColumn(), TextColumn("{task.completed:,.0f} trials"),
        TimeRemainingColumn(),
    )  # fmt: skip
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("", total=None)
        yield lambda done, every: progress.update(task, completed=done, total=every)


def _size(path: Path) -> int:
    """Bytes of a file or of all files of a folder; 0 for what cannot be read."""
    try:
        inner = [Path(at) / name for at, _, names in os.walk(path) for name in names]
        return sum(one.stat().st_size for one in inner or [path] if one.is_file())
    except (OSError, ValueError):
        return 0


def _silent(_: str) -> None:
    return


def _untold(_done: int, _every: int) -> None:
    return
