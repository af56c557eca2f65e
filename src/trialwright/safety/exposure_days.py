"""The dose of each day of a component from its records: parts of one dose, overlaps, procedures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

from trialwright.safety.exposure_records import DoseRecord
from trialwright.safety.exposure_units import Body, Unit, factor, read_unit


@dataclass(frozen=True, slots=True)
class Given:
    """What was given on a day: administrations, and the sum of the doses (`None` when not known).

    `recorded` is the sum as collected, before any conversion.
    """

    count: int
    amount: Fraction | None
    recorded: Fraction | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Days:
    """The dosing days of one component, or one of its drugs, in one subject.

    Attributes
    ----------
    given
        By day, in order; amounts in `unit`.
    unit
        That of the protocol where the records can be converted to it, else that of the records, ""
        when they have none or several.
    unsummed
        Why the amounts cannot be added, "" when they can.
    differs
        The unit of the records where it cannot be converted to that of the protocol.
    converted
        Whether weight or body surface was needed.
    adjusted
        Days of records that say why the dose was changed.
    """

    given: Mapping[int, Given]
    unit: str
    unsummed: str = ""
    differs: str = ""
    converted: bool = False
    adjusted: frozenset[int] = frozenset()

    @property
    def cumulative(self) -> Fraction | None:
        """Sum of all doses, `None` when one is not known."""
        known = [one.amount for one in self.given.values() if one.amount is not None]
        if self.unsummed or len(known) < len(self.given):
            return None
        return sum(known, Fraction(0))

    def reductions(self) -> tuple[int, ...]:
        """Days on which less was given than on the dosing day before.

        Where weight or body surface was needed, the collected dose must have fallen too: a change
        of weight alone is no reduction.
        """
        return tuple(
            day
            for (_, before), (day, after) in pairwise(self.given.items())
            if _less(after.amount, before.amount)
            and (not self.converted or _less(after.recorded, before.recorded))
        )


def add_up(records: Sequence[DoseRecord], wanted: str, body: Body) -> Days:
    """Add the records of one component, or one of its drugs, day by day.

    Records with exactly the same days are parts of one dose and are added. Records that share some
    days only overlap: their days count once, and no sum is made (A-12).

    Parameters
    ----------
    records
        Records of one subject, of EX or, where EX has none, of PR.
    wanted
        Unit of the protocol, "" when it has none.
    body
        Weight and body surface.
    """
    broken = sorted({one.broken for one in records if one.broken})
    if _overlap(records):
        broken.append("dose records overlap")
    target, differs = _common_unit(records, wanted, body)
    given: dict[int, Given] = {}
    for one in records:
        for day in one.days:
            before = given.get(day)
            amount = _amount(one, day, target, body)
            recorded = None if one.amount is None else one.amount * one.a_day
            if before is not None:
                amount = _plus(before.amount, amount)
                recorded = _plus(before.recorded, recorded)
            count = max(one.a_day, before.count if before else 0)
            given[day] = Given(count, amount, recorded)
    return Days(
        given=dict(sorted(given.items())),
        unit=target.text if target else "",
        unsummed="; ".join(broken),
        differs=differs,
        converted=target is not None and any(_per(one) != target.per for one in records),
        adjusted=frozenset(day for one in records if one.adjusted for day in one.days),
    )


def _less(one: Fraction | None, other: Fraction | None) -> bool:
    return one is not None and other is not None and one < other


def _plus(one: Fraction | None, other: Fraction | None) -> Fraction | None:
    return None if one is None or other is None else one + other


def _overlap(records: Sequence[DoseRecord]) -> bool:
    """Whether two records share a day and not all days."""
    extents: dict[int, tuple[int, ...]] = {}
    for one in records:
        for day in one.days:
            if extents.setdefault(day, one.days) != one.days:
                return True
    return False


def _per(record: DoseRecord) -> str:
    unit = read_unit(record.unit)
    return unit.per if unit else ""


def _amount(record: DoseRecord, day: int, target: Unit | None, body: Body) -> Fraction | None:
    """Dose of one day in the unit of the sum."""
    unit = read_unit(record.unit)
    if record.amount is None or unit is None or target is None:
        return None
    scale = factor(unit, target, body, record.subject, day)
    return None if scale is None else record.amount * record.a_day * scale


def _common_unit(records: Sequence[DoseRecord], wanted: str, body: Body) -> tuple[Unit | None, str]:
    """The unit to add in, and the unit of the records where the protocol has another one."""
    dosed = [one for one in records if one.amount is not None]
    units = {unit.text: unit for one in dosed if (unit := read_unit(one.unit)) is not None}
    protocol = read_unit(wanted)
    if protocol is not None and _all_convertible(dosed, protocol, body):
        return protocol, ""
    said = ", ".join(sorted(units))
    differs = said if protocol is not None and said else ""
    first = min(units.items(), default=(None, None))[1]
    if first is not None and _all_convertible(dosed, first, body):
        return first, differs
    return None, differs


def _all_convertible(records: Sequence[DoseRecord], target: Unit, body: Body) -> bool:
    return all(
        (unit := read_unit(one.unit)) is not None
        and factor(unit, target, body, one.subject, day) is not None
        for one in records
        for day in one.days
    )
