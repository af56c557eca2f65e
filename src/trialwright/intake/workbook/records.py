"""Records of a domain as the writer of a workbook needs them."""

from __future__ import annotations

from collections.abc import Iterator

from trialwright.core.tables import ROW, Sdtm
from trialwright.intake.workbook.completion import Record, reader_text
from trialwright.intake.workbook.content import Row


def records_of(sdtm: Sdtm, code: str) -> Iterator[Record]:
    """The records of a domain; readers as one text, without study, domain and sequence."""
    left_out = {"STUDYID", "DOMAIN", f"{code}SEQ", ROW}
    frame = sdtm[code]
    names = [name for name in frame.columns if name not in left_out]
    for values in frame.select(names).iter_rows():
        record: Record = dict(zip(names, values, strict=True))
        if f"{code}EVAL" in record:
            record["reader"] = reader_text(
                record.pop(f"{code}EVAL"), record.pop(f"{code}EVALID", None)
            )
        yield record


def sdtm_rows(sdtm: Sdtm, code: str) -> Iterator[Row]:
    """The records with the columns of SDTM."""
    frame = sdtm[code].drop(ROW, "STUDYID", "DOMAIN", f"{code}SEQ", strict=False)
    for values in frame.iter_rows(named=True):
        yield {name: value for name, value in values.items() if value is not None}
