"""`trialwright export`: the datasets as others read them, with define.xml."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer

import trialwright as tw
from trialwright.cli.options import Data, Encoding, MappingFile, Out, ProtocolFile, require_apart


class DatasetFormat(StrEnum):
    """Formats of the datasets."""

    xpt = "xpt"
    json = "json"
    parquet = "parquet"
    csv = "csv"


class Standards(StrEnum):
    """Which datasets leave."""

    adam = "adam"
    sdtm = "sdtm"
    both = "both"


def export(
    protocol: ProtocolFile,
    data: Data,
    out: Out,
    formats: Annotated[
        list[DatasetFormat] | None,
        typer.Option("--format", help="May be repeated; xpt and json, with define.xml, if absent."),
    ] = None,
    what: Annotated[Standards, typer.Option(help="Datasets that leave.")] = Standards.adam,
    mapping: MappingFile = None,
    encoding: Encoding = "utf-8",
) -> None:
    """Write ADaM or SDTM as XPT, Dataset-JSON, Parquet or CSV, with define.xml."""
    require_apart(out, data)
    settled = tw.read_protocol(protocol)
    asked = formats or [DatasetFormat.xpt, DatasetFormat.json]
    sdtm = tw.read_trial_data(data, settled, tw.HowToRead(encoding=encoding, mapping=mapping))
    made = tw.export_datasets(settled, sdtm, [form.value for form in asked], what.value)
    tw.write_files(made.files, out)
    said = "; ".join(("", *made.notes))
    typer.echo(
        f"{made.datasets} datasets, {made.records} records, {len(made.files)} files in {out}{said}"
    )
