"""Commands about protocol files: what differs between two of them, and for which patients."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

import trialwright as tw
from trialwright.cli.text import json_text, table_text

protocol_app = typer.Typer(no_args_is_help=True, rich_markup_mode=None, help="Compare protocols.")


@protocol_app.callback()
def _protocol() -> None:
    """Compare protocols."""


@protocol_app.command()
def diff(
    old: Annotated[Path, typer.Argument(help="Protocol file before the change.")],
    new: Annotated[Path, typer.Argument(help="Protocol file after the change.")],
    data: Annotated[
        Path | None, typer.Option("--data", help="Folder of SDTM files: which patients change.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,  # noqa: FBT002
) -> None:
    """Tell what changes between two protocols, for whom, and which results move."""
    before, after = tw.read_protocol(old), tw.read_protocol(new)
    found = tw.diff_protocols(before, after)
    impact = None
    if data is not None:
        deliveries = tw.read_trial_data(data, before), tw.read_trial_data(data, after)
        impact = tw.compare_results(before, after, deliveries)
    if as_json:
        said = found.to_json() | {"impact": impact.to_json() if impact else None}
        typer.echo(json_text(said, indent=1))
        return
    typer.echo(tw.diff_text(found), nl=False)
    for table in impact.tables() if impact else ():
        typer.echo("\n" + table_text(table, impact.simulated if impact else ""), nl=False)
