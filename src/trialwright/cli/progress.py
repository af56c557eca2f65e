"""Progress on a terminal: a line that says what is being done; nothing when nobody watches."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from rich.console import Console
from rich.progress import track

Item = TypeVar("Item")


@contextmanager
def stages() -> Iterator[Callable[[str], None]]:
    """Show the stage that is named last, on standard error, while the block runs."""
    if not sys.stderr.isatty():
        yield _silent
        return
    with Console(stderr=True).status("starting") as status:
        yield status.update


def watched(items: list[Item], what: str) -> Iterable[Item]:
    """The items, with a progress bar on a terminal when there are many."""
    if len(items) < 20 or not sys.stderr.isatty():
        return items
    return track(items, what, console=Console(stderr=True))


def _silent(_: str) -> None:
    return
