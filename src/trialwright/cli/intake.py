"""`trialwright intake`: files of any layout, previewed and read by a mapping."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

import trialwright as tw
from trialwright.cli.options import (
    AsJson,
    Data,
    Encoding,
    MappingFile,
    Out,
    ProtocolFile,
    require_apart,
)
from trialwright.cli.text import json_text

intake_app = typer.Typer(
    name="intake",
    no_args_is_help=True,
    rich_markup_mode=None,
    help="Read files of any layout: a mapping says which column is what.",
)


@intake_app.command()
def mapping(
    names: Annotated[
        list[str],
        typer.Argument(
            metavar="NAME...",
            help="lesions-by-visit, long-list or five-targets, with the patients; patients; "
            "adverse-events; labs.",
        ),
    ],
    protocol: Annotated[Path, typer.Option("--protocol", help="Protocol file (YAML).")],
    out: Annotated[Path, typer.Option("--out", help="Mapping to write (intake.yaml).")],
) -> None:
    """Write a ready mapping for the usual sheets, to be edited."""
    settled = tw.read_protocol(protocol)
    text = tw.ready_mapping(names, settled)
    tw.write_once(text.encode(), out, "mapping")
    typer.echo(f"mapping {', '.join(names)} for {settled.id} in {out}")


@intake_app.command()
def preview(
    mapping: Annotated[Path, typer.Argument(help="Which column is what (intake.yaml).")],
    data: Data,
    rows: Annotated[int, typer.Option(min=0, help="Rows of each table that are shown.")] = 5,
    as_json: AsJson = False,  # noqa: FBT002
) -> None:
    """Show what a mapping makes of the first rows, and everything that is refused."""
    found = tw.preview_mapping(*tw.mapping_and_files(mapping, data), rows)
    typer.echo(json_text(found.to_json(), indent=1) if as_json else found.text(), nl=as_json)


@intake_app.command()
def read(
    protocol: ProtocolFile,
    data: Data,
    out: Out,
    mapping: MappingFile = None,
    encoding: Encoding = "utf-8",
) -> None:
    """Write delivered data as SDTM, with the receipt of every row, term and value."""
    require_apart(out, data)
    settled = tw.read_protocol(protocol)
    delivery = tw.read_delivery(data, settled, tw.HowToRead(encoding=encoding, mapping=mapping))
    receipt = delivery.receipt
    written = {
        "receipt.json": json_text(receipt.to_json(), indent=1) + "\n",
        "receipt.txt": receipt.text(),
    }
    tw.write_files({**tw.sdtm_files(delivery.sdtm), **written}, out)
    rows, used = (sum(getattr(one, name) for one in receipt.tables) for name in ("rows", "used"))
    typer.echo(
        f"{delivery.sdtm.subjects} subjects, {len(delivery.sdtm)} datasets in {out}; {used} of "
        f"{rows} rows used, {sum(one.count for one in receipt.changed)} cells rewritten, "
        f"{len(receipt.notes)} notes in {out / 'receipt.txt'}"
    )
