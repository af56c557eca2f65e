"""Arguments and options that several commands share, with the words of their help."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from trialwright.core.errors import OutputError

ProtocolFile = Annotated[Path, typer.Argument(help="Protocol file (YAML).")]
Data = Annotated[
    Path, typer.Argument(help="Delivered data: folder or zip of SDTM files, workbook, exports.")
]
Out = Annotated[Path, typer.Option("--out", help="Folder to write to.")]
Seed = Annotated[int, typer.Option(min=0, help="The same seed gives the same bytes.")]
MappingFile = Annotated[
    Path | None, typer.Option("--mapping", help="Which column is what (intake.yaml).")
]
Encoding = Annotated[
    str, typer.Option("--encoding", help="Of text files that are not UTF-8: gb18030, windows-1252.")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def require_apart(out: Path, data: Path) -> None:
    """Refuse an output folder that holds the data of the run.

    Raises
    ------
    OutputError
        The folder is that of the data, or one above it.
    """
    if out.resolve() in (data.resolve(), *data.resolve().parents):
        raise OutputError(
            "The output folder holds the data of this run, which it would replace.",
            where=f"--out {out}, data {data}",
            do="choose another output folder",
        )
