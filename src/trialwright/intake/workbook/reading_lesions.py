"""Scans, lesions and measurements of a workbook as records of TU and TR."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from trialwright.core.errors import DataError
from trialwright.intake.cells import listed, quoted
from trialwright.intake.gathered import Gathered
from trialwright.intake.receipt import SetAside
from trialwright.intake.typed import plain
from trialwright.intake.workbook.calendar import BASELINE
from trialwright.intake.workbook.completion import Record, complete, reader_of
from trialwright.intake.workbook.lesion_cells import ALLOWED, Subject, decode, encode
from trialwright.intake.workbook.lesion_sheets import CHANGES, ROLES
from trialwright.intake.workbook.rows import Line, SheetRows
from trialwright.protocol.model import Protocol
from trialwright.vocabulary.recist import NODE_LOCATIONS

#: Other names of lymph nodes; lymphangitis is none.
_LIKE_NODE = re.compile(r"\b(?:LNS?|NODES?|LYMPH(?!ANG)\w*|\w*ADENOPATHY)\b|淋巴", re.ASCII)
_SIZES = {"TRORRES", "TRORRESU", "TRSTAT", "TRREASND", "TRSTRESN", "VISITNUM", "TSTM", "PDREAS",
          "MERGEDTO"}  # fmt: skip


def _key(text: str | None) -> str:
    return (text or "").strip().upper()


def _lesions(text: str | None) -> frozenset[str]:
    return frozenset(part.strip().upper() for part in (text or "").split(",") if part.strip())


@dataclass(slots=True)
class ScanDays:
    """When, how and under which name each lesion was scanned at each visit."""

    rows: SheetRows
    names: Mapping[str, str]
    by_visit: dict[tuple[str, float], list[Line]] = field(default_factory=dict)
    used: set[int] = field(default_factory=set)

    @classmethod
    def of(cls, rows: SheetRows, names: Mapping[str, str]) -> ScanDays:
        """Sort the rows of the sheet by patient and visit; `names` are those of the calendar."""
        found = cls(rows, names)
        for line in rows.lines:
            key = (_key(line.get("USUBJID")), float(line.get("VISITNUM") or 0))
            found.by_visit.setdefault(key, []).append(line)
        return found

    def find(self, subject: str, visit: str, lesion: str, reader: str | None) -> Line | None:
        """The row that holds for a lesion: that which names it, else that of all others.

        Raises
        ------
        DataError
            Two rows hold for it.
        """
        lines = self.by_visit.get((_key(subject), float(visit)), [])
        for_reader = [one for one in lines if reader_of(one.get("reader")) == reader_of(reader)
                      and one.get("reader") is not None]  # fmt: skip
        lines = for_reader or [one for one in lines if one.get("reader") is None]
        named = [one for one in lines if _key(lesion) in _lesions(one.get("lesions"))]
        found = named or [one for one in lines if one.get("lesions") is None]
        if len(found) > 1:
            raise DataError(
                f"Two rows say when lesion {lesion} was scanned at visit {visit}.",
                where=listed([self.rows.cell(one, "scan_date") for one in found]),
                allowed="one row a scan day; the lesions of the second day by name",
                do="name the lesions of each day in the column Lesions, or take one row out",
            )
        if found:
            self.used.add(found[0].row)
        return found[0] if found else None

    def said(self, line: Line | None, code: str, visit: str) -> Record:
        """Date, method and name of a visit as columns of TU or TR."""
        name = (line.get("VISIT") if line else None) or self.names.get(visit)
        return {
            f"{code}DTC": line.get("scan_date") if line else None,
            f"{code}METHOD": line.get("method") if line else None,
            "VISITNUM": visit,
            "VISIT": name,
        }


def gather_lesions(
    gathered: Gathered, rows: SheetRows, scans: ScanDays, protocol: Protocol
) -> None:
    """Add a record of TU for each row of the sheet of lesions (R-132, R-137, R-138)."""
    for line in rows.lines:
        values: Record = {**line.values}
        if values.get("TUORRES") is None and values.get("change") is None:
            raise DataError(
                "A lesion has no role.",
                where=f"{rows.cell(line, 'TUORRES')} ({line.values['TULNKID']})",
                allowed=", ".join(ROLES),
                do="fill in the role",
            )
        _refuse_unnamed_node(rows, line)
        visit = values.get("VISITNUM") or BASELINE
        if line.get("VISITNUM") is None and _key(values.get("TUORRES")).startswith("NEW"):
            raise DataError(
                "A new lesion does not say at which visit it was first seen.",
                where=rows.cell(line, "VISITNUM"),
                allowed="the number of the visit (R-140)",
                do="fill in the visit of first sight",
            )
        scan = scans.find(
            line.values["USUBJID"], visit, line.values["TULNKID"], values.get("reader")
        )
        said = scans.said(scan, "TU", visit)
        said["SLICEMM"] = scan.get("SLICEMM") if scan else None
        record = {**said, **{name: value for name, value in values.items() if value is not None}}
        evaluator, identifier = reader_of(record.pop("reader", None))
        change = record.pop("change", None)
        record |= {"TUEVAL": evaluator, "TUEVALID": identifier}
        if change:
            record["TUTESTCD"] = CHANGES[change]
        gathered.add("TU", complete("TU", record, protocol), rows.place(line))


def _refuse_unnamed_node(rows: SheetRows, line: Line) -> None:
    """Refuse a node that would be measured as any other lesion, by its longest diameter (R-132)."""
    organ = plain(line.get("TULOC") or "").upper()
    if _LIKE_NODE.search(organ) and not any(word in organ for word in NODE_LOCATIONS):
        raise DataError(
            "An organ may be a lymph node, and its name does not say so.",
            where=f"{rows.cell(line, 'TULOC')}: {quoted(line.values['TULOC'])}",
            allowed="LYMPH NODE in the name of a node: its short axis counts (R-003, R-132)",
            do="write LYMPH NODE and where it lies, such as LYMPH NODE, MEDIASTINAL",
        )


def gather_measurements(
    gathered: Gathered, rows: SheetRows, scans: ScanDays, lesions: SheetRows, *, comma: bool
) -> list[SetAside]:
    """Add a record of TR for each cell of the measurements, by patient, visit and row.

    Returns
    -------
    list
        Rows without any measurement.

    Raises
    ------
    DataError
        A cell that says nothing that is listed, or a measurement without scan date.
    """
    known = _known_lesions(lesions)
    patients = dict.fromkeys(line.values["USUBJID"] for line in rows.lines)
    empty = [line for line in rows.lines if not any(line.get(one) for one in rows.visits)]
    faults: list[str] = []
    undated: list[str] = []
    for subject in patients:
        own = [line for line in rows.lines if line.values["USUBJID"] == subject]
        for visit in rows.visits:
            for line in own:
                text = line.get(visit)
                if text is not None:
                    _measure(gathered, (rows, scans), (line, visit, text), known,
                             (faults, undated), comma=comma)  # fmt: skip
    _refuse_cells(faults)
    _refuse_undated(undated)
    return [
        SetAside(where=f"{rows.sheet}, row {line.row}", why="a lesion without any measurement")
        for line in empty
    ]


def _known_lesions(lesions: SheetRows) -> Mapping[tuple[str, ...], Line]:
    """The row that identifies each lesion of each reader."""
    return {
        _lesion_key(line, "TULNKID"): line
        for line in reversed(lesions.lines) if line.get("change") is None
    }  # fmt: skip


def _lesion_key(line: Line, name: str) -> tuple[str, ...]:
    evaluator, identifier = reader_of(line.get("reader"))
    return (_key(line.get("USUBJID")), _key(line.get(name)), evaluator, identifier or "")


def _subject(line: Line, known: Mapping[tuple[str, ...], Line]) -> Subject:
    """The lesion of a row; a fragment or a joint name is what the lesion is that it is part of."""
    key = _lesion_key(line, "TRLNKID")
    names = (key[1], key[1].partition("/")[0], key[1].partition(".")[0])
    found = next((known[key[0], name, *key[2:]] for name in names
                  if (key[0], name, *key[2:]) in known), None)  # fmt: skip
    role, organ = (found.get("TUORRES"), found.get("TULOC")) if found else (None, None)
    return Subject(role, organ, line.get("TRTESTCD"), line.get("TRORRESU"))


def _measure(
    gathered: Gathered, sheets: tuple[SheetRows, ScanDays], cell: tuple[Line, str, str],
    known: Mapping[tuple[str, ...], Line], faults: tuple[list[str], list[str]], *, comma: bool,
) -> None:  # fmt: skip
    rows, scans = sheets
    line, visit, text = cell
    made = decode(text, _subject(line, known), comma=comma)
    if made is None:
        faults[0].append(f"{rows.cell(line, visit)}: {quoted(text)}")
        return
    taken = encode(made) or ""
    if taken != text:
        is_number = made.get("TRSTRESN") is not None and made.get("TSTM") is None
        rows.changes["number" if is_number else "term", visit, text, taken] += 1
    subject, lesion = line.values["USUBJID"], line.values["TRLNKID"]
    scan = scans.find(subject, visit, lesion, line.get("reader"))
    if scan is None and made.get("TRSTAT") is None:
        faults[1].append(f"{rows.cell(line, visit)} ({subject}, visit {visit})")
        return
    evaluator, identifier = reader_of(line.get("reader"))
    record: Record = {
        "USUBJID": subject, "TRLNKID": lesion, **made, **scans.said(scan, "TR", visit),
        "TREVAL": evaluator, "TREVALID": identifier,
    }  # fmt: skip
    sources = dict.fromkeys(_SIZES, visit) | {
        "USUBJID": "USUBJID", "TRLNKID": "TRLNKID", "TRTESTCD": "TRTESTCD", "TREVAL": "reader",
    }  # fmt: skip
    gathered.add("TR", record, rows.place(line, sources))


def _refuse_cells(cells: list[str]) -> None:
    if cells:
        raise DataError(
            f"{len(cells)} measurement{'s' * (len(cells) > 1)} cannot be read.",
            where=listed(cells),
            allowed=ALLOWED,
            do="write the number or the word as in the note at the heading",
        )


def _refuse_undated(cells: list[str]) -> None:
    if cells:
        raise DataError(
            f"{len(cells)} measurement{'s' * (len(cells) > 1)} belong{'s' * (len(cells) == 1)} to a "
            "visit without a scan date.",
            where=listed(cells),
            allowed="a row of the sheet Scans for each patient and visit (R-131)",
            do="fill in the scan date",
        )


def unused_scans(scans: ScanDays) -> Iterator[SetAside]:
    """Scan days that no lesion refers to."""
    for line in scans.rows.lines:
        if line.row not in scans.used:
            yield SetAside(
                where=f"{scans.rows.sheet}, row {line.row}",
                why="no lesion was identified or measured on this scan",
            )
