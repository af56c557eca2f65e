"""One Parquet file as a table of text."""

from __future__ import annotations

import io

import polars as pl

from trialwright.core.errors import DataError
from trialwright.core.tables import ROW, Origin
from trialwright.intake.cells import quoted
from trialwright.intake.files import DeliveredFile
from trialwright.intake.formats.numbers import number_texts
from trialwright.intake.formats.parquet_size import limit, refuse_large, too_large
from trialwright.intake.text_table import TextTable, text_table


def read_parquet(file: DeliveredFile) -> TextTable:
    """Read a Parquet file; every value becomes the text that a person would write.

    Numbers become their shortest decimal text, dates and times ISO 8601, booleans Y and N. `_ROW`
    is the number of the record, from 1.

    Raises
    ------
    DataError
        The file is damaged or too large, a column has a type that is no text, number, date or
        boolean, or a name twice.
    """
    refuse_large(file.content, file.name)
    try:
        lazy = pl.scan_parquet(io.BytesIO(file.content))
        schema = lazy.collect_schema()
        height = int(lazy.select(pl.len()).collect().item())
        _refuse_types(file.name, schema)
        _refuse_long(file, lazy, schema)
        frame = lazy.collect()
    except (pl.exceptions.PolarsError, OSError, ValueError, pl.exceptions.PanicException) as error:
        raise DataError(
            f"The file is no Parquet file, or is damaged: {str(error).splitlines()[0]}.",
            where=file.name,
            allowed="a whole Parquet file",
            do="export it again",
        ) from error
    columns = {name.strip().upper(): _text(frame[name]) for name in frame.columns}
    return text_table(columns, range(1, height + 1), Origin(file.name))


def _refuse_long(file: DeliveredFile, lazy: pl.LazyFrame, schema: pl.Schema) -> None:
    """One long text that a page names a million times is a million texts once it is cleaned."""
    texts = [name for name, kind in schema.items() if isinstance(kind, pl.String)]
    whole = sum(
        int(lazy.select(pl.col(name).str.len_bytes().sum()).collect().item()) for name in texts
    )
    if whole > limit(file.content):
        raise too_large(file.name, f"{len(file.content)} bytes become {whole}")


def _refuse_types(name: str, schema: pl.Schema) -> None:
    names = [column.strip().upper() for column in schema]
    doubled = sorted({one for one in names if names.count(one) > 1 or one in {"", ROW}})
    if doubled:
        raise DataError(
            f"Columns have no name, a reserved name, or stand twice: "
            f"{', '.join(quoted(one) for one in doubled)}.",
            where=name,
            allowed="each column once (upper and lower case are the same)",
            do="rename or remove one of them",
        )
    for column, kind in schema.items():
        if not _is_plain(kind):
            raise DataError(
                f"A column has a type that is no text, number, date or boolean: {kind}.",
                where=f"{name}, column {quoted(column)}",
                allowed="text, numbers, dates, times, booleans",
                do="export the column as text",
            )


def _is_plain(kind: pl.DataType) -> bool:
    texts = (pl.String, pl.Categorical, pl.Enum, pl.Boolean, pl.Null)
    return kind.is_numeric() or kind.is_temporal() or isinstance(kind, texts)


def _text(column: pl.Series) -> list[str | None] | pl.Series:
    kind = column.dtype
    if isinstance(kind, pl.String):
        return column
    if isinstance(kind, pl.Boolean):
        return column.replace_strict({True: "Y", False: "N"}, return_dtype=pl.String)
    if kind.is_float():
        return number_texts(column.to_list())
    if isinstance(kind, pl.Datetime):
        return column.dt.strftime("%Y-%m-%dT%H:%M:%S").str.strip_suffix("T00:00:00")
    return column.cast(pl.String)
