"""SDTM datasets as `Sdtm`, whatever the format of each file and however they are split."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import polars as pl

from trialwright.core.errors import DataError
from trialwright.core.tables import ROW, Origin, Place, Sdtm
from trialwright.intake.assemble import assemble
from trialwright.intake.cells import SHOWN
from trialwright.intake.files import DeliveredFile, paths_of, read_file
from trialwright.intake.formats import READERS, is_table, read_tables
from trialwright.intake.text_table import TextTable
from trialwright.vocabulary.sdtm import SDTM

#: Files that stand beside the data and are not meant to be any.
_NOT_DATA = frozenset({"manifest.json", "define.xml"})
#: A part of a domain: its code and up to two signs (SDTM Implementation Guide 3.3, 4.1.7).
_PART = re.compile(r"(SUPP)?([A-Z]{2})([A-Z0-9]{1,2})")


def read_sdtm(
    folder: Path | str, required: Sequence[str] = ("DM", "TU", "TR"), encoding: str = "utf-8"
) -> Sdtm:
    """Read the SDTM domains of a trial and check their form (R-143).

    One file a domain, named by its code (`DM.csv`, `tu.xpt`); a domain that is split into parts
    (`LBCH`, `LBHE`) is joined again.

    Parameters
    ----------
    folder
        Folder with the files; files of other names are not read and noted.
    required
        Domains that must be there (RS is one when reported responses are used).
    encoding
        Of CSV and transport files.

    Returns
    -------
    Sdtm
        As `assemble` gives it.

    Raises
    ------
    DataError
        With file, row, column, value and what is allowed.
    """
    folder = Path(folder)
    files = [read_file(path) for path in paths_of(folder)]
    return sdtm_of(files, str(folder), required, encoding)


def sdtm_of(
    files: Sequence[DeliveredFile], where: str, required: Sequence[str], encoding: str = "utf-8"
) -> Sdtm:
    """Read delivered files as the SDTM domains of a trial.

    Parameters
    ----------
    files
        Every file of the delivery.
    where
        Folder or archive, for messages.
    required, encoding
        As in `read_sdtm`.

    Raises
    ------
    DataError
        As `read_sdtm`.
    """
    return assemble(*required_tables(files, where, required, encoding))


def required_tables(
    files: Sequence[DeliveredFile], where: str, required: Sequence[str], encoding: str = "utf-8"
) -> tuple[dict[str, TextTable], list[str]]:
    """The domains of a delivery as `domain_tables` gives them, once the required ones are there.

    Raises
    ------
    DataError
        As `domain_tables`; a required domain is missing.
    """
    tables, notes = domain_tables(files, encoding)
    missing = [code for code in required if code not in tables]
    if missing:
        raise _missing_domains(where, files, missing, required)
    return tables, notes


def domain_tables(
    files: Sequence[DeliveredFile], encoding: str = "utf-8"
) -> tuple[dict[str, TextTable], list[str]]:
    """The domains of a delivery as text, none of them checked yet.

    Returns
    -------
    tuple
        Table by domain code in the order of the vocabulary, and a note for each file that is none.

    Raises
    ------
    DataError
        A file cannot be read, or two files hold one domain.
    """
    found: dict[str, list[TextTable]] = {}
    notes: list[str] = []
    for code, table in _domains(files, encoding, notes):
        found.setdefault(code, []).append(table)
    return {code: _joined(code, found[code]) for code in SDTM if code in found}, notes


def _domains(
    files: Iterable[DeliveredFile], encoding: str, notes: list[str]
) -> Iterator[tuple[str, TextTable]]:
    """Each table with its domain; files and tables that are none are noted."""
    for file in files:
        if not is_table(file) or not _may_be_sdtm(file):
            if Path(file.name).name.lower() not in _NOT_DATA:
                notes.append(f"{file.name} is no file of the input form: not read.")
            continue
        for name, table in read_tables(file, encoding).items():
            code = _domain_of(name, table)
            if code is None:
                notes.append(f"{table.origin} holds no domain that is used: not read.")
            else:
                yield code, table


def _may_be_sdtm(file: DeliveredFile) -> bool:
    """Whether name or content can be a domain; only CSV files have nothing but their name."""
    return file.suffix != ".csv" or _code_of_name(file.stem) is not None or _says_domain(file)


def _says_domain(file: DeliveredFile) -> bool:
    header = file.content[:4096].splitlines()[:1]
    cells = (
        {cell.strip().strip(b'"').upper() for cell in header[0].split(b",")} if header else set()
    )
    return {b"DOMAIN", b"USUBJID"} <= cells


def _code_of_name(name: str) -> str | None:
    if name in SDTM:
        return name
    part = _PART.fullmatch(name)
    code = f"{part[1] or ''}{part[2]}" if part else ""
    return code if code in SDTM else None


def _domain_of(name: str, table: TextTable) -> str | None:
    """The domain by name, else by the one value of its column DOMAIN."""
    if name in SDTM:
        return name
    part = _code_of_name(name)
    column = "RDOMAIN" if part and part.startswith("SUPP") else "DOMAIN"
    if column not in table.frame.columns:
        return None
    said = table.frame[column].drop_nulls().str.to_uppercase().unique().to_list()
    code = f"SUPP{said[0]}" if said and column == "RDOMAIN" else (said[0] if said else "")
    if len(said) != 1 or code not in SDTM:
        return None
    return code if part in {None, code} else None


def _joined(code: str, parts: Sequence[TextTable]) -> TextTable:
    """The parts of a split domain as one table; each record keeps the place in its own file."""
    if len(parts) == 1:
        return parts[0]
    names = [str(part.origin) for part in parts]
    if not all(_is_part(code, name) for name in names):
        raise DataError(
            f"Two files hold the domain {code}.",
            where=" and ".join(names),
            allowed=f"one file a domain, or parts that are named as such ({code}1, {code}CH)",
            do="remove one of them",
        )
    frame = pl.concat([part.frame for part in parts], how="diagonal")
    rows = frame[ROW].to_list()
    tables = [
        name for name, part in zip(names, parts, strict=True) for _ in range(part.frame.height)
    ]
    columns = [name for name in frame.columns if name != ROW]
    known = {name: name for name in columns}
    places = {
        at: Place(table=table, row=row, columns=known)
        for at, (table, row) in enumerate(zip(tables, rows, strict=True), start=1)
    }
    numbered = frame.select(*columns, pl.Series(ROW, range(1, frame.height + 1), dtype=pl.Int64))
    return TextTable(numbered, Origin(", ".join(names), places))


def _is_part(code: str, name: str) -> bool:
    """Whether the name of a file is that of one part of a domain."""
    part = _PART.fullmatch(Path(name.partition(",")[0]).stem.upper())
    return part is not None and f"{part[1] or ''}{part[2]}" == code


def _missing_domains(
    where: str, files: Sequence[DeliveredFile], missing: list[str], required: Sequence[str]
) -> DataError:
    there = [file.name for file in files if Path(file.name).name not in _NOT_DATA]
    shown = ", ".join(there[:SHOWN]) + (" ..." if len(there) > SHOWN else "")
    return DataError(
        f"Required domains are missing: {', '.join(missing)}.",
        where=f"{where} (there is {shown or 'no file'})",
        allowed=f"one file for each of {', '.join(required)}, and further SDTM domains; endings "
        f"{', '.join(READERS)}",
        do="export these domains into the folder",
    )
