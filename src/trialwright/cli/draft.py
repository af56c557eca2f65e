"""`trialwright draft`: records, one or a whole registry of them, as protocols with what is open."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

import trialwright as tw
from trialwright.cli.draft_run import DraftRun

if TYPE_CHECKING:
    from trialwright.registry.many import Form


def draft(
    records: Annotated[
        list[Path],
        typer.Argument(
            metavar="RECORD...",
            help="Registered records: plain text, JSON of API version 2, NDJSON, CSV export, "
            ".zip archives and folders of these.",
        ),
    ],
    out: Annotated[Path | None, typer.Option("--out", help="Folder for protocol files.")] = None,
    settings: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="PATH=VALUE", help="Decide a value of the protocol."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,  # noqa: FBT002
    ndjson: Annotated[bool, typer.Option("--ndjson", help="Print one object a line.")] = False,  # noqa: FBT002
    accept_defaults: Annotated[  # noqa: FBT002
        bool, typer.Option("--accept-defaults", help="Settle every proposal as a default.")
    ] = False,
    portfolio: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Write a table, a row a record (.csv or .parquet)."),
    ] = None,
    workers: Annotated[
        int | None, typer.Option(min=1, help="Processes; by default one for each processor.")
    ] = None,
) -> None:
    """Read records as protocols, with the source of each value and what is open."""
    if (as_json or ndjson) and (out or settings or accept_defaults):
        raise typer.BadParameter("--json and --ndjson print what the record says: no other option")
    if as_json and (ndjson or len(records) > 1):
        raise typer.BadParameter("--json prints one record: use --ndjson for several")
    form: Form = "line" if ndjson else "json" if as_json else "protocol"
    if portfolio is not None and form == "protocol" and out is None:
        form = "table"
    run = DraftRun(
        form=form,
        decided=tw.parse_settings(settings or ()),
        defaults=accept_defaults,
        out=out,
        portfolio=portfolio,
    )
    run.go(records, workers or _processors())
    if run.refused:
        raise typer.Exit(1)


def _processors() -> int:
    """Processors that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
