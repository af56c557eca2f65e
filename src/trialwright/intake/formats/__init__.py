"""One delivered file as a table of text, by what it is."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from trialwright.intake.files import DeliveredFile
from trialwright.intake.formats.csv_text import read_csv
from trialwright.intake.text_table import TextTable

#: Reader by ending of the file name.
READERS: Mapping[str, Callable[[DeliveredFile], TextTable]] = {".csv": read_csv}


def read_table(file: DeliveredFile) -> TextTable:
    """Read a file whose ending is one of `READERS`.

    Raises
    ------
    DataError
        The content is not what the ending says, or breaks the form of the format.
    """
    return READERS[file.suffix](file)
