"""The values of ADEX: what each is, and why, in words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from fractions import Fraction
from typing import TypeAlias

from trialwright.core.dates import from_day, iso
from trialwright.core.format import rounded
from trialwright.safety.exposure import Exposure
from trialwright.safety.exposure_end import End

Row: TypeAlias = dict[str, object]

#: Parameters of ADEX.
PARAMS = {
    "NDOSE": "Administrations",
    "NCYCLE": "Cycles or Sessions",
    "FIRSTDT": "First Dose",
    "LASTDT": "Last Dose",
    "DURD": "Duration of Treatment",
    "CUMDOSE": "Cumulative Dose",
    "PLANDOSE": "Cumulative Dose Planned Over the Duration",
    "DINT": "Dose Intensity",
    "RDI": "Relative Dose Intensity",
    "NDELAY": "Delays",
    "NINTERR": "Interruptions",
    "NREDUC": "Dose Reductions",
    "END": "End of Treatment With the Component",
    "ALONE": "Stopped While Others Went On",
}
_NE = "NE"
_SHOWN = 6


def exposure_values(exposure: Exposure, end: End | None) -> Iterator[Row]:
    """The rows of one component, or of one drug of it.

    Parameters
    ----------
    exposure
        Doses and calendar.
    end
        End of treatment, `None` for single drugs and without a schedule.
    """
    source = {
        "SRCDOM": " ".join(exposure.sources),
        "SRCSEQ": "; ".join(" ".join(numbers) for numbers in exposure.sources.values()),
    }
    for row in (*_counts(exposure), *_doses(exposure), *_changes(exposure), *_end(end)):
        yield row | source


def never_given(*, delivered: bool) -> Row:
    """The row of a component of which a treated subject has no record; EX may be missing at all."""
    if not delivered:
        return _row("NDOSE", None, "", "not estimable: no file of exposure (EX) was delivered")
    return _row("NDOSE", Fraction(0), "administrations", "no dose record of this component")


def _row(code: str, value: Fraction | None, unit: str, reason: str) -> Row:
    """One value; one that cannot be estimated says so and has no number."""
    return {
        "PARAMCD": code,
        "PARAM": PARAMS[code],
        "AVAL": None if value is None else float(value),
        "AVALC": _NE if value is None else str(value),
        "AVALU": None if value is None else unit,
        "ADT": None,
        "RULEID": "A-12",
        "REASON": reason,
    }


def _dated(code: str, day: int | None, text: str, reason: str) -> Row:
    when: date | None = None if day is None else from_day(day)
    return _row(code, None, "", reason) | {"AVALC": text, "ADT": when}


def _counts(one: Exposure) -> Iterator[Row]:
    first, last, course = one.first, one.last, one.course
    yield _row("NDOSE", Fraction(one.administrations), "administrations", "administrations given")
    if course.cycles is None:
        yield _row("NCYCLE", None, "", "not estimable: the protocol has no cycle")
    else:
        how = f"by the {one.calendar.schedule.origin}" if one.calendar else "days apart"
        yield _row("NCYCLE", Fraction(course.cycles), "cycles", f"cycles or sessions {how}")
    yield _dated("FIRSTDT", first, iso(first), "first dose")
    yield _dated("LASTDT", last, iso(last), "last dose")
    rest = course.duration - (last - first)
    words = f"{iso(last)} - {iso(first)} + {rest}, the days until the next dose would be due"
    if one.calendar is None or not one.calendar.schedule.cycle:
        words = f"{iso(last)} - {iso(first)} + 1; no dosing interval is planned"
    yield _row("DURD", Fraction(course.duration), "days", words)


def _doses(one: Exposure) -> Iterator[Row]:
    why = one.days.unsummed or "a dose is not recorded"
    if one.cumulative is None:
        ne = f"not estimable: {why}"
        yield _row("CUMDOSE", None, "", ne)
        yield _row("DINT", None, "", ne)
    else:
        yield _row("CUMDOSE", one.cumulative, one.unit, _summed(one))
        words = f"cumulative dose / {one.course.duration} days x 7"
        yield _row("DINT", one.intensity, f"{one.unit}/week", words)
    if one.planned is None or one.course.planned is None:
        yield _row("PLANDOSE", None, "", f"not estimable: {one.problem or why}")
        yield _row("RDI", None, "", f"not estimable: {one.problem or why}")
        return
    days = one.course.planned
    words = f"{_number(days)} planned dosing days x {_number(one.a_day)}; {one.reference}"
    yield _row("PLANDOSE", one.planned, one.unit, words)
    words = f"100 x {_number(one.cumulative)} / {_number(one.planned)} {one.unit}; {one.reference}"
    yield _row("RDI", one.relative, "%", words)


def _summed(one: Exposure) -> str:
    notes = ["sum of the doses given" if one.by_dose else "administrations; no dose is summed"]
    if one.days.converted:
        notes.append("converted by the last weight or body surface before each dose")
    if one.days.differs:
        notes.append("in the unit of the data, which is not that of the protocol")
    return "; ".join(notes)


def _changes(one: Exposure) -> Iterator[Row]:
    if one.calendar is None:
        for code in ("NDELAY", "NINTERR"):
            yield _row(code, None, "", f"not estimable: {one.problem or 'no schedule'}")
    else:
        for code, gaps in (("NDELAY", one.course.delays), ("NINTERR", one.course.interruptions)):
            spans = [f"{iso(a)} to {iso(b)}" if a != b else iso(a) for a, b in gaps]
            yield _row(code, Fraction(len(gaps)), "times", _listed(spans, "none in dose records"))
    if all(given.recorded is None for given in one.days.given.values()):
        yield _row("NREDUC", None, "", "not estimable: no dose is recorded")
        return
    days = [iso(day) for day in one.reductions]
    yield _row("NREDUC", Fraction(len(days)), "times", _listed(days, "none in dose records"))


def _listed(items: Sequence[str], nothing: str) -> str:
    more = f" and {len(items) - _SHOWN} more" if len(items) > _SHOWN else ""
    return ", ".join(items[:_SHOWN]) + more if items else nothing


def _end(end: End | None) -> Iterator[Row]:
    if end is None:
        return
    yield _dated("END", end.day, end.reason, end.evidence)
    words = "other components were given later" if end.alone else "no other component went on"
    if end.day is not None:
        yield _row("ALONE", Fraction(int(end.alone)), "1 yes, 0 no", words)


def _number(value: Fraction | None) -> str:
    """A number with as many decimals as it needs, at most two."""
    if value is None:
        return _NE
    return rounded(value, 0 if value.denominator == 1 else 2)
