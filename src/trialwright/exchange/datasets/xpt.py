"""A dataset as a SAS transport file, version 5: the same bytes on every run.

Texts are UTF-8. The format says nothing of an encoding, and a regulator that asks for ASCII has to
be asked first: `beyond_ascii` names the variables. An empty text and a missing one are the same.
Source: SAS technical support note TS-140.
"""

from __future__ import annotations

import re
import tempfile
from datetime import date
from pathlib import Path

import polars as pl

from trialwright.core.errors import OutputError
from trialwright.exchange.datasets.model import DATE_FORMAT, ItemGroup

#: Where the library writes the clock: created and modified, of the library and of the dataset.
_STAMPS = (144, 160, 464, 480)
_STAMP = re.compile(rb"\d{2}[A-Z]{3}\d{2}:\d{2}:\d{2}:\d{2}")
_MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")


def xpt_bytes(group: ItemGroup, made: date) -> bytes:
    """Write a dataset as XPT version 5.

    Parameters
    ----------
    group
        Checked: names, labels, lengths and numbers fit the format.
    made
        Day in the time stamps of the file: the data cut-off, never the clock.

    Returns
    -------
    bytes
        Character lengths are those of the longest value; dates are days from 1960-01-01, DATE9.
    """
    import pyreadstat  # noqa: PLC0415 -- slow to import, needed here only

    texts = [item.name for item in group.items if item.is_text]
    whole = [item.name for item in group.items if item.kind == "integer"]
    frame = group.frame.with_columns(pl.col(texts).fill_null(""), pl.col(whole).cast(pl.Float64))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "dataset.xpt"
        pyreadstat.write_xport(
            frame,
            path,
            file_label=group.label,
            column_labels={item.name: item.label for item in group.items},
            table_name=group.name,
            file_format_version=5,
            variable_format={item.name: DATE_FORMAT for item in group.items if item.kind == "date"},
        )
        return _stamped(path.read_bytes(), made)


def beyond_ascii(group: ItemGroup) -> tuple[str, ...]:
    """The variables with text that is not ASCII."""
    return tuple(
        item.name
        for item in group.items
        if item.is_text and group.frame[item.name].str.contains("[^\x00-\x7f]").any()
    )


def _stamped(content: bytes, made: date) -> bytes:
    stamp = f"{made.day:02d}{_MONTHS[made.month - 1]}{made.year % 100:02d}:00:00:00".encode()
    fixed = bytearray(content)
    for place in _STAMPS:
        if _STAMP.fullmatch(content, place, place + len(stamp)) is None:
            raise OutputError(
                "The transport file does not have its time stamps where they were expected.",
                where=f"byte {place}",
                do="use the version of pyreadstat that trialwright names",
            )
        fixed[place : place + len(stamp)] = stamp
    return bytes(fixed)
