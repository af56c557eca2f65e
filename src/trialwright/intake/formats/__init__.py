"""The tables of one delivered file as text, by what the file is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeAlias

from trialwright.intake.files import DeliveredFile
from trialwright.intake.formats.csv_text import read_csv
from trialwright.intake.formats.dataset_json import is_dataset_json, read_dataset_json
from trialwright.intake.formats.parquet import read_parquet
from trialwright.intake.formats.xpt import read_xpt
from trialwright.intake.text_table import TextTable

#: Tables by name; a transport file may hold several.
Tables: TypeAlias = "dict[str, TextTable]"


def _csv(file: DeliveredFile, encoding: str) -> Tables:
    return {file.stem: read_csv(file, encoding)}


def _parquet(file: DeliveredFile, encoding: str) -> Tables:
    del encoding  # the format says it
    return {file.stem: read_parquet(file)}


def _json(file: DeliveredFile, encoding: str) -> Tables:
    del encoding  # the format says it
    name, table = read_dataset_json(file)
    return {name: table}


#: Reader by ending of the file name.
READERS: Mapping[str, Callable[[DeliveredFile, str], Tables]] = {
    ".csv": _csv,
    ".xpt": read_xpt,
    ".parquet": _parquet,
    ".json": _json,
    ".ndjson": _json,
}


def is_table(file: DeliveredFile) -> bool:
    """Whether a file is of a kind that is read; a JSON file has to say that it is a dataset."""
    if file.suffix in {".json", ".ndjson"}:
        return is_dataset_json(file)
    return file.suffix in READERS


def read_tables(file: DeliveredFile, encoding: str = "utf-8") -> Tables:
    """Read a file for which `is_table` holds.

    Parameters
    ----------
    file
        The file.
    encoding
        Of its texts, where the format does not say it (CSV, transport files).

    Returns
    -------
    dict
        Tables by name in upper case: that of the dataset, else of the file.

    Raises
    ------
    DataError
        The content is not what the ending says, or breaks the form of the format.
    """
    return READERS[file.suffix](file, encoding)
