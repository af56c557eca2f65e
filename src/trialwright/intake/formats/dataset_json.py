"""CDISC Dataset-JSON 1.1 files, as one object or by lines, as a table of text."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from trialwright.core.errors import DataError
from trialwright.core.results import Json
from trialwright.core.tables import ROW, Origin
from trialwright.intake.cells import listed, quoted
from trialwright.intake.files import DeliveredFile
from trialwright.intake.formats.numbers import number_text
from trialwright.intake.text_table import TextTable, text_table

_VERSIONS = ("1.0", "1.1")
#: Bytes at either end of a file in which its metadata are looked for.
_HEAD = 1 << 16


def read_dataset_json(file: DeliveredFile) -> tuple[str, TextTable]:
    """Read a Dataset-JSON file (`.json`, or `.ndjson` with the metadata on the first line).

    Returns
    -------
    tuple
        Name of the dataset, and the table; `_ROW` is the number of the record, from 1.

    Raises
    ------
    DataError
        The file is no JSON, no Dataset-JSON of version 1.0 or 1.1, has rows of another length than
        its columns, another number of rows than it says, or values that are no text, number or
        boolean.

    References
    ----------
    CDISC Dataset-JSON 1.1 specification.
    """
    try:
        text = file.content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise _refusal(file, f"it is not UTF-8 at byte {error.start + 1}") from error
    lines = file.suffix == ".ndjson"
    head, rows = _by_lines(text, file) if lines else _whole(text, file)
    names = _names(head, file)
    records = head.get("records")
    if isinstance(records, int) and records != len(rows):
        raise _refusal(file, f"it says {records} records and holds {len(rows)}")
    _refuse_ragged(rows, len(names), file)
    columns = {
        name: [_text(row[at], file, (number, name)) for number, row in enumerate(rows, start=1)]
        for at, name in enumerate(names)
    }
    name = head.get("name")
    named = name.strip().upper() if isinstance(name, str) and name.strip() else file.stem
    return named, text_table(columns, range(1, len(rows) + 1), Origin(file.name))


def is_dataset_json(file: DeliveredFile) -> bool:
    """Whether a JSON file says that it is a dataset."""
    return b'"datasetJSONVersion"' in file.content[:_HEAD] + file.content[-_HEAD:]


def _whole(text: str, file: DeliveredFile) -> tuple[dict[str, Json], list[Any]]:
    head = _parsed(text, file, "the file")
    if not isinstance(head, dict):
        raise _refusal(file, "it is no object")
    rows = head.get("rows")
    if not isinstance(rows, list):
        raise _refusal(file, 'it has no list "rows"')
    return head, rows


def _by_lines(text: str, file: DeliveredFile) -> tuple[dict[str, Json], list[Any]]:
    lines = text.splitlines()
    head = _parsed(lines[0], file, "line 1") if lines else None
    if not isinstance(head, dict):
        raise _refusal(file, "its first line is no object")
    return head, list(_rows(lines[1:], file))


def _rows(lines: list[str], file: DeliveredFile) -> Iterator[Json]:
    for number, line in enumerate(lines, start=2):
        if line.strip():
            yield _parsed(line, file, f"line {number}")


def _parsed(text: str, file: DeliveredFile, where: str) -> Json:
    try:
        value: Json = json.loads(text, object_pairs_hook=_object, parse_constant=_constant)
    except (ValueError, RecursionError) as error:
        raise _refusal(file, f"{where} is no JSON: {error}") from error
    return value


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        message = "a key stands twice in one object"
        raise ValueError(message)
    return found


def _constant(name: str) -> Any:
    message = f"{name} is no number"
    raise ValueError(message)


def _names(head: dict[str, Json], file: DeliveredFile) -> list[str]:
    version = head.get("datasetJSONVersion")
    if not isinstance(version, str) or not version.startswith(_VERSIONS):
        raise _refusal(file, f"its datasetJSONVersion is {version!r}")
    columns = head.get("columns")
    if not isinstance(columns, list) or not columns:
        raise _refusal(file, 'it has no list "columns"')
    names = []
    for column in columns:
        name = column.get("name") if isinstance(column, dict) else None
        if not isinstance(name, str) or not name.strip():
            raise _refusal(file, "a column has no name")
        names.append(name.strip().upper())
    doubled = sorted({name for name in names if names.count(name) > 1 or name == ROW})
    if doubled:
        raise _refusal(file, f"columns stand twice or are reserved: {', '.join(doubled)}")
    return names


def _refuse_ragged(rows: list[Any], width: int, file: DeliveredFile) -> None:
    ragged = [
        f"{file.name}, row {number}: {len(row) if isinstance(row, list) else 'no list'}"
        for number, row in enumerate(rows, start=1)
        if not isinstance(row, list) or len(row) != width
    ]
    if ragged:
        raise DataError(
            "Rows have another number of values than there are columns.",
            where=listed(ragged),
            allowed=f"{width} values a row",
            do="export the file again",
        )


def _text(value: object, file: DeliveredFile, place: tuple[int, str]) -> str | None:
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "Y" if value else "N"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        return number_text(value)
    raise DataError(
        "A value is no text, number or boolean.",
        where=f"{file.name}, row {place[0]}, {place[1]}: {quoted(str(value))}",
        allowed="text, numbers, booleans, null",
        do="export the file again",
    )


def _refusal(file: DeliveredFile, why: str) -> DataError:
    return DataError(
        f"The file is no Dataset-JSON: {why}.",
        where=file.name,
        allowed=f"CDISC Dataset-JSON {' or '.join(_VERSIONS)}",
        do="export it again",
    )
