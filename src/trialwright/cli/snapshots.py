"""`trialwright snapshot`: keep deliveries as numbered snapshots, and tell what changed."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

import trialwright as tw
from trialwright.cli.options import AsJson, Data, Encoding, MappingFile, ProtocolFile
from trialwright.cli.text import json_text, table_text
from trialwright.core.terminal import visible

snapshot_app = typer.Typer(
    name="snapshot",
    no_args_is_help=True,
    rich_markup_mode=None,
    help="Keep deliveries as numbered snapshots, and tell what a correction changed.",
)
Store = Annotated[Path, typer.Argument(help="Folder of the snapshots.")]


@snapshot_app.command()
def take(
    protocol: ProtocolFile,
    data: Data,
    store: Annotated[Path, typer.Option("--store", help="Folder of the snapshots.")],
    mapping: MappingFile = None,
    encoding: Encoding = "utf-8",
    note: Annotated[str, typer.Option("--note", help="What to say of this delivery.")] = "",
) -> None:
    """Keep a delivery as the next snapshot; nothing is written where nothing is new."""
    how = tw.HowToRead(encoding=encoding, mapping=mapping)
    taken = tw.take_snapshot(protocol, data, store, how, note)
    typer.echo(visible(taken.news(store)))


@snapshot_app.command("list")
def list_snapshots(store: Store) -> None:
    """List the snapshots of a store, once all of it is as it was written."""
    for one in tw.check_store(store):
        typer.echo(visible(one.line()))


@snapshot_app.command()
def check(store: Store) -> None:
    """Check every file and the chain of a store; note the hash of the last snapshot elsewhere."""
    found = tw.check_store(store)
    files = sum(len(one.files) + 1 for one in found)
    typer.echo(
        f"{len(found)} snapshot{'s' * (len(found) > 1)}, {files} files as written; "
        f"last: {found[-1].name}, {found[-1].digest}"
    )


@snapshot_app.command()
def diff(
    store: Store,
    before: Annotated[int, typer.Argument(min=1, help="Number of the earlier snapshot.")],
    after: Annotated[int, typer.Argument(min=1, help="Number of the later snapshot.")],
    protocol: Annotated[
        Path | None,
        typer.Option(help="Derive both with this protocol, not with that of the later."),
    ] = None,
    out: Annotated[Path | None, typer.Option("--out", help="Folder to write to.")] = None,
    as_json: AsJson = False,  # noqa: FBT002
) -> None:
    """Tell which patients, values and results differ between two snapshots, and why."""
    said, found = tw.diff_snapshots(store, (before, after), protocol)
    if as_json:
        typer.echo(json_text({"compared": said, **found.to_json()}, indent=1))
    else:
        typer.echo(visible(said))
        typer.echo(found.news())
    if out is not None:
        tw.write_files(found.files(said), out)
        typer.echo(f"page, lists and JSON in {out}", err=as_json)
    elif not as_json:
        for table in found.brief_tables():
            typer.echo("\n" + table_text(table, found.simulated), nl=False)
