"""The rows of a workbook from the SDTM of a trial, such as a simulated one."""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Mapping, Sequence

from trialwright.core.tables import ROW, Sdtm
from trialwright.intake.workbook.about import ABOUT_PARAMETERS
from trialwright.intake.workbook.completion import ENROLLED, Record, complete, shown
from trialwright.intake.workbook.content import Content, Row
from trialwright.intake.workbook.fill_lesions import lesion_rows, scan_and_measurement_rows
from trialwright.intake.workbook.layout import FOLLOW_UP, LESIONS, MEASUREMENTS, PATIENTS, SCANS
from trialwright.intake.workbook.record_sheets import (
    ALIVE,
    ALL_TREATMENT,
    DEAD,
    EVENT,
    LEFT,
    OTHER,
    PARTICIPATION,
    STOPPED,
    layouts_of,
)
from trialwright.intake.workbook.records import records_of, sdtm_rows
from trialwright.protocol.model import Protocol
from trialwright.vocabulary.sdtm import SDTM


def content_of(protocol: Protocol, sdtm: Sdtm) -> Content:
    """The rows of every sheet.

    What a sheet of the form has no place for stands on a sheet of its own, named by its domain and
    with the columns of SDTM.

    Parameters
    ----------
    protocol
        The protocol of the workbook.
    sdtm
        The data of a trial.
    """
    scans, measurements, rest = scan_and_measurement_rows(sdtm)
    rows: dict[str, Sequence[Row]] = {
        SCANS: scans.rows, MEASUREMENTS: measurements, "TR": rest,
        LESIONS: lesion_rows(protocol, sdtm, scans),
        PATIENTS: _patients(protocol, sdtm),
        FOLLOW_UP: list(_follow_up(protocol, sdtm)),
    }  # fmt: skip
    own = {"DM", "TU", "TR", "DS", "TS"}
    for layout in layouts_of(protocol):
        if layout.domain and layout.domain not in own:
            rows[layout.name] = [
                _short(protocol, layout.domain, one) for one in records_of(sdtm, layout.domain)
            ]
            own.add(layout.domain)
    rows["SS"] = [row for row in sdtm_rows(sdtm, "SS") if not _is_contact(protocol, row)]
    for code in SDTM:
        if code not in {*own, "SS"} and not code.startswith("SUPP"):
            rows[code] = list(sdtm_rows(sdtm, code))
    return Content(
        {name: tuple(found) for name, found in rows.items() if found},
        dict(_about(sdtm)),
        scans.names,
    )


def _short(protocol: Protocol, code: str, record: Record) -> Row:
    """The record without what the reader completes."""
    return {
        name: value for name, value in shown(record).items()
        if complete(code, {**record, name: None}, protocol).get(name) != value
    }  # fmt: skip


def _patients(protocol: Protocol, sdtm: Sdtm) -> list[Row]:
    enrolled = _enrolled(sdtm)
    return [
        {**_short(protocol, "DM", record), **enrolled.get(record["USUBJID"] or "", {})}
        for record in records_of(sdtm, "DM")
    ]


def _enrolled(sdtm: Sdtm) -> Mapping[str, Row]:
    """The date of enrolment, for subjects whose first disposition record it is."""
    first = sdtm["DS"].sort(ROW).unique("USUBJID", keep="first", maintain_order=True)
    return {
        row["USUBJID"]: {"enrolled": row["DSSTDTC"]}
        for row in first.iter_rows(named=True)
        if _is_enrolment(row)
    }


def _is_enrolment(row: Mapping[str, str | None]) -> bool:
    return row["DSSCAT"] is None and all(row[name] == ENROLLED[name] for name in ENROLLED)


def _follow_up(protocol: Protocol, sdtm: Sdtm) -> Iterator[Row]:
    """Disposition and contacts of each subject by date; the order within each domain stays."""
    events: dict[str, dict[str, list[Row]]] = {}
    for code in ("DS", "SS"):
        for record in sdtm_rows(sdtm, code):
            events.setdefault(record["USUBJID"], {"DS": [], "SS": []})[code].append(record)
    enrolled = _enrolled(sdtm)
    for subject, found in events.items():
        rest = found["DS"][1:] if subject in enrolled else found["DS"]
        ends = [_event(protocol, one) for one in rest]
        contacts = [
            {"USUBJID": subject, "date": one["SSDTC"], "what": one["SSSTRESC"]}
            for one in found["SS"] if _is_contact(protocol, one)
        ]  # fmt: skip
        yield from heapq.merge(ends, contacts, key=lambda row: row["date"])


def _is_contact(protocol: Protocol, row: Row) -> bool:
    """Whether the sheet says all of a record of SS."""
    status = row.get("SSSTRESC")
    made = {"USUBJID": row["USUBJID"], "SSDTC": row.get("SSDTC"), "SSSTRESC": status}
    return status in (ALIVE, DEAD) and complete("SS", made, protocol) == row


def _event(protocol: Protocol, record: Row) -> Row:
    short = _short(protocol, "DS", dict(record))
    row = {name: value for name, value in short.items() if name != "DSSTDTC"}
    row["date"] = record["DSSTDTC"]
    category, part = record.get("DSCAT"), record.get("DSSCAT")
    if category == EVENT and part == PARTICIPATION:
        kind, left_out = LEFT, {"DSCAT", "DSSCAT"}
    elif category == EVENT and part is not None:
        kind, left_out = STOPPED, {"DSCAT"} | ({"DSSCAT"} if part == ALL_TREATMENT else set())
    else:
        kind, left_out = OTHER, set()
    return {name: value for name, value in row.items() if name not in left_out} | {"what": kind}


def _about(sdtm: Sdtm) -> Iterator[tuple[str, str]]:
    for key, (code, _) in ABOUT_PARAMETERS.items():
        value = sdtm.parameter(code)
        if value is not None:
            yield key, value
    studies = sdtm["DM"]["STUDYID"].drop_nulls().unique().to_list()
    if len(studies) == 1:
        yield "Study identifier", studies[0]
