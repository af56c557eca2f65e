"""What a workbook may cost to read: bytes, elements, cells and text, counted while reading.

Every limit is a count, none is a time: the same file is always read or always refused. Work is
bounded by the bytes that are unpacked and by the XML elements in them, memory by the cells and
their text. Measured on one busy core (`benchmarks/workbook_memory.py`): no file took more than 8 s
or 190 MB; the largest workbook of `template` takes 400 MB with all that is derived of it.
"""

from __future__ import annotations

from dataclasses import dataclass

from trialwright.core.errors import DataError

MB = 1024 * 1024
#: Size of the file; a workbook of a million cells has about 10 MB.
MAX_FILE_BYTES = 32 * MB
#: Parts of the package, pictures and settings included.
MAX_PARTS = 2_000
#: Bytes of XML of all parts that are read, once unpacked.
MAX_XML_BYTES = 192 * MB
#: Unpacked size of a part over its packed size, for parts that are larger than a megabyte;
#: repetitive lists of a trial stay below 60.
MAX_RATIO = 200
#: XML elements of all parts; bounds the time.
MAX_ELEMENTS = 6_000_000
#: Elements inside each other; a workbook has less than 12.
MAX_DEPTH = 40
#: Longest single tag, name or comment in bytes.
MAX_TOKEN = 1 * MB
#: Filled cells of all sheets.
MAX_CELLS = 1_000_000
#: Text of all cells, and of the table of shared texts, in characters.
MAX_TEXT = 16_000_000
#: Longest text of a cell, as in the spreadsheet programs.
MAX_CELL_TEXT = 32_767
MAX_SHEETS = 200
#: Rows of all sheets of a workbook that `template` made, and filled cells of its measurements:
#: each becomes a record. A hundred patients with all their laboratory values have 50,000.
MAX_LINES = 60_000
MAX_PATIENTS = 1_000
#: Rows of a sheet times its columns that are used: the size of the table that becomes of it.
MAX_PLACES = 1_000_000
#: Rows and columns of a sheet, as in the spreadsheet programs.
MAX_ROW, MAX_COLUMN = 1_048_576, 16_384
#: Areas of merged cells of a sheet.
MAX_MERGED = 10_000
#: Number formats and cell styles.
MAX_STYLES = 100_000


def too_much(file: str, what: str, limit: str) -> DataError:
    """The refusal of a workbook that costs too much to read."""
    return DataError(
        f"The workbook is too large to be read: {what}.",
        where=file,
        allowed=limit,
        do="check that this is the file of one trial; take out pictures, copies and empty sheets",
    )


@dataclass(slots=True)
class Budget:
    """What has been spent on one workbook so far."""

    file: str
    xml_bytes: int = 0
    elements: int = 0
    cells: int = 0
    text: int = 0
    shared: int = 0

    def spend_bytes(self, count: int) -> None:
        """Count unpacked bytes."""
        self.xml_bytes += count
        if self.xml_bytes > MAX_XML_BYTES:
            raise self._over("it unpacks to more", MAX_XML_BYTES, "bytes of XML")

    def spend_cell(self, length: int) -> None:
        """Count a filled cell with the length of its text."""
        self.cells += 1
        self.text += length
        if self.cells > MAX_CELLS:
            raise self._over("it has more filled cells", MAX_CELLS, "cells")
        if self.text > MAX_TEXT:
            raise self._over("its cells hold more text", MAX_TEXT, "characters")

    def spend_shared(self, length: int) -> None:
        """Count a text of the table of shared texts."""
        self.shared += length + 1
        if self.shared > MAX_TEXT:
            raise self._over("its shared texts hold more", MAX_TEXT, "characters")

    def _over(self, what: str, limit: int, of: str) -> DataError:
        return too_much(self.file, what, f"at most {limit} {of}")
