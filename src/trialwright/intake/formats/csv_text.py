"""One CSV file as a table of text, or a refusal that names the place."""

from __future__ import annotations

import csv
import io

import numpy as np
import polars as pl
from numpy.typing import NDArray

from trialwright.core.errors import DataError
from trialwright.core.tables import ROW, Origin
from trialwright.intake.cells import listed, quoted
from trialwright.intake.files import DeliveredFile
from trialwright.intake.text_table import TextTable, text_table

#: Bytes from which on it pays to look at a file as a whole first.
_LARGE = 1 << 16
_BEFORE = np.frombuffer(b',\n"', np.uint8)
_AFTER = np.frombuffer(b',\r\n"', np.uint8)
_SAVE = 'save it as "CSV UTF-8 (comma delimited)" and read it again'


def read_csv(file: DeliveredFile, encoding: str = "utf-8") -> TextTable:
    """Read a CSV file without typing anything.

    `_ROW` is the number of the record as a spreadsheet shows it: the header is row 1, a line
    break inside quotes does not count, an empty line does.

    Parameters
    ----------
    file
        The file.
    encoding
        As somebody named it: no file is tried with one encoding after the other, because most
        bytes are a text in several.

    Raises
    ------
    DataError
        The file is empty, not in its encoding, cut inside quotes, has rows of another length than
        the header, or a column without name or twice.
    """
    name = file.name
    text = decoded(file.content, name, encoding)
    fast = _read_regular(file.content if encoding == "utf-8" else text.encode())
    if fast is not None:
        header = _header(list(fast.columns), name)
        if "" not in header:
            columns = dict(zip(header, fast.get_columns(), strict=True))
            return text_table(columns, range(2, fast.height + 2), Origin(name))
    records = _records(text, name)
    header = _header(records[0], name) if records else []
    if not any(header):
        raise DataError("The file is empty.", where=name, allowed="a header and records")
    _refuse_ragged(records, name)
    kept = [(row, record) for row, record in enumerate(records[1:], start=2) if record]
    values = list(zip(*(record for _, record in kept), strict=True)) or [()] * len(header)
    named = (
        dict(zip(header, values, strict=True))
        if "" not in header
        else _without_unnamed(header, values, name)
    )
    return text_table(named, [row for row, _ in kept], Origin(name))


def _read_regular(content: bytes) -> pl.DataFrame | None:
    """A file in which every line has the same number of cells, ten times faster.

    Line ends and commas outside quotes are counted first. `None` for anything out of the ordinary:
    the slow way then reads it, or finds the words for what is wrong.
    """
    content = content.removeprefix(b"\xef\xbb\xbf")
    if len(content) < _LARGE or not content.endswith(b"\n") or content.startswith((b"\n", b"\r")):
        return None
    octets = np.frombuffer(content, np.uint8)
    quote = octets == ord('"')
    inside = np.bitwise_xor.accumulate(quote.view(np.uint8)).view(np.bool_)
    if bool(inside[-1]) or not _quotes_match(octets, quote, inside):
        return None
    ends = np.flatnonzero((octets == ord("\n")) & ~inside)
    starts = np.concatenate([[0], ends[:-1] + 1])
    lengths = ends - starts
    is_odd = bool((lengths <= 1).any()) or bool((lengths > csv.field_size_limit()).any())
    has_lone_return = content.count(b"\r") != content.count(b"\r\n")
    commas = np.flatnonzero((octets == ord(",")) & ~inside)
    if is_odd or has_lone_return or not _evenly_spread(commas, starts, ends):
        return None
    header = next(csv.reader([content[: ends[0]].decode().rstrip("\r")], strict=True))
    frame = pl.read_csv(
        content, has_header=False, skip_rows=1, infer_schema=False, raise_if_empty=False,
        schema=dict.fromkeys(map(str, range(len(header))), pl.String),
    )  # fmt: skip
    if frame.height != len(ends) - 1 or len(set(header)) < len(header):
        return None
    return frame.rename(dict(zip(frame.columns, header, strict=True)))


