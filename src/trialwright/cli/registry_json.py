"""The command `registry-json`: a record in the registry's JSON form."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

import trialwright as tw
from trialwright.cli.usdm import write_text


def registry_json(
    record: Annotated[Path, typer.Argument(help="Registered record, in any layout.")],
    out: Annotated[Path, typer.Option("--out", help="JSON file to write.")],
    protocol: Annotated[
        Path | None, typer.Option(help="Add what this protocol file has settled (YAML).")
    ] = None,
) -> None:
    """Write a record as registry JSON (API version 2), with what a protocol has settled."""
    read = tw.read_record(record)
    outcomes = tw.draft_protocol(read).outcomes
    study, added = tw.study_of(read, outcomes, tw.read_protocol(protocol) if protocol else None)
    write_text(tw.study_text(study), out)
    more = f"; from the protocol: {', '.join(added)}" if added else ""
    typer.echo(f"{read.id}: registry JSON in {out}{more}")
