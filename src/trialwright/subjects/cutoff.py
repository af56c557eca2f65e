"""The data cut-off: where it comes from, and the records behind it (rule D-08)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

import polars as pl

from trialwright.core.dates import parse_date
from trialwright.core.errors import DataError
from trialwright.core.tables import Sdtm
from trialwright.protocol.settled import SettledAnalysis
from trialwright.subjects.days import day_column
from trialwright.subjects.reconcile import unused

#: The date that decides whether a record lies behind the cut-off.
_DATED_BY = {
    "TU": "TUDTC", "TR": "TRDTC", "RS": "RSDTC", "EX": "EXSTDTC", "PR": "PRSTDTC", "CM": "CMSTDTC",
    "AE": "AESTDTC", "DS": "DSSTDTC", "SS": "SSDTC", "SV": "SVSTDTC", "LB": "LBDTC",
    "VS": "VSDTC", "EG": "EGDTC",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Cutoff:
    """The data cut-off as a day number, with where it was found."""

    day: int
    source: Literal["protocol", "data", "inferred"]

    @property
    def words(self) -> str:
        """Where the cut-off comes from, for the report."""
        return {
            "protocol": "given in the protocol",
            "data": "given with the data (TS, DCUTDTC)",
            "inferred": "the latest date in the data, since neither protocol nor TS gives one",
        }[self.source]


def find_cutoff(analysis: SettledAnalysis, sdtm: Sdtm) -> Cutoff:
    """The cut-off of the protocol, else of the data (TS DCUTDTC), else the latest date."""
    if analysis.data_cutoff is not None:
        return Cutoff(analysis.data_cutoff, "protocol")
    given = sdtm.parameter("DCUTDTC")
    if given is not None:
        found = parse_date(given.strip())
        if found is None or not found.is_complete:
            raise DataError(
                f'The data cut-off "{given}" is not a complete date.',
                where=f"{sdtm.file('TS')}, TSPARMCD DCUTDTC, TSVAL",
                allowed="YYYY-MM-DD",
                do="correct TSVAL, or set analysis.data_cutoff in the protocol",
            )
        return Cutoff(found.first_day, "data")
    latest = latest_day(sdtm)
    if latest is None:
        raise DataError(
            "The data hold no complete date.",
            where=", ".join(sorted(sdtm.files.values())) or "all files",
            allowed="ISO 8601 dates",
            do="check the --DTC columns",
        )
    return Cutoff(latest, "inferred")


def latest_day(sdtm: Sdtm) -> int | None:
    """The latest complete date of the records as a day number; `None` without any."""
    latest = [
        sdtm[code].select(day_column(column).max()).item() for code, column in _DATED_BY.items()
    ]
    return max((day for day in (*latest, *_dates_of_dm(sdtm)) if day is not None), default=None)


def _dates_of_dm(sdtm: Sdtm) -> list[int | None]:
    """The latest of each date of DM: treatment, consent, death."""
    columns = ("RFICDTC", "RFXSTDTC", "RFXENDTC", "DTHDTC")
    return [sdtm["DM"].select(day_column(column).max()).item() for column in columns]


def within_cutoff(sdtm: Sdtm, cutoff: Cutoff) -> tuple[Sdtm, list[pl.DataFrame]]:
    """The records up to the cut-off, and a reconciliation row for each one behind it.

    A record without a complete date stays: its own rules decide about it.
    """
    domains = dict(sdtm.domains)
    removed = []
    for code, column in _DATED_BY.items():
        frame = domains[code]
        late = frame.select((day_column(column) > cutoff.day).fill_null(value=False)).to_series()
        if late.any():
            removed.append(unused(code, frame.filter(late), "D-08", "dated after the data cut-off"))
            domains[code] = frame.filter(~late)
    return replace(sdtm, domains=domains), removed


def seen_by(sdtm: Sdtm, day: int) -> pl.DataFrame:
    """The subjects with a dated record on or before a day: USUBJID."""
    early = [
        sdtm[code].filter(day_column(column) <= day).select("USUBJID")
        for code, column in _DATED_BY.items()
    ]
    return pl.concat(early).unique()
