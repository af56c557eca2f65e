"""The commands `usdm export`, `usdm import` and `usdm check`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

import trialwright as tw
from trialwright.cli.text import json_text
from trialwright.core.errors import OutputError
from trialwright.core.terminal import visible

if TYPE_CHECKING:
    from collections.abc import Sequence

    from trialwright.exchange.usdm.nodes import Problem

usdm_app = typer.Typer(
    name="usdm", no_args_is_help=True, help="Exchange protocols as USDM v4 JSON files."
)

_SHOWN = 50
File = Annotated[Path, typer.Argument(help="USDM file (JSON).")]


@usdm_app.command("export")
def export_(
    protocol: Annotated[Path, typer.Argument(help="Protocol file (YAML).")],
    out: Annotated[Path, typer.Option("--out", help="USDM file to write (JSON).")],
) -> None:
    """Write a protocol as a USDM v4 study, with its sources and rules as extension attributes."""
    read = tw.read_protocol(protocol)
    write_text(tw.usdm_text(read), out)
    typer.echo(f"{read.id}: USDM v4 study in {out}")


@usdm_app.command("import")
def import_(
    file: File,
    out: Annotated[Path, typer.Option("--out", help="Protocol file to write (YAML).")],
) -> None:
    """Read a USDM v4 study as a protocol; what is not read is listed."""
    imported = tw.read_usdm(file)
    write_text(tw.protocol_text(imported.protocol), out)
    for remark in imported.remarks:
        typer.echo(visible(f"not read: {remark}"), err=True)
    protocol = imported.protocol
    users = sum(source.kind == "user" for source in protocol.sources)
    typer.echo(
        f"{protocol.id}: {len(protocol.regimen)} components, {len(protocol.endpoints)} endpoints, "
        f"{users} values of a person, {len(imported.remarks)} remarks; protocol in {out}"
    )


@usdm_app.command()
def check(
    file: File,
    schema: Annotated[
        Path | None, typer.Option(help="Official OpenAPI document (USDM_API.json).")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,  # noqa: FBT002
) -> None:
    """Check a USDM v4 file against the official schema and our rules; status 1 when one fails."""
    found = tw.check_usdm(file, schema)
    if as_json:
        typer.echo(json_text(found.to_json(), indent=1))
    else:
        _list(found.problems)
        typer.echo(found.news())
    if found.problems:
        raise typer.Exit(1)


def _list(problems: Sequence[Problem]) -> None:
    for one in problems[:_SHOWN]:
        typer.echo(visible(f"{one.rule}  {one.place or 'the file'}: {one.message}"))
    if len(problems) > _SHOWN:
        typer.echo(f"and {len(problems) - _SHOWN} more")


def write_text(text: str, out: Path) -> None:
    """Write one file in one step, and never over a folder.

    Raises
    ------
    OutputError
        When the place cannot be written.
    """
    staged = out.with_name(f".{out.name}.trialwright")
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        staged.write_text(text, "utf-8", newline="")
        staged.replace(out)
    except OSError as error:
        staged.unlink(missing_ok=True)
        raise OutputError(
            f"The file cannot be written: {error.strerror or error}.",
            where=str(out),
            do="choose another file",
        ) from error
