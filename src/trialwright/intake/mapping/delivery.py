"""A delivery of any layout, read by its mapping."""

from __future__ import annotations

from collections.abc import Sequence

from trialwright.core.errors import DataError
from trialwright.intake.assemble import assemble
from trialwright.intake.delivered import Delivery
from trialwright.intake.files import DeliveredFile
from trialwright.intake.gathered import Gathered
from trialwright.intake.mapping.checks import check_headings
from trialwright.intake.mapping.engine import Applied, apply_mapping
from trialwright.intake.mapping.model import Mapping, TableMap
from trialwright.intake.mapping.tables import Readable, chosen, headed, readables
from trialwright.intake.receipt import Receipt, files_read
from trialwright.intake.text_table import TextTable


def mapped_tables(mapping: Mapping, there: Sequence[Readable]) -> list[tuple[TableMap, TextTable]]:
    """Each table of the mapping with the one of the delivery that it means.

    Raises
    ------
    DataError
        A table that is not there or could be several.
    """
    return [(one, headed(chosen(one, there, "mapping"), one)) for one in mapping.tables]


def applied_mapping(
    mapping: Mapping, files: Sequence[DeliveredFile], study: str
) -> tuple[Applied, tuple[str, ...]]:
    """Every record that the mapping makes of the files, and notes on what it does not read.

    Raises
    ------
    DataError
        As the readers, `check_headings` and `apply_mapping`.
    """
    there = readables(files, mapping.encoding)
    tables = mapped_tables(mapping, there)
    unread = check_headings(tables)
    used = {str(table.origin) for _, table in tables}
    left = [
        f"{one.file}{f', sheet {one.sheet}' if one.sheet else ''} is not read by the mapping."
        for one in there
        if not any(name.startswith(one.file) and name.endswith(one.sheet) for name in used)
    ]
    gathered = Gathered(mapping.study or study, ", ".join(sorted({one.file for one in there})))
    return apply_mapping(mapping, tables, gathered), (*left, *unread)


def mapped_delivery(
    mapping: Mapping,
    files: Sequence[DeliveredFile],
    delivered: Sequence[DeliveredFile],
    needs: tuple[str, tuple[str, ...]],
) -> Delivery:
    """Read a delivery by its mapping.

    Parameters
    ----------
    mapping
        Which column is what.
    files, delivered
        The files with the data, and those that were handed over.
    needs
        STUDYID where the mapping gives none, and the domains that must come of it.

    Raises
    ------
    DataError
        With file, sheet and cell; nothing is read in part.
    """
    study, required = needs
    applied, unread = applied_mapping(mapping, files, study)
    tables = applied.gathered.tables()
    missing = [code for code in required if code not in tables]
    if missing:
        raise DataError(
            f"The mapping makes no record of {', '.join(missing)}.",
            where=", ".join(file.name for file in delivered),
            allowed=f"records of {', '.join(required)}",
            do="add rules for these domains to the mapping",
        )
    notes = (*unread, *applied.notes)
    sdtm = assemble(tables, notes)
    receipt = Receipt(
        files=files_read(delivered),
        tables=tuple(applied.tables),
        changed=applied.changes(),
        notes=sdtm.notes,
    )
    return Delivery(sdtm, receipt)