def _evenly_spread(
    commas: NDArray[np.intp], starts: NDArray[np.intp], ends: NDArray[np.intp]
) -> bool:
    """Whether each line has as many commas as the next."""
    each, rest = divmod(len(commas), len(ends))
    if rest or not each:
        return not rest
    by_line = commas.reshape(len(ends), each)
    return bool((by_line[:, 0] >= starts).all() and (by_line[:, -1] < ends).all())


def _quotes_match(
    octets: NDArray[np.uint8], quote: NDArray[np.bool_], inside: NDArray[np.bool_]
) -> bool:
    """Whether quotes stand around whole cells only, and doubled within them."""
    opens, closes = np.flatnonzero(quote & inside), np.flatnonzero(quote & ~inside)
    if not len(opens):
        return True
    before = np.where(opens > 0, octets[opens - 1], ord(","))
    after = octets[np.minimum(closes + 1, len(octets) - 1)]
    return bool(np.isin(before, _BEFORE).all() and np.isin(after, _AFTER).all())


def decoded(content: bytes, name: str, encoding: str) -> str:
    """The text of a file in the encoding that was named.

    Raises
    ------
    DataError
        It holds a zero byte, or bytes that are no text in this encoding.
    """
    zero = content.find(b"\0")
    if zero >= 0:
        raise DataError(
            "The file is not text: it holds a zero byte.",
            where=f"{name}, byte {zero + 1}",
            allowed="CSV in UTF-8 (UTF-16 and workbooks are not CSV)",
            do=_SAVE,
        )
    try:
        return content.decode("utf-8-sig" if encoding == "utf-8" else encoding)
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise DataError(
            f"The file is not {encoding.upper()}, or mixes encodings.",
            where=f"{name}, line {line}, byte {error.start + 1}: 0x{content[error.start]:02X}",
            allowed="UTF-8, with or without byte order mark, or the encoding that is named "
            "(--encoding gb18030, windows-1252)",
            do=f"{_SAVE}, or name the encoding of the export",
        ) from error


def _records(text: str, name: str) -> list[list[str]]:
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        return list(reader)
    except csv.Error as error:
        raise DataError(
            f"The file is cut, or its quotes do not match: {error}.",
            where=f"{name}, line {reader.line_num}",
            allowed='values with commas or line breaks in double quotes, inner quotes as ""',
            do="export the file again",
        ) from error


def _header(record: list[str], name: str) -> list[str]:
    header = [cell.strip().upper() for cell in record]
    doubled = sorted({cell for cell in header if cell and header.count(cell) > 1})
    if doubled:
        raise DataError(
            f"Columns stand twice: {', '.join(quoted(cell) for cell in doubled)}.",
            where=f"{name}, row 1",
            allowed="each column once (upper and lower case are the same)",
            do="remove or rename one of them",
        )
    if ROW in header:
        raise DataError(
            f"The column name {ROW} is reserved.", where=f"{name}, row 1", do="rename the column"
        )
    return header


def _refuse_ragged(records: list[list[str]], name: str) -> None:
    width = len(records[0])
    ragged = [
        f"{name}, row {row}: {len(record)} cells"
        for row, record in enumerate(records, start=1)
        if record and len(record) != width
    ]
    if ragged:
        raise DataError(
            "Rows have another number of cells than the header.",
            where=listed(ragged),
            allowed=f"{width} cells a row",
            do="put values with commas in double quotes, or export the file again",
        )


def _without_unnamed(
    header: list[str], columns: list[tuple[str, ...]], name: str
) -> dict[str, tuple[str, ...]]:
    """Leave out columns without name, as spreadsheets export them, if they hold nothing."""
    pairs = list(zip(header, columns, strict=True))
    filled = [
        at
        for at, (cell, values) in enumerate(pairs, start=1)
        if not cell and any(map(str.strip, values))
    ]
    if filled:
        raise DataError(
            "A column has values but no name.",
            where=f"{name}, row 1, column {filled[0]}",
            do="name the column, or remove it",
        )
    return {cell: values for cell, values in pairs if cell}
