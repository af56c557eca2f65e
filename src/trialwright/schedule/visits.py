"""Visits of treatment: doses of one day together, days after procedures, names by cycle."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from trialwright.protocol.model import Protocol
from trialwright.schedule.because import usual
from trialwright.schedule.doses import Session
from trialwright.schedule.model import Planned, Visit, weakest
from trialwright.schedule.rows import Rows
from trialwright.vocabulary.activities import (
    AFTER_PROCEDURE_DAYS,
    WINDOW_DRUG,
    WINDOW_TWO_WEEKLY,
    Point,
)

_TWO_WEEKS = 14


@dataclass(frozen=True, slots=True)
class Cycles:
    """Where cycle 1 begins and how long a cycle is, in days; `None` without cycles."""

    start: int
    length: int | None

    def of(self, offset: int) -> tuple[int, int] | None:
        """Cycle and day of an offset; `None` before cycle 1 or without cycles."""
        if self.length is None or offset < self.start:
            return None
        cycle, day = divmod(offset - self.start, self.length)
        return cycle + 1, day + 1

    def name(self, offset: int) -> tuple[str, str]:
        """Short and long name of a day: `C2D15`, "Cycle 2, day 15"."""
        found = self.of(offset)
        if found is None:
            return f"D{offset + 1}", f"Day {offset + 1}"
        return f"C{found[0]}D{found[1]}", f"Cycle {found[0]}, day {found[1]}"


def cycles_of(protocol: Protocol, start: int) -> Cycles:
    """The cycles of the treatment, else those that every component shares."""
    own = {one.cycle_length_days for one in protocol.regimen if one.cycle_length_days}
    shared = next(iter(own)) if len(own) == 1 else None
    return Cycles(start, protocol.treatment.cycle_length_days or shared)


def treatment_visits(
    protocol: Protocol, sessions: Sequence[Session], cycles: Cycles, rows: Rows
) -> Iterator[Visit]:
    """One visit for each day on which a dose or a run of doses begins.

    None may be so early that it falls on or before the one ahead of it.
    """
    intervals = {one.id: one.interval_days for one in protocol.regimen}
    kinds = {one.id: one.kind for one in protocol.regimen}
    by_day: dict[int, list[Session]] = {}
    for session in sessions:
        by_day.setdefault(session.offset, []).append(session)
    seen: set[int] = set()
    before = -1
    for offset in sorted(by_day):
        here = by_day[offset]
        cycle = cycles.of(offset)
        point = _point(offset, cycle, seen)
        marks = [Planned(one.component, one.mark, one.because) for one in here]
        short, long = cycles.name(offset)
        two_weekly = any(intervals[one.component] == _TWO_WEEKS for one in here)
        window = 0 if offset == 0 else WINDOW_TWO_WEEKLY if two_weekly else WINDOW_DRUG
        yield Visit(
            id=short, name=long, epoch="treatment", anchor="first_treatment", offset=offset,
            early=min(window, offset - before - 1), late=window,
            planned=(*marks, *rows.at(point, cycle[0] if cycle else 1)),
            because=weakest(one.because for one in here),
            days=max(one.days for one in here) if _stays(here, kinds) else 1,
        )  # fmt: skip
        before = offset


def _point(offset: int, cycle: tuple[int, int] | None, seen: set[int]) -> Point:
    """First treatment, first dosing day of a later cycle, or a day inside a cycle."""
    number = cycle[0] if cycle else 0
    new = number not in seen
    seen.add(number)
    if offset == 0:
        return "first"
    return "cycle" if new and cycle else "during"


def _stays(sessions: Sequence[Session], kinds: Mapping[str, str | None]) -> bool:
    """Whether the visit is a stay: procedures of several days and nothing else."""
    return all(kinds[one.component] in {"procedure", "radiation"} for one in sessions)


def after_procedures(
    protocol: Protocol, sessions: Sequence[Session], cycles: Cycles, rows: Rows, until: int
) -> Iterator[Visit]:
    """A visit some days behind the end of each procedure, unless a dose brings one that day."""
    procedures = {one.id for one in protocol.regimen if one.kind == "procedure"}
    taken = {session.offset for session in sessions}
    ends = {
        one.offset + one.days - 1 + AFTER_PROCEDURE_DAYS
        for one in sessions
        if one.component in procedures
    }
    for number, offset in enumerate(sorted(ends), start=1):
        if offset in taken or offset > until:
            continue
        short, long = cycles.name(offset)
        yield Visit(
            id=short, name=f"{long}, after the procedure", epoch="treatment",
            anchor="first_treatment", offset=offset, early=WINDOW_DRUG, late=WINDOW_DRUG,
            planned=rows.at("after_procedure", 1),
            because=usual("SA-03", f"{AFTER_PROCEDURE_DAYS} days after the end of a procedure"),
            key=f"after procedure {number}",
        )  # fmt: skip
