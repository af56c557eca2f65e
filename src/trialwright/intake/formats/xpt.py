"""SAS transport files, version 5: each dataset of the file as a table of text.

The layout is that of SAS technical note TS-140, "The Record Layout of a Data Set in SAS Transport
(XPORT) Format". It is read here and not by a library: the usual C reader takes the second dataset
of a file for further records of the first, and cannot be trusted with a damaged file.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from math import isnan

import numpy as np
from numpy.typing import NDArray

from trialwright.core.errors import DataError
from trialwright.core.tables import Origin
from trialwright.intake.files import DeliveredFile
from trialwright.intake.formats.numbers import day_text, number_texts, second_text
from trialwright.intake.text_table import TextTable, text_table

_CARD = 80
_LIBRARY = b"HEADER RECORD*******LIBRARY HEADER RECORD!!!!!!!"
_VERSION_8 = b"HEADER RECORD*******LIBV8   HEADER RECORD!!!!!!!"
_MEMBER = b"HEADER RECORD*******MEMBER  HEADER RECORD!!!!!!!"
_DESCRIPTOR = b"HEADER RECORD*******DSCRPTR HEADER RECORD!!!!!!!"
_NAMES = b"HEADER RECORD*******NAMESTR HEADER RECORD!!!!!!!"
_OBSERVATIONS = b"HEADER RECORD*******OBS     HEADER RECORD!!!!!!!"
_DAY_ZERO = date(1960, 1, 1)
_SECOND_ZERO = datetime(1960, 1, 1)
_DATES = frozenset(
    {"DATE", "YYMMDD", "MMDDYY", "DDMMYY", "E8601DA", "B8601DA", "IS8601DA", "WORDDATE", "WEEKDATE"}
)  # fmt: skip
_TIMES = frozenset({"DATETIME", "E8601DT", "B8601DT", "IS8601DT"})
#: Bytes that, before zeros, say "missing": . _ A to Z.
_MISSING = np.array([0x2E, 0x5F, *range(0x41, 0x5B)], dtype=np.uint8)


@dataclass(frozen=True, slots=True)
class _Variable:
    """A column as the file describes it; `place` is its offset within a record."""

    name: str
    is_number: bool
    length: int
    place: int
    form: str


@dataclass(frozen=True, slots=True)
class _Dataset:
    name: str
    variables: tuple[_Variable, ...]
    records: NDArray[np.uint8]


def read_xpt(file: DeliveredFile, encoding: str = "utf-8") -> dict[str, TextTable]:
    """Read every dataset of a transport file.

    Numbers become their shortest decimal text, dates and times by their SAS format ISO 8601;
    missing numbers are null. `_ROW` is the number of the record, from 1.

    Parameters
    ----------
    file
        The file.
    encoding
        Of its texts; a transport file does not say.

    Returns
    -------
    dict
        Table by dataset name, in the order of the file.

    Raises
    ------
    DataError
        The file is no version 5 transport file, is cut or damaged, or its text has another
        encoding.
    """
    tables: dict[str, TextTable] = {}
    for dataset in _datasets(file):
        if dataset.name in tables:
            raise _damaged(file.name, f"the dataset {dataset.name} stands twice")
        name = file.name if file.stem == dataset.name else f"{file.name}, dataset {dataset.name}"
        count = len(dataset.records)
        columns = {
            one.name: _column(one, dataset.records, encoding, name) for one in dataset.variables
        }
        tables[dataset.name] = text_table(columns, range(1, count + 1), Origin(name))
    return tables


def _datasets(file: DeliveredFile) -> Iterator[_Dataset]:
    data, name = file.content, file.name
    if data.startswith(_VERSION_8):
        raise DataError(
            "The file is a version 8 transport file.",
            where=name,
            allowed="SAS transport files of version 5, as regulators read them",
            do="export it as version 5 (names of 8 characters)",
        )
    if not data.startswith(_LIBRARY):
        raise DataError(
            "The file is no SAS transport file.",
            where=name,
            allowed="SAS transport files of version 5 (.xpt)",
            do="export it again (sas7bdat and CPORT files are other formats)",
        )
    if len(data) % _CARD:
        raise _damaged(name, f"{len(data)} bytes are no whole number of 80-byte records")
    starts = _cards(data, _MEMBER)
    if not starts or starts[0] != 3 * _CARD:
        raise _damaged(name, "no dataset follows the header")
    for start, end in zip(starts, [*starts[1:], len(data)], strict=True):
        yield _dataset(data[start:end], name)


def _cards(data: bytes, header: bytes) -> list[int]:
    """Offsets of the 80-byte records that begin with a header."""
    found, at = [], data.find(header)
    while at >= 0:
        if at % _CARD == 0:
            found.append(at)
        at = data.find(header, at + 1)
    return found


def _dataset(data: bytes, file: str) -> _Dataset:
    if not data[_CARD:].startswith(_DESCRIPTOR):
        raise _damaged(file, "a dataset has no descriptor")
    size = _digits(data[74:78], file)
    name = data[168:176].decode("ascii", "replace").strip().upper()
    names_at = 4 * _CARD
    if size not in {136, 140} or not data[names_at:].startswith(_NAMES):
        raise _damaged(file, f"the dataset {name} has no list of variables")
    count = _digits(data[names_at + 54 : names_at + 58], file)
    first = names_at + _CARD
    after = first + -(-count * size // _CARD) * _CARD
    if not data[after:].startswith(_OBSERVATIONS):
        raise _damaged(file, f"the records of dataset {name} do not follow its variables")
    variables = tuple(
        _variable(data[at : at + size], file) for at in range(first, first + count * size, size)
    )
    width = sum(one.length for one in variables)
    if not variables or any(one.place + one.length > width for one in variables):
        raise _damaged(file, f"the variables of dataset {name} do not fill its records")
    twice = {one.name for one in variables if sum(x.name == one.name for x in variables) > 1}
    if twice:
        raise _damaged(file, f"variables of dataset {name} stand twice: {', '.join(sorted(twice))}")
    return _Dataset(name, variables, _records(data[after + _CARD :], width, (file, name)))


def _variable(data: bytes, file: str) -> _Variable:
    kind, length = int.from_bytes(data[0:2], "big"), int.from_bytes(data[4:6], "big")
    name = data[8:16].decode("ascii", "replace").strip().upper()
    place = int.from_bytes(data[84:88], "big")
    if kind not in {1, 2} or not name or not (2 <= length <= 8 if kind == 1 else length >= 1):
        raise _damaged(file, f'the variable "{name}" has kind {kind} and length {length}')
    form = data[56:64].decode("ascii", "replace").strip().upper()
    return _Variable(name, kind == 1, length, place, form)


def _records(data: bytes, width: int, names: tuple[str, str]) -> NDArray[np.uint8]:
    """Records by bytes; blanks that fill the last 80 bytes are none."""
    count, rest = divmod(len(data), width)
    if data[count * width :].strip(b" ") or rest >= _CARD:
        raise _damaged(names[0], f"the last record of dataset {names[1]} is cut")
    records = np.frombuffer(data, np.uint8, count * width).reshape(count, width)
    blank_from = len(data) - _CARD + 1
    while count and (count - 1) * width >= blank_from and bool((records[count - 1] == 0x20).all()):
        count -= 1
    return records[:count]


def _column(
    one: _Variable, records: NDArray[np.uint8], encoding: str, where: str
) -> list[str | None]:
    cells = np.ascontiguousarray(records[:, one.place : one.place + one.length])
    if not one.is_number:
        return _texts(cells, encoding, (where, one.name))
    values = _floats(cells)
    kind = one.form.rstrip("0123456789.")
    if kind not in _DATES | _TIMES and one.form not in _DATES | _TIMES:
        return number_texts(values.tolist())
    is_time = kind in _TIMES or one.form in _TIMES
    try:
        return [
            None
            if isnan(value)
            else (second_text(value, _SECOND_ZERO) if is_time else day_text(value, _DAY_ZERO))
            for value in values.tolist()
        ]
    except (OverflowError, ValueError) as error:
        raise DataError(
            "A date lies outside of the calendar.",
            where=f"{where}, {one.name}",
            allowed="days since 1960-01-01",
        ) from error


def _texts(cells: NDArray[np.uint8], encoding: str, place: tuple[str, str]) -> list[str | None]:
    texts: list[str | None] = []
    known: dict[bytes, str] = {}
    for row, raw in enumerate(cells.view(f"S{cells.shape[1]}").ravel().tolist(), start=1):
        text = known.get(raw)
        if text is None:
            try:
                text = known[raw] = raw.rstrip(b" ").decode(encoding)
            except UnicodeDecodeError as error:
                raise DataError(
                    f"A text is not {encoding}.",
                    where=f"{place[0]}, row {row}, {place[1]}, byte 0x{raw[error.start]:02X}",
                    allowed="UTF-8, or the encoding that is named (--encoding windows-1252, gb18030)",
                    do="name the encoding of the export, or export it in UTF-8",
                ) from error
        texts.append(text)
    return texts


def _floats(cells: NDArray[np.uint8]) -> NDArray[np.float64]:
    """IBM hexadecimal numbers of 2 to 8 bytes as doubles; missing ones as NaN."""
    full = np.zeros((len(cells), 8), np.uint8)
    full[:, : cells.shape[1]] = cells
    whole = full.view(">u8").ravel()
    fraction = (whole & np.uint64(0x00FFFFFFFFFFFFFF)).astype(np.float64)
    exponent = (full[:, 0] & 0x7F).astype(np.int64) - 64
    values = np.ldexp(fraction, 4 * exponent - 56)
    values = np.where(full[:, 0] & 0x80, -values, values)
    missing = np.isin(full[:, 0], _MISSING) & ~full[:, 1:].any(axis=1)
    return np.where(missing, np.nan, values)


def _digits(data: bytes, file: str) -> int:
    if not data.isdigit():
        raise _damaged(file, f"{data!r} is no number")
    return int(data)


def _damaged(file: str, why: str) -> DataError:
    return DataError(
        f"The transport file is damaged: {why}.",
        where=file,
        allowed="a whole SAS transport file of version 5",
        do="export or copy it again (in binary mode)",
    )
