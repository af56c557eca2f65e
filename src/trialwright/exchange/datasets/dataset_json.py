"""A dataset as CDISC Dataset-JSON 1.1."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import date

import polars as pl

from trialwright._version import __version__
from trialwright.core.results import Json
from trialwright.exchange.datasets.model import DATE_FORMAT, Item, ItemGroup
from trialwright.exchange.datasets.oids import group_oid, item_oid, study_oid, version_oid

VERSION = "1.1.0"
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_TIME = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2})?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """What a file says of where it comes from: the study, and the day of the data cut-off."""

    study: str
    made: date


def dataset_json(group: ItemGroup, origin: Origin) -> str:
    """Write a dataset as Dataset-JSON: metadata first, then one record a line.

    Numeric dates are ISO 8601 texts with the target type integer (days from 1960-01-01 by DATE9.);
    a missing number is null, a missing text is "".

    Source: CDISC Dataset-JSON 1.1, section "Dataset-JSON file structure".
    """
    head: dict[str, Json] = {
        "datasetJSONCreationDateTime": f"{origin.made.isoformat()}T00:00:00",
        "datasetJSONVersion": VERSION,
        "fileOID": f"{study_oid(origin.study)}.{group.standard}.{group.name}",
        "sourceSystem": {"name": "trialwright", "version": __version__},
        "studyOID": study_oid(origin.study),
        "metaDataVersionOID": version_oid(origin.study, group.standard),
        "metaDataRef": "define.xml",
        "itemGroupOID": group_oid(group.name),
        "records": group.frame.height,
        "name": group.name,
        "label": group.label,
        "columns": [_column(group, item) for item in group.items],
    }
    rows = ",\n".join(json.dumps(row, ensure_ascii=False, allow_nan=False) for row in _rows(group))
    told = json.dumps(head, ensure_ascii=False, indent=1, allow_nan=False)
    return f'{told[:-2]},\n "rows": [\n{rows}\n ]\n}}\n'


def text_type(column: pl.Series) -> str:
    """Type of a column of ISO 8601 texts: date or datetime if all are complete, else string."""
    values = column.drop_nulls().to_list()
    if values and all(_DAY.fullmatch(value) for value in values):
        return "date"
    return "datetime" if values and all(_TIME.fullmatch(value) for value in values) else "string"


def _column(group: ItemGroup, item: Item) -> dict[str, Json]:
    types = {"integer": "integer", "float": "double", "date": "date", "text": "string"}
    kind = text_type(group.frame[item.name]) if item.kind == "iso" else types[item.kind]
    column: dict[str, Json] = {
        "itemOID": item_oid(group.name, item.name), "name": item.name, "label": item.label,
        "dataType": kind,
    }  # fmt: skip
    if item.kind == "date":
        column |= {"targetDataType": "integer", "displayFormat": DATE_FORMAT}
    if item.is_text:
        column["length"] = group.length(item)
    if item.key:
        column["keySequence"] = item.key
    return column


def _rows(group: ItemGroup) -> list[tuple[Json, ...]]:
    texts = [item.name for item in group.items if item.is_text]
    dates = [item.name for item in group.items if item.kind == "date"]
    return group.frame.with_columns(
        pl.col(texts).fill_null(""), pl.col(dates).dt.to_string("%Y-%m-%d")
    ).rows()
