"""Units and amounts of doses, exact: nothing is converted that the data do not say how to convert."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from trialwright.core.tables import Sdtm
from trialwright.subjects.days import day_column, upper

_GRAM = {
    "kg": Fraction(1000),
    "g": Fraction(1),
    "mg": Fraction(1, 1000),
    "ug": Fraction(1, 10**6),
}
_PER = {"": "", "/kg": "WEIGHT", "/m2": "BSA"}
_SPELLED = (("µg", "ug"), ("μg", "ug"), ("mcg", "ug"), ("²", "2"), ("^2", "2"), ("m**2", "m2"))
_POUND_KG = Fraction(45359237, 10**8)
#: Days and values of one measurement of a subject, in order of days.
Series = tuple[tuple[int, Fraction], ...]


@dataclass(frozen=True, slots=True)
class Unit:
    """A mass, or a mass for each kg of weight or m2 of body surface; `mass` is in grams.

    `mass` is 0 for any other unit: such amounts are compared with equal units only.
    """

    text: str
    mass: Fraction
    per: str


@dataclass(frozen=True, slots=True)
class Body:
    """Weight (kg) and body surface (m2) of the subjects, by test and subject."""

    values: Mapping[tuple[str, str], Series]

    def at(self, subject: str, test: str, day: int) -> Fraction | None:
        """The last value on or before a day; `None` when there is none: nothing is carried back."""
        series = self.values.get((subject, test), ())
        place = bisect_right([one[0] for one in series], day)
        return series[place - 1][1] if place else None


def read_unit(text: str | None) -> Unit | None:
    """The unit that a text names, `None` for an empty text."""
    said = re.sub(r"\s+", "", (text or "").casefold())
    for spelled, plain in _SPELLED:
        said = said.replace(spelled, plain)
    if not said:
        return None
    mass, slash, per = said.partition("/")
    known = mass in _GRAM and slash + per in _PER
    return Unit(said, _GRAM[mass] if known else Fraction(0), _PER.get(slash + per, ""))


def factor(given: Unit, wanted: Unit, body: Body, subject: str, day: int) -> Fraction | None:
    """What an amount in `given` is multiplied by to be in `wanted`.

    Returns
    -------
    Fraction or None
        `None` when the units cannot be converted, or the weight or body surface is not known on
        that day (A-12: a unit is never guessed).
    """
    if given.text == wanted.text:
        return Fraction(1)
    if not given.mass or not wanted.mass:
        return None
    scale = given.mass / wanted.mass
    if given.per != wanted.per:
        for unit, power in ((given, 1), (wanted, -1)):
            size = body.at(subject, unit.per, day) if unit.per else Fraction(1)
            if size is None:
                return None
            scale *= size**power
    return scale


def read_body(sdtm: Sdtm) -> Body:
    """Weight in kg or pounds and body surface in m2 from VS; values without a unit are not used."""
    rows = sdtm["VS"].filter(upper("VSTESTCD").is_in(("WEIGHT", "BSA")))
    rows = rows.select(
        "USUBJID", "VSORRES", "VSORRESU", "VSSTRESN", "VSSTRESU",
        TEST=upper("VSTESTCD"), DAY=day_column("VSDTC"),
    ).drop_nulls("DAY")  # fmt: skip
    found: dict[tuple[str, str], dict[int, Fraction]] = {}
    for row in rows.sort(rows.columns, nulls_last=True).iter_rows(named=True):
        value = _size(row, "VSSTRESN", "VSSTRESU") or _size(row, "VSORRES", "VSORRESU")
        if value is not None:
            found.setdefault((row["USUBJID"], row["TEST"]), {})[row["DAY"]] = value
    return Body({key: tuple(sorted(series.items())) for key, series in found.items()})


def _size(row: Mapping[str, str], value: str, unit: str) -> Fraction | None:
    scales = {
        "WEIGHT": {"kg": Fraction(1), "g": Fraction(1, 1000), "lb": _POUND_KG},
        "BSA": {"m2": Fraction(1)},
    }
    read = read_unit(row[unit])
    number = read_number(row[value])
    scale = scales[row["TEST"]].get(read.text) if read else None
    return number * scale if number and scale else None


def read_number(text: str | None) -> Fraction | None:
    """The exact number that a text is, `None` for anything else and for numbers below 0."""
    try:
        number = Fraction((text or "").strip())
    except (ValueError, ZeroDivisionError):
        return None
    return number if number >= 0 else None
