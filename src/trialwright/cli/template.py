"""The command `template`: the workbook of a protocol, empty or filled with data."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

import trialwright as tw
from trialwright.cli.options import Encoding, MappingFile, ProtocolFile

_ENDING = ".xlsx"


def template(
    protocol: ProtocolFile,
    out: Annotated[Path, typer.Option("--out", help="Workbook to write (.xlsx).")],
    data: Annotated[
        Path | None,
        typer.Option("--data", help="Delivered data to fill in: folder, zip, workbook."),
    ] = None,
    mapping: MappingFile = None,
    encoding: Encoding = "utf-8",
) -> None:
    """Make the workbook of a protocol: people fill it in, and `run --data` reads it."""
    settled = tw.read_protocol(protocol)
    if data is None:
        write_workbook(tw.workbook_bytes(settled), out)
        typer.echo(f"workbook for {settled.id} in {out}")
        return
    how = tw.HowToRead(encoding=encoding, mapping=mapping)
    filled = tw.filled_workbook(settled, tw.read_trial_data(data, settled, how))
    write_workbook(filled.content, out)
    for difference in filled.differences:
        typer.echo(f"not the same when read back: {difference}", err=True)
    if filled.completed:
        typer.echo(f"filled in from other columns: {'; '.join(filled.completed)}", err=True)
    same = "" if filled.differences else ", the same when read back"
    typer.echo(f"workbook for {settled.id} with {filled.subjects} subjects in {out}{same}")


def write_workbook(content: bytes, out: Path) -> None:
    """Write a workbook in one step; one that is there may be filled in and is never replaced.

    Raises
    ------
    OutputError
        The name has another ending, the file is there with other content, or the place cannot be
        written.
    """
    if out.suffix.lower() != _ENDING:
        raise tw.OutputError("A workbook needs its ending.", where=str(out), allowed=_ENDING,
                             do=f"name the file {out.stem}{_ENDING}")  # fmt: skip
    tw.write_once(content, out, "workbook")
