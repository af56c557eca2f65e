"""Dose records: EX, and PR for study procedures, as administrations of the components by day.

Rules A-12 and S-3. A dose of 0 and one marked as not done were not given. Dates are never imputed
(D-06), and a record that is not used is listed.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

import polars as pl

from trialwright.core.dates import parse_date
from trialwright.core.tables import ROW, Sdtm
from trialwright.protocol.model import Component
from trialwright.safety.exposure_names import Match, Names, names_of
from trialwright.safety.exposure_units import read_number
from trialwright.schedule.frequency import DAILY, interval_of
from trialwright.subjects.days import upper
from trialwright.subjects.procedures import study_procedures
from trialwright.subjects.reconcile import query, unused

_ONE = ("ONCE", "CONTINUOUS", "1 TIME", "SINGLE")


@dataclass(frozen=True, slots=True, kw_only=True)
class DoseRecord:
    """One record of treatment that was given.

    `days` are the days on which it was given, `a_day` the administrations on each; `amount` is that
    of one administration, `None` when it is not known. `broken` says what is wrong with the record
    so that nothing can be summed over it.
    """

    subject: str
    component: int
    agent: str
    domain: str
    sequence: str
    days: tuple[int, ...]
    a_day: int = 1
    amount: Fraction | None = None
    unit: str = ""
    every: int | None = None
    adjusted: bool = False
    broken: str = ""


@dataclass(frozen=True, slots=True)
class DoseRecords:
    """All records of treatment that count, in a fixed order, with queries and what was not used."""

    records: tuple[DoseRecord, ...]
    queries: tuple[pl.DataFrame, ...]
    unused: tuple[pl.DataFrame, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Reading:
    """What records are read with."""

    regimen: Sequence[Component]
    names: Names
    cutoff: int


def read_doses(regimen: Sequence[Component], sdtm: Sdtm, cutoff: int) -> DoseRecords:
    """Read the dose records of the components.

    Parameters
    ----------
    regimen
        Components in the order of the protocol.
    sdtm
        EX, PR and DM up to the cut-off.
    cutoff
        Day number of the data cut-off: days of a longer record behind it do not count (D-08).

    Returns
    -------
    DoseRecords
        One record a component for a record of a combination, whose amount is then not known.

    References
    ----------
    Rules A-12, S-3, D-06, D-08, R-143.
    """
    known = pl.col("USUBJID").is_in(sdtm["DM"]["USUBJID"].to_list())
    ex, pr = sdtm["EX"], study_procedures(sdtm)
    foreign = unused("EX", ex.filter(~known), "R-143", "subject is not in DM")
    ex, twice = _without_repeats(ex.filter(known))
    nothing = _not_given(ex)
    sources = [("EX", ex.filter(~nothing)), ("PR", pr.filter(known))]
    found = _Found([], [query(twice["USUBJID"], "A-12", _REPEATED)], [
        foreign,
        unused("EX", twice, "A-12", "repeats another dose record"),
        unused("EX", ex.filter(nothing), "S-3", "a dose of 0 or one not done is no dose"),
    ])  # fmt: skip
    reading = _Reading(regimen=regimen, names=names_of(regimen), cutoff=cutoff)
    for domain, frame in sources:
        _read_domain(domain, frame, reading, found)
    order = sorted(found.records, key=lambda r: (r.subject, r.component, r.days, repr(r)))
    return DoseRecords(tuple(order), tuple(found.queries), tuple(found.unused))


_REPEATED = "A dose record stands twice with the same treatment, dose and dates: counted once."


@dataclass(slots=True)
class _Found:
    records: list[DoseRecord]
    queries: list[pl.DataFrame]
    unused: list[pl.DataFrame]

    def ask(self, subject: str, message: str, rule: str = "A-12") -> None:
        """One query."""
        self.queries.append(query((subject,), rule, message))


def _not_given(ex: pl.DataFrame) -> pl.Series:
    """Doses of 0 and doses marked as not done (S-3)."""
    nothing = (pl.col("EXDOSE").cast(pl.Float64, strict=False) == 0).fill_null(value=False)
    if "EXOCCUR" in ex.columns:
        nothing |= (upper("EXOCCUR") == "N").fill_null(value=False)
    return ex.select(nothing.alias("NOT")).to_series()


def _without_repeats(ex: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The records once each, and the repeats: all that says what was given is equal."""
    said = ["USUBJID", "EXTRT", "EXDOSE", "EXDOSU", "EXDOSFRQ", "EXSTDTC", "EXENDTC"]
    ordered = ex.sort([*said, "EXSEQ", *sorted(set(ex.columns) - {ROW, "EXSEQ", *said})])
    again = ordered.select(pl.struct(said).is_first_distinct().alias("FIRST")).to_series()
    return ordered.filter(again), ordered.filter(~again)


