"""Exports of data capture systems in a delivery, found by their content."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from trialwright.core.errors import DataError
from trialwright.intake.files import DeliveredFile
from trialwright.intake.forms import Captured
from trialwright.intake.odm.delivery import read_odm
from trialwright.intake.odm.xml_stream import is_odm
from trialwright.intake.redcap.delivery import is_redcap, read_redcap
from trialwright.vocabulary.sdtm import SDTM


def read_captured(
    files: Sequence[DeliveredFile], encoding: str, missing: Mapping[str, str]
) -> Captured:
    """The forms of REDCap and the item groups of ODM, and the files that are neither.

    Parameters
    ----------
    files, encoding
        Of the delivery.
    missing
        Meaning of the missing data codes of a REDCap project, by code.

    Raises
    ------
    DataError
        As `read_redcap` and `read_odm`; missing data codes without a REDCap project.
    """
    redcap = read_redcap(files, encoding, missing)
    if missing and redcap is None:
        raise DataError(
            "The mapping declares missing data codes, and there is no REDCap project.",
            where=", ".join(file.name for file in files[:10]) or "no file",
            allowed="missing_codes with the data dictionary and the export of a REDCap project",
            do="add the data dictionary, or take missing_codes out of the mapping",
        )
    rest = files if redcap is None else redcap.others
    odm = read_odm(rest)
    found = [one for one in (redcap, odm) if one is not None]
    return Captured(
        tuple(form for one in found for form in one.forms),
        tuple(note for one in found for note in one.notes),
        tuple(rest if odm is None else odm.others),
    )


def refuse_unmapped(files: Sequence[DeliveredFile]) -> None:
    """Refuse an export that no mapping explains; beside SDTM datasets it is one more file.

    Raises
    ------
    DataError
        The delivery holds a REDCap project or an ODM file.
    """
    if any(file.stem in SDTM for file in files):
        return
    kinds = [
        *(["a REDCap project"] if is_redcap(files) else []),
        *(["an ODM file"] if any(map(is_odm, files)) else []),
    ]
    if kinds:
        raise DataError(
            f"The delivery is {' and '.join(kinds)}, and no mapping says what its fields are.",
            where=", ".join(file.name for file in files[:10]),
            allowed="a mapping beside the data (intake.yaml), or one that is named (--mapping)",
            do="write the mapping; its tables are file: redcap or file: odm with the form as sheet",
        )
