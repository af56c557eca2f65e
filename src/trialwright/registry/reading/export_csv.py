"""A row of the registry's CSV export as a record."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from trialwright.core.errors import RecordError
from trialwright.core.terminal import shown
from trialwright.registry.reading.joined import NamedFields, further_fields, joined_record
from trialwright.registry.reading.model import Record

#: Columns of the seven fields; the export has no detailed description.
_SHARED = {
    "Study Title": "title",
    "Brief Summary": "brief_summary",
    "Conditions": "conditions",
    "Interventions": "interventions",
    "Primary Outcome Measures": "primary_outcomes",
    "Secondary Outcome Measures": "secondary_outcomes",
}
_FURTHER = {
    "NCT Number": "nctId",
    "Acronym": "acronym",
    "Study Status": "overallStatus",
    "Start Date": "startDate",
    "Primary Completion Date": "primaryCompletionDate",
    "Completion Date": "completionDate",
    "First Posted": "studyFirstPostDate",
    "Results First Posted": "resultsFirstPostDate",
    "Last Update Posted": "lastUpdatePostDate",
    "Sponsor": "leadSponsor",
    "Funder Type": "leadSponsorClass",
    "Collaborators": "collaborators",
    "Study Type": "studyType",
    "Phases": "phases",
    "Enrollment": "enrollment",
    "Other Outcome Measures": "otherOutcomes",
    "Sex": "sex",
}
_DESIGN = {
    "Allocation": "allocation",
    "Intervention Model": "interventionModel",
    "Masking": "masking",
    "Primary Purpose": "primaryPurpose",
}
#: A row is a record when it has a title and one of the columns that say something of the trial.
_TITLE = "Study Title"
_TELLING = ("Brief Summary", "Interventions", "Primary Outcome Measures")
_MASKED = re.compile(r"(\w+) ?\(([^()]*)\)")
#: One of these, in lower case, tells that a row is the header of an export.
HEADER_COLUMNS = ("nct number", "study title")
#: Columns that the export has and no field is made of, or that are taken apart below.
_OTHER = frozenset({
    "Study URL", "Other IDs", "Locations", "Study Documents", "Study Design", "Age", "Study Results",
})  # fmt: skip
_KNOWN = {name.casefold(): name for name in (*_SHARED, *_FURTHER, *_OTHER)}


@dataclass(frozen=True, slots=True)
class Header:
    """Columns of an export, by the registry's own names where it knows them."""

    names: tuple[str, ...]

    @property
    def number_first(self) -> bool:
        """Whether each row starts with the registry's number."""
        return self.names[0] == "NCT Number"


def is_header(cells: Sequence[str]) -> bool:
    """Whether a row reads like the header of an export."""
    names = {cell.strip().casefold() for cell in cells}
    return not names.isdisjoint(HEADER_COLUMNS)


def read_header(cells: Sequence[str], where: str) -> Header:
    """Name the columns.

    Raises
    ------
    RecordError
        A column that a record needs is missing or has another name, or one stands twice.
    """
    plain = [" ".join(cell.split()) for cell in cells]
    if any("\ud800" <= c <= "\udfff" for name in plain for c in name):
        raise RecordError(
            "The header is not UTF-8 text.",
            where=f"{where}, row 1",
            allowed="UTF-8, with or without byte order mark",
            do="save the file as UTF-8",
        )
    names = tuple(_KNOWN.get(name.casefold(), name) for name in plain)
    missing = "" if _TITLE in names else _TITLE
    if not missing and not any(name in names for name in _TELLING):
        missing = " or ".join(_TELLING)
    if missing:
        raise RecordError(
            f"The table has no column {missing}.",
            where=f"{where}, row 1",
            allowed="the CSV export of ClinicalTrials.gov, columns in any order",
            do="export the studies again and choose all columns",
        )
    _check_renamed(names, where)
    twice = sorted({name for name in names if name and names.count(name) > 1})
    if twice:
        raise RecordError(
            f"A column stands twice: {shown(', '.join(twice))}.",
            where=f"{where}, row 1",
            allowed="each column once",
            do="remove or rename one of them",
        )
    return Header(names)


def _check_renamed(names: Sequence[str], where: str) -> None:
    """A column of a field that is missing beside one that the export does not have."""
    missing = [name for name in _SHARED if name not in names]
    strange = [name for name in names if name and name.casefold() not in _KNOWN]
    if missing and strange:
        raise RecordError(
            f"The table has no column {missing[0]}, and columns that no export has: what they hold "
            "would be lost.",
            where=f"{where}, row 1: {shown(', '.join(strange[:5]))}",
            allowed=", ".join((*_SHARED, "and the other columns of the export")),
            do=f"name the column {missing[0]} as the registry does, or leave the others out",
        )


def row_record(header: Header, cells: Sequence[str], fallback: str, where: str) -> Record:
    """Write a row as a record; `fallback` is its id where the table has no numbers.

    `sha256` is that of the cells, joined by the unit separator (U+001F).

    Raises
    ------
    RecordError
        The row has more or fewer cells than the header, bytes that are not UTF-8, or no title.
    """
    if len(cells) != len(header.names):
        raise RecordError(
            "The row has another number of cells than the header.",
            where=f"{where}: {len(cells)} cells",
            allowed=f"{len(header.names)} cells; a cell with a comma stands in double quotes",
            do="export the studies again",
        )
    joined = "\x1f".join(cells)
    _check_encoding(joined, cells, header, where)
    values = dict(zip(header.names, cells, strict=True))
    named = NamedFields(
        shared={field: values.get(column, "") for column, field in _SHARED.items()},
        further=further_fields(_further(values)),
        outcomes=None,
        given=values,
        layout="csv",
    )
    number = values.get("NCT Number", "").strip()
    digest = hashlib.sha256(joined.encode()).hexdigest()
    return joined_record(named, number or fallback, digest, where)


def _check_encoding(joined: str, cells: Sequence[str], header: Header, where: str) -> None:
    """Bytes that are not UTF-8 arrive as halves of characters and are named here."""
    try:
        joined.encode()
    except UnicodeEncodeError:
        for name, cell in zip(header.names, cells, strict=True):
            odd = [c for c in cell if "\ud800" <= c <= "\udfff"]
            if odd:
                raise RecordError(
                    "The row is not UTF-8 text.",
                    where=f"{where}, column {name}: byte 0x{ord(odd[0]) & 0xFF:02x}",
                    allowed="UTF-8, with or without byte order mark",
                    do="save the file as UTF-8",
                ) from None


def _further(values: dict[str, str]) -> Iterator[tuple[str, str]]:
    for column, name in _FURTHER.items():
        yield name, values.get(column, "")
    for entry in values.get("Study Design", "").split("|"):
        column, _, value = entry.partition(": ")
        design = _DESIGN.get(column.strip(), "")
        masked = _MASKED.fullmatch(value.strip()) if design == "masking" else None
        if masked:
            yield "masking", masked.group(1)
            yield "whoMasked", masked.group(2).replace(", ", "|")
        elif design:
            yield design, value.strip()
    yield "stdAges", values.get("Age", "").replace(", ", "|")
    results = values.get("Study Results", "").strip().upper()
    yield "hasResults", {"YES": "true", "NO": "false"}.get(results, "")
    sites = values.get("Locations", "")
    yield "locations.count", str(sites.count("|") + 1) if sites.strip() else ""
