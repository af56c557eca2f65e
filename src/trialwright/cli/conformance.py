"""`trialwright conformance`: own checks of SDTM and ADaM datasets, whoever wrote them."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

import trialwright as tw
from trialwright.cli.text import json_text, table_text


class Standard(StrEnum):
    """Which datasets are checked."""

    sdtm = "sdtm"
    adam = "adam"


def conformance(
    data: Annotated[Path, typer.Argument(help="Datasets: a folder, a zip or one file.")],
    what: Annotated[Standard, typer.Option(help="Standard of the datasets.")] = Standard.sdtm,
    protocol: Annotated[
        Path | None, typer.Option(help="Protocol file, which says what has to be there.")
    ] = None,
    sdtm: Annotated[
        Path | None, typer.Option(help="SDTM datasets that ADaM records point to.")
    ] = None,
    encoding: Annotated[str, typer.Option(help="Of CSV and transport files.")] = "utf-8",
    out: Annotated[Path | None, typer.Option("--out", help="Folder to write to.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,  # noqa: FBT002
) -> None:
    """Check datasets against the vocabulary; ends with status 1 unless they are valid."""
    settled = tw.read_protocol(protocol) if protocol else None
    trial = tw.read_datasets(data, what.value, settled, sources=sdtm, encoding=encoding)
    found = tw.check_conformance(trial)
    if out is not None:
        tw.write_files(tw.conformance_files(found), out)
    if as_json:
        typer.echo(json_text(found.to_json(), indent=1))
    else:
        for table in tw.conformance_tables(found):
            typer.echo(table_text(table))
    typer.echo(tw.conformance_news(found), err=as_json)
    if found.verdict != "valid":
        raise typer.Exit(1)
