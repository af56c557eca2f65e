"""`trialwright amendment`: the words that would correct a registered record."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

import trialwright as tw
from trialwright.cli.text import json_text


def amendment(
    record: Annotated[Path, typer.Argument(help="Registered record (one file).")],
    protocol: Annotated[
        Path | None,
        typer.Option(help="Protocol file of this record: its decided values are used."),
    ] = None,
    out: Annotated[Path | None, typer.Option(help="File to write to (Markdown).")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,  # noqa: FBT002
) -> None:
    """Propose the words that correct the registered record, field by field."""
    draft = tw.draft_protocol(tw.read_record(record))
    settled = None if protocol is None else tw.read_protocol(protocol)
    if settled is not None and settled.record_sha256 not in {None, draft.record.sha256}:
        raise tw.RecordError(
            "The protocol was not drafted from this record.",
            where=f"{protocol}: record_sha256 {settled.record_sha256}; {record}: {draft.record.sha256}",
            allowed="the protocol file of the same record",
            do="draft the record again, or name its own protocol file",
        )
    found = tw.amend(draft, settled)
    blanks = sum(one.blanks for one in found)
    if as_json:
        typer.echo(json_text([one.to_json() for one in found], indent=1))
    text = tw.amendment_text(draft.record.id, found)
    if out is not None:
        tw.write_files({out.name: text}, out.parent)
        typer.echo(f"{len(found)} places to edit, {blanks} blanks, in {out}", err=as_json)
    elif not as_json:
        typer.echo(text, nl=False)
