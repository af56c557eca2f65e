"""Shape a frame like its dataset: columns, types, order of records."""

from __future__ import annotations

import polars as pl

from trialwright.vocabulary.adam import Dataset

_TYPES: dict[str, pl.DataType] = {
    "text": pl.String(),
    "integer": pl.Int64(),
    "float": pl.Float64(),
    "date": pl.Date(),
}


def shaped(frame: pl.DataFrame, dataset: Dataset) -> pl.DataFrame:
    """The frame with the columns of the dataset in order, typed, sorted by its key.

    Columns that the frame lacks are null; empty text is null, so that no file can tell them apart.
    """
    columns = []
    for variable in dataset.variables:
        kind = _TYPES[variable.kind]
        there = variable.name in frame.columns
        column = pl.col(variable.name) if there else pl.lit(None)
        column = column.cast(kind)
        if variable.kind == "text":
            column = pl.when(column != "").then(column)
        columns.append(column.alias(variable.name))
    return frame.select(columns).sort(dataset.keys, nulls_last=True)
