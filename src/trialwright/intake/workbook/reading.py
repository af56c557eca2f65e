"""A filled workbook as the data of a trial."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from trialwright.core.errors import DataError
from trialwright.core.tables import Place
from trialwright.intake.assemble import assemble
from trialwright.intake.cells import quoted
from trialwright.intake.delivered import Delivery
from trialwright.intake.files import DeliveredFile
from trialwright.intake.gathered import Gathered
from trialwright.intake.receipt import Receipt, TableRead, files_read
from trialwright.intake.workbook.about import Settings
from trialwright.intake.workbook.calendar import scans_of
from trialwright.intake.workbook.completion import ENROLLED, Record, complete, reader_of
from trialwright.intake.workbook.grid import read_sheets, sheet_names
from trialwright.intake.workbook.layout import (
    ABOUT,
    CALENDAR,
    FOLLOW_UP,
    LESIONS,
    LISTS,
    MEASUREMENTS,
    PATIENTS,
    RESPONSES,
    SCANS,
    SheetLayout,
    folded,
)
from trialwright.intake.workbook.limits import MAX_LINES, MAX_PATIENTS, too_much
from trialwright.intake.workbook.reading_about import (
    About,
    gather_parameters,
    is_ours,
    settings_of,
)
from trialwright.intake.workbook.reading_lesions import (
    ScanDays,
    gather_lesions,
    gather_measurements,
    unused_scans,
)
from trialwright.intake.workbook.reading_records import domain_layouts, follow_up_record
from trialwright.intake.workbook.record_sheets import layouts_of
from trialwright.intake.workbook.rows import Line, SheetRows, read_rows
from trialwright.intake.workbook.sheet import Cells, Sheet
from trialwright.protocol.model import Protocol
from trialwright.vocabulary.sdtm import SDTM

_FORMULAS_SHOWN = 10


def is_workbook_of_ours(sheets: Iterable[Sheet]) -> bool:
    """Whether these are the sheets of a workbook that `template` made."""
    return any(folded(one.name) == folded(ABOUT) and is_ours(one) for one in sheets)


def read_workbook(file: DeliveredFile, protocol: Protocol) -> Delivery:
    """Read a filled workbook.

    Columns are found by their headings, in any order. Every row is used or stands in the receipt
    with the reason; values that were typed in another form are listed as they were taken.

    Parameters
    ----------
    file
        A workbook that `template` made, filled in.
    protocol
        The protocol it was made for.

    Raises
    ------
    DataError
        With sheet and cell, what is allowed and what to do; nothing is read in part.

    References
    ----------
    recist11.md section 14, R-130 to R-143.
    """
    return _Reading(file, protocol).delivery()


@dataclass(slots=True)
class _Reading:
    """One workbook while it is read; `silent` are notes on sheets from which nothing comes."""

    file: DeliveredFile
    protocol: Protocol
    rows: dict[str, SheetRows] = field(default_factory=dict)
    made: dict[str, Counter[str]] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    silent: list[str] = field(default_factory=list)

    def delivery(self) -> Delivery:
        """Read every sheet, then make the records."""
        sheets, strangers = self._sheets()
        about = About.of(sheets[folded(ABOUT)])
        settings, notes = settings_of(about, self.protocol)
        self.notes += [*notes, *strangers]
        _refuse_long(self.file, sheets)
        for layout in (*layouts_of(self.protocol), *domain_layouts(sheets)):
            self._read(sheets, layout, settings)
        gathered = Gathered(settings.study, self.file.name)
        gather_parameters(gathered, about, settings)
        self._gather(gathered, settings)
        for rows in self.rows.values():
            rows.lines.clear()  # they are records now
        sdtm = assemble(gathered.tables(), self.notes)
        return Delivery(
            sdtm,
            Receipt(
                files=files_read([self.file]),
                tables=tuple(self._tables()),
                changed=tuple(one for rows in self.rows.values() for one in rows.changed()),
                notes=(*sdtm.notes, *self.silent),
            ),
        )

    def _sheets(self) -> tuple[dict[str, Sheet], list[str]]:
        """The sheets of the form by folded name, and a note for each other one."""
        known = {folded(one.name) for one in layouts_of(self.protocol)}
        known |= {folded(name) for name in (ABOUT, *SDTM)}
        names = sheet_names(self.file)
        doubled = [name for name, count in Counter(map(folded, names)).items() if count > 1]
        if doubled:
            raise DataError("Two sheets have the same name.", where=f"{self.file.name}: {doubled[0]}",
                            do="rename or remove one of them")  # fmt: skip
        chosen = [name for name in names if folded(name) in known]
        unread = {folded(CALENDAR), folded(LISTS)}
        notes = [
            f"{self.file.name}: the sheet {name} is no sheet of the form: not read."
            for name in names if folded(name) not in known | unread
        ]  # fmt: skip
        return {folded(one.name): one for one in read_sheets(self.file, chosen)}, notes

    def _read(self, sheets: Mapping[str, Sheet], layout: SheetLayout, settings: Settings) -> None:
        sheet = sheets.get(folded(layout.name))
        if sheet is None:
            if layout.name in _needed(self.protocol):
                raise DataError(
                    f"The sheet {layout.name} is missing.",
                    where=self.file.name,
                    allowed=", ".join(one.name for one in layouts_of(self.protocol)),
                    do="add the sheet with its headings; a sheet that was renamed needs its name back",
                )
            if layout.name != RESPONSES:
                self.silent.append(f"{self.file.name} has no sheet {layout.name}.")
            return
        found = read_rows(sheet, layout, settings, visits=layout.name == MEASUREMENTS)
        if isinstance(sheet.cells, Cells):
            sheet.cells.rows.clear()  # they are lines now
        self.rows[layout.name] = found
        self.notes += _unlisted_kinds(found)
        if not found.lines and layout.name in _needed(self.protocol):
            raise DataError(
                f"The sheet {layout.name} has no rows.",
                where=str(sheet),
                allowed="at least one patient with lesions and measurements",
                do="fill in the workbook, then read it again",
            )
        if not found.lines:
            self.silent.append(f"{sheet}: no rows.")
        if sheet.formulas:
            self.notes.append(_formula_note(sheet))

    def _gather(self, gathered: Gathered, settings: Settings) -> None:
        """Make the records: patients with their follow-up, lesions, then the other sheets."""
        self._patients(gathered)
        if {SCANS, LESIONS, MEASUREMENTS} <= self.rows.keys():
            self._lesions(gathered, settings)
        own = {PATIENTS, SCANS, LESIONS, MEASUREMENTS, FOLLOW_UP}
        for name, rows in self.rows.items():
            for line in rows.lines if name not in own else ():
                record: Record = {**line.values}
                self._add(gathered, rows, line, rows.layout.domain, record)

    def _patients(self, gathered: Gathered) -> None:
        """DM of each patient, with enrolment and then the follow-up of the patient."""
        rows = self.rows[PATIENTS]
        contacts = self.rows.get(FOLLOW_UP, rows)
        waiting: dict[str, list[Line]] = {}
        for line in contacts.lines if contacts is not rows else ():
            waiting.setdefault(line.values["USUBJID"].upper(), []).append(line)
        for line in rows.lines:
            subject = line.values["USUBJID"]
            record: Record = {**line.values}
            record.pop("enrolled", None)
            self._add(gathered, rows, line, "DM", record)
            if day := line.get("enrolled"):
                enrolled: Record = {"USUBJID": subject, **ENROLLED, "DSSTDTC": day}
                place = rows.place(line, {"USUBJID": "USUBJID", "DSSTDTC": "enrolled"})
                self._add(gathered, rows, line, "DS", enrolled, place)
            self._contacts(gathered, contacts, waiting.pop(subject.upper(), []))
        for lines in waiting.values():  # of patients that are not on the sheet Patients
            self._contacts(gathered, contacts, lines)

    def _contacts(self, gathered: Gathered, rows: SheetRows, lines: Iterable[Line]) -> None:
        for line in lines:
            code, record = follow_up_record(line)
            sources = {"USUBJID": "USUBJID", f"{code}STDTC": "date", f"{code}DTC": "date",
                       "DSDECOD": "DSDECOD", "DSSCAT": "DSSCAT", "SSSTRESC": "what"}  # fmt: skip
            self._add(gathered, rows, line, code, record, rows.place(line, sources))

    def _lesions(self, gathered: Gathered, settings: Settings) -> None:
        scan_rows, lesions = self.rows[SCANS], self.rows[LESIONS]
        names = {number: one.name for number, one in scans_of(self.protocol).items()}
        scans = ScanDays.of(scan_rows, names)
        gather_lesions(gathered, lesions, scans, self.protocol)
        measured = self.rows[MEASUREMENTS]
        measured.aside += gather_measurements(
            gathered, measured, scans, lesions, comma=settings.comma
        )
        scan_rows.aside += unused_scans(scans)
        counts = dict(gathered.made())
        self.made[LESIONS] = Counter(TU=counts.get("TU", 0))
        self.made[MEASUREMENTS] = Counter(TR=counts.get("TR", 0))

    def _add(
        self, gathered: Gathered, rows: SheetRows, line: Line, code: str, record: Record,
        place: Place | None = None,
    ) -> None:  # fmt: skip
        if "reader" in record:
            evaluator, identifier = reader_of(record.pop("reader"))
            record |= {f"{code}EVAL": evaluator, f"{code}EVALID": identifier}
        gathered.add(code, complete(code, record, self.protocol), place or rows.place(line))
        self.made.setdefault(rows.layout.name, Counter())[code] += 1

    def _tables(self) -> Iterator[TableRead]:
        for name, rows in self.rows.items():
            lost = sum(one.count for one in rows.aside if ", row " in one.where)
            yield TableRead(
                name=str(rows.sheet), rows=rows.rows, used=rows.rows - lost,
                made=tuple(sorted(self.made.get(name, Counter()).items())),
                aside=tuple(rows.aside),
            )  # fmt: skip


def _refuse_long(file: DeliveredFile, sheets: Mapping[str, Sheet]) -> None:
    """Refuse more patients, rows and measurements than a trial has, before they are records."""
    rows = {name: len({row for row, _ in one.cells}) for name, one in sheets.items()}
    patients = rows.get(folded(PATIENTS), 0)
    if patients > MAX_PATIENTS:
        raise too_much(
            f"{file.name}, sheet {PATIENTS}", f"{patients} rows", f"at most {MAX_PATIENTS} patients"
        )
    measured = sheets.get(folded(MEASUREMENTS))
    lines = sum(rows.values()) + (len(measured.cells) if measured else 0)
    if lines > MAX_LINES:
        most = max(rows, key=lambda name: rows[name])
        raise too_much(
            file.name,
            f"{lines} rows and measurements, {rows[most]} of the rows on the sheet "
            f"{sheets[most].name}",
            f"at most {MAX_LINES} rows and measurements",
        )


def _unlisted_kinds(rows: SheetRows) -> Iterator[str]:
    """A note on each kind of therapy or procedure in other words: it decides what counts (R-141)."""
    for one in rows.layout.fields:
        if one.name not in {"CMCAT", "PRCAT"} or not one.terms:
            continue
        listed = {folded(term) for term in one.terms}
        others: dict[str, list[Line]] = {}
        for line in rows.lines:
            if folded(said := line.get(one.name) or "") not in listed:
                others.setdefault(said, []).append(line)
        for said, lines in others.items():
            more = f" and {len(lines) - 1} more" if len(lines) > 1 else ""
            yield (
                f"{rows.cell(lines[0], one.name)}{more}: {quoted(said)} is no kind of the list "
                f"({', '.join(one.terms)}): it may not count as it was meant (R-141, R-142)."
            )


def _needed(protocol: Protocol) -> tuple[str, ...]:
    """Sheets that must be there: those of lesions unless responses are reported (R-142)."""
    if protocol.response.response_source == "reported":
        return (PATIENTS, RESPONSES)
    return (PATIENTS, SCANS, LESIONS, MEASUREMENTS)


def _formula_note(sheet: Sheet) -> str:
    cells = [sheet.cell(*place).rpartition(" ")[2] for place in sorted(sheet.formulas)]
    shown = ", ".join(cells[:_FORMULAS_SHOWN])
    more = f" and {len(cells) - _FORMULAS_SHOWN} more" if len(cells) > _FORMULAS_SHOWN else ""
    return f"{sheet}: the kept result of a formula was taken in {shown}{more}."
