"""Rows that are records of more than one domain, and sheets with the columns of SDTM."""

from __future__ import annotations

from collections.abc import Container, Iterator

from trialwright.intake.workbook.completion import Record
from trialwright.intake.workbook.layout import Field, SheetLayout, folded
from trialwright.intake.workbook.record_sheets import (
    ALIVE,
    ALL_TREATMENT,
    DEAD,
    EVENT,
    LEFT,
    PARTICIPATION,
    STOPPED,
)
from trialwright.intake.workbook.rows import Line
from trialwright.vocabulary.sdtm import SDTM


def domain_layouts(sheets: Container[str]) -> Iterator[SheetLayout]:
    """Layouts of sheets that are named by a domain and have the columns of SDTM."""
    for code, domain in SDTM.items():
        if folded(code) in sheets:
            fields = tuple(
                Field(heading=one.name, name=one.name, required=one.required and one.filled,
                      kind=one.kind)
                for one in domain.columns if one.name not in {"STUDYID", "DOMAIN", f"{code}SEQ"}
            )  # fmt: skip
            yield SheetLayout(name=code, domain=code, title=domain.label, fields=fields)


def follow_up_record(line: Line) -> tuple[str, Record]:
    """The record of a row of the follow-up: a contact, or a disposition."""
    what, day = line.values["what"], line.get("date")
    left_out = {"what", "date"}
    rest: Record = {name: value for name, value in line.values.items() if name not in left_out}
    if what in (ALIVE, DEAD):
        return "SS", {"USUBJID": line.values["USUBJID"], "SSSTRESC": what, "SSDTC": day}
    if what == STOPPED:
        rest = {"DSCAT": EVENT, "DSSCAT": ALL_TREATMENT, **rest}
    elif what == LEFT:
        rest = {"DSCAT": EVENT, "DSSCAT": PARTICIPATION, **rest}
    return "DS", {**rest, "DSSTDTC": day}
