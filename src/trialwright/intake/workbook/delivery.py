"""Which delivery is a workbook of ours, and what to do with any other workbook."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from trialwright.core.errors import DataError
from trialwright.intake.delivered import Delivery
from trialwright.intake.files import DeliveredFile
from trialwright.intake.receipt import files_read
from trialwright.intake.workbook.grid import read_sheets, sheet_names
from trialwright.intake.workbook.layout import ABOUT, folded
from trialwright.intake.workbook.reading import is_workbook_of_ours, read_workbook
from trialwright.protocol.model import Protocol

#: Endings of the files of spreadsheet programs; all but the first two are refused in words.
_ENDINGS = frozenset({".xlsx", ".xlsm", ".xls", ".xlsb", ".ods"})


def the_workbook(files: Sequence[DeliveredFile]) -> DeliveredFile | None:
    """The workbook that is the whole delivery, `None` where other files are delivered."""
    return files[0] if len(files) == 1 and files[0].suffix in _ENDINGS else None


def workbook_delivery(
    file: DeliveredFile, delivered: Sequence[DeliveredFile], protocol: Protocol
) -> Delivery:
    """Read the workbook of a protocol.

    Parameters
    ----------
    file
        The workbook.
    delivered
        What was handed over, such as the archive that it stood in.

    Raises
    ------
    DataError
        It is no workbook, was not made by `trialwright template`, or as `read_workbook` says.
    """
    about = [name for name in sheet_names(file) if folded(name) == folded(ABOUT)]
    if not is_workbook_of_ours(read_sheets(file, about) if about else ()):
        raise DataError(
            "The workbook was not made by trialwright, and nothing says what its columns mean.",
            where=file.name,
            allowed=f"a workbook of `trialwright template`, with its sheet {ABOUT}",
            do="name a mapping with --mapping that says which column is what, or copy the values "
            "into a workbook of `trialwright template`",
        )
    read = read_workbook(file, protocol)
    return Delivery(read.sdtm, replace(read.receipt, files=files_read(delivered)))