def _read_domain(domain: str, frame: pl.DataFrame, reading: _Reading, found: _Found) -> None:
    """Add the records of a domain, or the row that says why one is not used."""
    for at, row in enumerate(frame.iter_rows(named=True)):
        match = reading.names.match(row[f"{domain}TRT"] or "")
        start = parse_date((row[f"{domain}STDTC"] or "").strip())
        subject, record = row["USUBJID"], frame[at]
        name = f"{domain} {row[f'{domain}SEQ'] or '?'} ({row[f'{domain}TRT']})"
        if not match.parts:
            found.ask(subject, f"{name}: the protocol has no such treatment; it is not counted.")
            found.unused.append(unused(domain, record, "A-12", "not a component of the protocol"))
            continue
        if start is None or not start.is_complete:
            found.ask(subject, f"{name}: no complete start date, so it is not counted.", "D-06")
            found.unused.append(unused(domain, record, "D-06", "dose without a complete date"))
            found.records += _undated(domain, row, match)
            continue
        if len(match.parts) > 1:
            found.ask(subject, f"{name}: one record of a combination, no dose of each component.")
        for part in match.parts:
            one = _dated(domain, row, reading, (part, start.first_day))
            if one.broken:
                found.ask(subject, f"{name}: {one.broken}.")
            if _beyond(domain, row, reading.cutoff):
                found.ask(subject, f"{name}: its days after the data cut-off do not count.", "D-08")
            found.records.append(_of_match(one, match))


def _beyond(domain: str, row: dict[str, str], cutoff: int) -> bool:
    """Whether a dose record goes on behind the cut-off."""
    end = parse_date((row["EXENDTC"] or "").strip()) if domain == "EX" else None
    return end is not None and end.first_day > cutoff


def _of_match(record: DoseRecord, match: Match) -> DoseRecord:
    """The record with its drug; the dose of a combination is that of no component."""
    if len(match.parts) == 1:
        return replace(record, agent=match.agent)
    return replace(record, amount=None, unit="", broken="given as a combination of components")


def _undated(domain: str, row: dict[str, str], match: Match) -> Iterator[DoseRecord]:
    for part in match.parts:
        yield DoseRecord(
            subject=row["USUBJID"], component=part, agent=match.agent, domain=domain,
            sequence=row[f"{domain}SEQ"] or "", days=(), broken="a dose has no complete date",
        )  # fmt: skip


def _dated(
    domain: str, row: dict[str, str], reading: _Reading, place: tuple[int, int]
) -> DoseRecord:
    """A record of a component, `place`, with the day on which it starts."""
    part, start = place
    whole = _Days((start,))
    if domain == "EX":
        whole = _expanded(row, reading.regimen[part], start)
    return DoseRecord(
        subject=row["USUBJID"],
        component=part,
        agent="",
        domain=domain,
        sequence=row[f"{domain}SEQ"] or "",
        days=tuple(day for day in whole.days if day <= reading.cutoff),
        a_day=whole.a_day,
        amount=read_number(row.get("EXDOSE")) if domain == "EX" else None,
        unit=(row.get("EXDOSU") or "").strip() if domain == "EX" else "",
        every=whole.every,
        adjusted=bool((row.get("EXADJ") or "").strip()),
        broken=whole.broken,
    )


@dataclass(frozen=True, slots=True)
class _Days:
    """Days of a record, administrations on each, days between doses, what is wrong with it."""

    days: tuple[int, ...]
    a_day: int = 1
    every: int | None = None
    broken: str = ""


def _expanded(row: dict[str, str], component: Component, start: int) -> _Days:
    """The days of an EX record by its frequency, else by that of the protocol."""
    frequency = (row["EXDOSFRQ"] or "").strip().upper()
    every = interval_of(frequency)
    daily = frequency in DAILY or (not frequency and _daily_runs(component))
    planned = (component.frequency or "").strip().upper()
    first = _Days((start,), DAILY.get(frequency or planned, 1), every)
    said = (row["EXENDTC"] or "").strip()
    end = parse_date(said) if said else None
    if end is None or not end.is_complete:
        many = daily or (every is not None and said)
        return replace(first, broken=f"no complete end date{_FIRST}") if many else first
    if end.first_day < start:
        return replace(first, broken=f"ends before it begins{_FIRST}")
    if end.first_day == start or frequency in _ONE:
        return first
    if not (daily or every or frequency):
        planned_days = component.interval_days or component.cycle_length_days
        long = planned_days is not None and end.first_day - start >= planned_days
        return replace(first, broken=f"no frequency for several doses{_FIRST}") if long else first
    if not daily and every is None:
        return replace(first, broken=f"frequency {frequency} is not known{_FIRST}")
    return replace(first, days=tuple(range(start, end.first_day + 1, 1 if daily else every or 1)))


_FIRST = ", so only its first day counts"


def _daily_runs(component: Component) -> bool:
    """Whether the protocol gives the component on neighbouring days."""
    days = set(component.days_in_cycle or ())
    runs = any(day + 1 in days for day in days)
    return runs or component.interval_days == 1 or (component.frequency or "").upper() in DAILY
