"""A delivery of any layout, read by its mapping."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePath

from trialwright.core.errors import DataError
from trialwright.intake.assemble import assemble
from trialwright.intake.captured import read_captured
from trialwright.intake.delivered import Delivery
from trialwright.intake.files import DeliveredFile
from trialwright.intake.forms import Captured
from trialwright.intake.mapping.checks import check_headings
from trialwright.intake.mapping.engine import apply_mapping
from trialwright.intake.mapping.headed import Headed
from trialwright.intake.mapping.model import Mapping
from trialwright.intake.mapping.tables import Readable, chosen, headed, readables
from trialwright.intake.mapping.words import fits
from trialwright.intake.receipt import Receipt, files_read


@dataclass(frozen=True, slots=True)
class There:
    """The tables of the files that a mapping names, and the files that are not opened.

    Attributes
    ----------
    tables, others
        The tables, and the names of the other files.
    notes
        What the export of a data capture system left aside, and encodings that may be wrong.
    """

    tables: tuple[Readable, ...]
    others: tuple[str, ...]
    notes: tuple[str, ...] = ()

    @property
    def source(self) -> str:
        """Names of the files, for messages that name no record."""
        return ", ".join(dict.fromkeys(one.file for one in self.tables))

    def unread(self, used: Sequence[Readable]) -> list[str]:
        """Notes on tables and files that the mapping does not speak of."""
        idle = [one for one in self.tables if not any(one is other for other in used)]
        told = [f"{one} is not read by the mapping." for one in (*idle, *self.others)]
        return [*self.notes, *told]


def tables_there(mapping: Mapping, files: Sequence[DeliveredFile]) -> There:
    """Every table of the files that a mapping names; the others are not opened.

    Raises
    ------
    DataError
        As the reader of each format.
    """
    found: list[Readable] = []
    others: list[str] = []
    notes: list[str] = []
    for file in files:
        name = PurePath(file.name).name
        is_asked = any(fits(one.file, name) for one in mapping.tables)
        tables = readables(file, mapping.encoding) if is_asked else []
        found += tables
        if not tables:
            others.append(name)
        if any(isinstance(one.content, str) for one in tables) and _may_be_utf8(mapping, file):
            notes.append(f"{name}: read as {mapping.encoding}; it could be UTF-8 too.")
    return There(tuple(found), tuple(others), tuple(notes))


def _may_be_utf8(mapping: Mapping, file: DeliveredFile) -> bool:
    """Whether a text for which another encoding is named reads as UTF-8, beyond plain letters."""
    if mapping.encoding == "utf-8" or file.content.isascii():
        return False
    try:
        file.content.decode()
    except UnicodeDecodeError:
        return False
    return True


def with_captured(captured: Captured, there: There) -> There:
    """The tables of a delivery with those of its data capture systems."""
    forms = tuple(Readable(one.system, one.name, one.table) for one in captured.forms)
    return There((*forms, *there.tables), there.others, (*captured.notes, *there.notes))


def mapped_tables(mapping: Mapping, there: There) -> tuple[list[Headed], list[str]]:
    """Each table of the mapping under its headings, and notes on what it does not speak of.

    Raises
    ------
    DataError
        A table that is not there or could be several, or has no headings.
    """
    pairs = [(chosen(one, there.tables, there.others), one) for one in mapping.tables]
    return [headed(*pair) for pair in pairs], there.unread([one for one, _ in pairs])


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
    captured = read_captured(files, mapping.encoding, mapping.missing_codes)
    there = with_captured(captured, tables_there(mapping, captured.others))
    tables, unread = mapped_tables(mapping, there)
    checked = check_headings(tables)
    checked.refuse()
    applied = apply_mapping(mapping, checked.tables, checked.read)
    made = applied.gathered(mapping.study or study, there.source).tables()
    missing = [code for code in required if code not in made]
    if missing:
        raise DataError(
            f"The mapping makes no record of {', '.join(missing)}.",
            where=", ".join(file.name for file in delivered),
            allowed=f"records of {', '.join(required)}",
            do="add rules for these domains to the mapping",
        )
    sdtm = assemble(made, (*unread, *checked.notes, *applied.notes))
    receipt = Receipt(
        files=files_read(delivered),
        tables=tuple(applied.tables),
        changed=applied.changes(),
        notes=sdtm.notes,
    )
    return Delivery(sdtm, receipt)
