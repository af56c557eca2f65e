"""One run of `trialwright draft`: what is printed, what is kept to be written, what is told."""

from __future__ import annotations

import gc
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import typer

import trialwright as tw
from trialwright.cli.progress import record_bar
from trialwright.core.terminal import shown, visible

if TYPE_CHECKING:
    from trialwright.core.results import Json
    from trialwright.registry.many import Drafted, Form, Made

#: Records whose news are told one by one, and ids that come twice that are named.
_FEW = 20


@dataclass(slots=True, kw_only=True)
class DraftRun:
    """One run over records.

    Lines and refusals are printed as they come and nothing of them is kept; protocols are kept,
    since a folder is written whole or not at all.
    """

    form: Form
    decided: Mapping[str, object]
    defaults: bool
    out: Path | None
    portfolio: Path | None
    records: int = 0
    refused: int = 0
    beside: int = 0
    counts: tuple[int, int, int] = (0, 0, 0)
    twice: int = 0
    named: list[str] = field(default_factory=list)
    kept: list[Drafted] = field(default_factory=list)

    def go(self, paths: list[Path], workers: int) -> None:
        """Draft every record, deliver what was ordered, tell what came of it.

        Raises
        ------
        RecordError
            There is no record at all, or several for one JSON object.
        OutputError
            Two records would be written to one file, or the folder cannot be written.
        """
        started = time.monotonic()
        order = tw.DraftOrder(
            form=self.form,
            decided=dict(self.decided),
            defaults=self.defaults,
            entry=self.portfolio is not None,
        )
        gc.freeze()  # what is loaded by now stays: no need to look through it again and again
        with ExitStack() as stack:
            table = stack.enter_context(_table(self.portfolio))
            bar = stack.enter_context(record_bar(paths))
            for size, made in tw.draft_many(paths, order, workers):
                for one in made:
                    told = self._take(one)
                    if isinstance(one, tw.Drafted) and one.entry is not None:
                        table(one.entry)
                    if told:
                        bar.say(told)
                bar.advance(size, len(made))
        if not self.records and not self.refused:
            raise tw.RecordError(
                "There is no record.",
                where=", ".join(shown(str(path)) for path in paths[:5]),
                allowed="plain text, JSON of API version 2, NDJSON, CSV export, or .zip of these",
                do="check the path",
            )
        self._deliver()
        self._summarise(time.monotonic() - started)

    def _take(self, made: Made) -> str:
        """Take note of what came of a record; what is to be told at once."""
        if isinstance(made, tw.RefusedRecord):
            self.refused += 1
            return str(made)
        if not isinstance(made, tw.Drafted):
            self.beside += 1
            return ""
        self.records += 1
        errors, warnings, notes = (a + b for a, b in zip(self.counts, made.counts, strict=True))
        self.counts = errors, warnings, notes
        if made.again:
            self._came_twice(made)
        if self.form == "line":
            sys.stdout.write(f"{made.text}\n")
        elif self.form != "table":
            self._keep(made)
        return ""

    def _came_twice(self, made: Drafted) -> None:
        if self.form == "protocol":
            raise tw.OutputError(
                f'Two records are called "{made.id}".',
                where=made.where,
                do="leave one of them out, or rename its file: its id names the protocol file",
            )
        self.twice += 1
        if len(self.named) <= _FEW and made.id not in self.named:
            self.named.append(made.id)

    def _keep(self, made: Drafted) -> None:
        if self.form == "json" and self.kept:
            raise tw.RecordError(
                "--json prints one record, and there are more.",
                where=made.where,
                do="use --ndjson for several",
            )
        self.kept.append(made)

    def _deliver(self) -> None:
        """Write or print what was kept."""
        if self.form == "json":
            for made in self.kept:
                typer.echo(made.text)
            return
        if not self.kept:
            return
        news = [made.news for made in self.kept] if len(self.kept) <= _FEW else []
        if self.out is None:
            typer.echo("\n".join(made.text for made in self.kept), nl=False)
        else:
            tw.write_files(dict(pair for made in self.kept for pair in _files(made)), self.out)
            several = "s" * (len(self.kept) > 1)
            news.append(
                f"{len(self.kept)} protocol{several} with findings in {shown(str(self.out))}"
            )
        for line in news:
            typer.echo(visible(line), err=self.out is None)

    def _summarise(self, seconds: float) -> None:
        if self.twice:
            names = ", ".join(self.named[:_FEW]) + ", ..." * (len(self.named) > _FEW)
            typer.echo(visible(f"ids that came again: {self.twice} ({names})"), err=True)
        if self.records + self.refused == 1 and not self.beside:
            return
        beside = f", {self.beside} other file{'s' * (self.beside > 1)}" * bool(self.beside)
        errors, warnings, notes = self.counts
        typer.echo(
            f"{self.records} records, {self.refused} refused{beside}; {seconds:.1f} s, "
            f"{self.records / max(seconds, 0.001):.0f} records/s; {errors} errors, "
            f"{warnings} warnings, {notes} notes",
            err=True,
        )


@contextmanager
def _table(path: Path | None) -> Iterator[Callable[[Mapping[str, Json]], None]]:
    """What takes the rows of each record into the portfolio; nothing when none is wanted."""
    if path is None:
        yield lambda _: None
        return
    with tw.PortfolioWriter(path) as writer:
        yield writer.add


def _files(made: Drafted) -> tuple[tuple[str, str], ...]:
    return (
        (f"{made.id}.yaml", made.text),
        (f"{made.id}.findings.txt", made.findings),
        (f"{made.id}.amendment.md", made.amendment),
    )
