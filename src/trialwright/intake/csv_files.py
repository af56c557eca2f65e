"""A folder of SDTM CSV files as `Sdtm`: text first, every structural fault refused."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import get_close_matches
from pathlib import Path

import polars as pl

from trialwright.core.errors import DataError
from trialwright.core.tables import ROW, Sdtm
from trialwright.intake.cells import quoted, refuse_empty, refuse_malformed
from trialwright.intake.keys import one_row_per_subject, unify_links, unify_subjects
from trialwright.intake.supplements import Parent, merge_supplements
from trialwright.intake.text_table import TextTable, read_table
from trialwright.vocabulary.sdtm import SDTM, SUPPLEMENTED, Domain

#: Files that stand beside the data and are not meant to be any.
_NOT_DATA = frozenset({"manifest.json"})
_DOMAINS = {code: domain for code, domain in SDTM.items() if not code.startswith("SUPP")}


def read_sdtm(folder: Path | str, required: Sequence[str] = ("DM", "TU", "TR")) -> Sdtm:
    """Read the SDTM domains of a trial from CSV files and check their form (R-143).

    One file a domain, named by its code (`DM.csv`, `tu.csv`). Every value is text without outer
    blanks, empty is null. Subjects are spelt as in DM, link ids in upper case; qualifiers of
    `SUPPxx.csv` become columns of their parent. Nothing is guessed: what the rules of section 14
    do not allow is refused, what they leave aside is a note.

    Parameters
    ----------
    folder
        Folder with the files; files of other names are not read and noted.
    required
        Domains that must be there (RS is one when reported responses are used).

    Returns
    -------
    Sdtm
        Every domain of the vocabulary but SUPPxx, with all its columns, further columns by name,
        and `_ROW`; domains that were not delivered have no rows.

    Raises
    ------
    DataError
        With file, row, column, value and what is allowed.

    References
    ----------
    recist11.md section 14, R-130 to R-143.
    """
    folder = Path(folder)
    paths, notes = _find(folder)
    missing = [code for code in required if code not in paths]
    if missing:
        raise _missing_files(folder, missing, required)
    files = {code: path.name for code, path in paths.items()}
    tables = {code: read_table(path) for code, path in paths.items()}
    frames = {code: _checked(SDTM[code], table, files[code]) for code, table in tables.items()}
    notes += [note for code, table in tables.items() for note in _padded(table, files[code])]
    one_row_per_subject(frames, files)
    frames, respelt = unify_subjects(frames, files)
    frames, dangling = _merged(frames, files)
    frames, links = unify_links(frames, files)
    domains = {code: _complete(domain, frames.get(code)) for code, domain in _DOMAINS.items()}
    return Sdtm(domains, files, (*notes, *respelt, *dangling, *links))


def _find(folder: Path) -> tuple[dict[str, Path], list[str]]:
    """The file of each domain, in the order of the vocabulary, and a note for other files."""
    try:
        entries = sorted(path for path in folder.iterdir() if path.is_file())
    except OSError as error:
        raise DataError(
            f"The data folder cannot be read: {error.strerror or error}.",
            where=str(folder),
            allowed="a folder with SDTM files such as DM.csv",
        ) from error
    found: dict[str, Path] = {}
    notes = []
    for path in entries:
        code = path.stem.upper()
        if path.suffix.lower() != ".csv" or code not in SDTM:
            if path.name not in _NOT_DATA and not path.name.startswith("."):
                notes.append(f"{path.name} is no file of the input form: not read.")
        elif code in found:
            raise DataError(
                f"Two files hold the domain {code}.",
                where=f"{found[code].name} and {path.name}",
                allowed="one file a domain",
                do="remove one of them",
            )
        else:
            found[code] = path
    return {code: found[code] for code in SDTM if code in found}, notes


def _missing_files(folder: Path, missing: list[str], required: Sequence[str]) -> DataError:
    near = sorted(path.name for path in folder.iterdir() if path.stem.upper() in missing)
    return DataError(
        f"Required files are missing: {', '.join(f'{code}.csv' for code in missing)}.",
        where=f"{folder}{f' (there is {chr(44).join(near)})' if near else ''}",
        allowed=f"{', '.join(f'{code}.csv' for code in required)}, and further SDTM domains",
        do="export these domains as CSV into the folder",
    )


def _checked(domain: Domain, table: TextTable, file: str) -> pl.DataFrame:
    """The frame with all standard columns, once its form is right."""
    frame = table.frame
    _require_columns(domain, frame, file)
    absent = [name for name in domain.names if name not in frame.columns]
    frame = frame.with_columns(pl.lit(None, pl.String).alias(name) for name in absent)
    _require_domain(domain, frame, file)
    refuse_empty(domain, frame, file)
    refuse_malformed(domain, frame, file)
    return frame


def _require_columns(domain: Domain, frame: pl.DataFrame, file: str) -> None:
    required = [column.name for column in domain.columns if column.required]
    present = [name for name in frame.columns if name != ROW]
    missing = [name for name in required if name not in present]
    if not missing:
        return
    foreign = [name for name in present if name not in domain.names]
    hints = [f"{quoted(near[0])} for {name}" for name in missing
             if (near := get_close_matches(name, foreign, n=1))]  # fmt: skip
    separated = len(present) == 1 and any(mark in present[0] for mark in ";\t|")
    raise DataError(
        f"Required columns are missing: {', '.join(missing)}.",
        where=f"{file}, row 1" + (f" (perhaps {', '.join(hints)})" if hints else ""),
        allowed=f"{', '.join(required)}; also {_others(domain, required)}",
        do="separate the columns by commas" if separated else "add or rename the columns",
    )


def _others(domain: Domain, required: list[str]) -> str:
    return ", ".join(name for name in domain.names if name not in required)


def _require_domain(domain: Domain, frame: pl.DataFrame, file: str) -> None:
    if domain.code == "RELREC":  # its rows belong to several domains
        return
    column = "RDOMAIN" if domain.code.startswith("SUPP") else "DOMAIN"
    code = domain.code.removeprefix("SUPP")
    wrong = frame.filter(pl.col(column).str.to_uppercase() != code)
    if wrong.height:
        row, value = wrong.select(ROW, column).row(0)
        raise DataError(
            "The file holds another domain than its name says.",
            where=f"{file}, row {row}, {column}: {quoted(value)}",
            allowed=code,
            do="rename the file, or correct the column",
        )


def _padded(table: TextTable, file: str) -> list[str]:
    """Blanks around keys are left out and noted; around other values they mean nothing."""
    keys = [
        name for name in table.padded if name in {"USUBJID", "IDVARVAL"} or name.endswith("LNKID")
    ]
    return [
        f"{file}: blanks around {name} left out in {_row_list(table.padded[name])}."
        for name in sorted(keys)
    ]


def _row_list(rows: list[int]) -> str:
    shown = ", ".join(str(row) for row in rows[:10])
    more = f" and {len(rows) - 10} more" if len(rows) > 10 else ""
    return f"row{'s' * (len(rows) > 1)} {shown}{more}"


def _merged(
    frames: dict[str, pl.DataFrame], files: dict[str, str]
) -> tuple[dict[str, pl.DataFrame], list[str]]:
    merged = dict(frames)
    notes: list[str] = []
    for code in SUPPLEMENTED:
        records = merged.pop(f"SUPP{code}", None)
        if records is None:
            continue
        frame = merged.get(code, _complete(_DOMAINS[code], None))
        parent = Parent(_DOMAINS[code], frame, files.get(code, f"{code}.csv"), files[f"SUPP{code}"])
        merged[code], dangling = merge_supplements(parent, records)
        notes += dangling
    return merged, notes


def _complete(domain: Domain, frame: pl.DataFrame | None) -> pl.DataFrame:
    """Standard columns in order, further ones by name, then `_ROW`."""
    if frame is None:
        schema = dict.fromkeys(domain.names, pl.String())
        return pl.DataFrame(schema={**schema, ROW: pl.Int64()})
    extras = sorted(name for name in frame.columns if name not in {*domain.names, ROW})
    return frame.select(*domain.names, *extras, ROW)
