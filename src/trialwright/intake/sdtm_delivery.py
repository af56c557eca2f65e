"""SDTM datasets in a folder as `Sdtm`, whatever the format of each file."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from trialwright.core.errors import DataError
from trialwright.core.tables import Sdtm
from trialwright.intake.assemble import assemble
from trialwright.intake.cells import SHOWN
from trialwright.intake.files import DeliveredFile, paths_of, read_file
from trialwright.intake.formats import READERS, read_table
from trialwright.vocabulary.sdtm import SDTM

#: Files that stand beside the data and are not meant to be any.
_NOT_DATA = frozenset({"manifest.json"})


def read_sdtm(folder: Path | str, required: Sequence[str] = ("DM", "TU", "TR")) -> Sdtm:
    """Read the SDTM domains of a trial and check their form (R-143).

    One file a domain, named by its code (`DM.csv`, `tu.xpt`).

    Parameters
    ----------
    folder
        Folder with the files; files of other names are not read and noted.
    required
        Domains that must be there (RS is one when reported responses are used).

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
    return sdtm_of([read_file(path) for path in paths_of(folder)], str(folder), required)


def sdtm_of(files: Iterable[DeliveredFile], where: str, required: Sequence[str]) -> Sdtm:
    """Read delivered files as the SDTM domains of a trial.

    Parameters
    ----------
    files
        Every file of the delivery.
    where
        Folder or archive, for messages.
    required
        Domains that must be there.

    Raises
    ------
    DataError
        As `read_sdtm`.
    """
    files = list(files)
    found, notes = _by_domain(files)
    missing = [code for code in required if code not in found]
    if missing:
        raise _missing_files(where, files, missing, required)
    return assemble({code: read_table(file) for code, file in found.items()}, notes)


def _by_domain(files: Iterable[DeliveredFile]) -> tuple[Mapping[str, DeliveredFile], list[str]]:
    """The file of each domain, in the order of the vocabulary, and a note for other files."""
    found: dict[str, DeliveredFile] = {}
    notes = []
    for file in files:
        code = file.stem
        if file.suffix not in READERS or code not in SDTM:
            if file.name not in _NOT_DATA:
                notes.append(f"{file.name} is no file of the input form: not read.")
        elif code in found:
            raise DataError(
                f"Two files hold the domain {code}.",
                where=f"{found[code].name} and {file.name}",
                allowed="one file a domain",
                do="remove one of them",
            )
        else:
            found[code] = file
    return {code: found[code] for code in SDTM if code in found}, notes


def _missing_files(
    where: str, files: Sequence[DeliveredFile], missing: list[str], required: Sequence[str]
) -> DataError:
    there = [file.name for file in files if file.name not in _NOT_DATA]
    shown = ", ".join(there[:SHOWN]) + (" ..." if len(there) > SHOWN else "")
    return DataError(
        f"Required domains are missing: {', '.join(missing)}.",
        where=f"{where} (there is {shown or 'no file'})",
        allowed=f"one file for each of {', '.join(required)}, and further SDTM domains; endings "
        f"{', '.join(READERS)}",
        do="export these domains into the folder",
    )
