"""One record from one file, in any layout."""

from __future__ import annotations

import os
from itertools import islice
from pathlib import Path

from trialwright.core.errors import RecordError
from trialwright.registry.reading.model import Record, RefusedRecord
from trialwright.registry.reading.stream import read_records


def read_record(path: Path | str) -> Record:
    """Read the one record of a file: plain text, a study in JSON, a CSV export with one row.

    Raises
    ------
    RecordError
        The path cannot be read, is a folder, or holds no record, a broken one or several.
    """
    if os.path.isdir(path):  # noqa: PTH112 - tells of any path, also of one that is not valid
        raise RecordError(
            "The record is not a regular file.",
            where=str(path),
            allowed="a file with one record",
            do=f'read all records of a folder with "trialwright draft {path}"',
        )
    found = list(islice(read_records([path]), 2))
    if len(found) != 1:
        raise RecordError(
            "The file holds more than one record." if found else "The file holds no record.",
            where=str(path),
            allowed="a file with one record",
            do=f'read many records with "trialwright draft {path}"' if found else "check the file",
        )
    one = found[0]
    if isinstance(one, RefusedRecord):
        raise one.error()
    return one
