"""Exposure to each component in the safety set: table T-6, with delays, reductions and stops."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from statistics import median

import polars as pl

from trialwright.core.display import Table
from trialwright.core.format import n_pct, rounded
from trialwright.core.results import Json
from trialwright.core.tables import Adam
from trialwright.endpoints.population import ALL, Scope, scope_of, subsets
from trialwright.protocol.model import Protocol
from trialwright.protocol.settled import SettledSafety, settled_safety

RULES = ("S-4", "A-12", "D-06", "D-08")
_SET = "Safety set"
_NONE = "-"
_NOT_DELIVERED = "No file of exposure (EX) was delivered"
#: Ends that are no discontinuation.
_GOES_ON, _DONE = "ONGOING", "COMPLETED"


@dataclass(frozen=True, slots=True, kw_only=True)
class Spread:
    """Values of the subjects in whom the quantity can be estimated, in one unit."""

    unit: str
    values: tuple[Fraction, ...]

    def cell(self, digits: int | None = None, scale: Fraction = Fraction(1)) -> str:
        """`median (lowest to highest)`, "-" without a value.

        Without `digits` each number has one decimal only where it needs it.
        """
        if not self.values:
            return _NONE
        shown = [one * scale for one in (median(self.values), min(self.values), max(self.values))]
        middle, low, high = (
            rounded(one, int(one.denominator > 1) if digits is None else digits) for one in shown
        )
        return f"{middle} ({low} to {high})"

    def to_json(self) -> dict[str, Json]:
        """Number, median and range, unrounded."""
        known = bool(self.values)
        return {
            "unit": self.unit,
            "n": len(self.values),
            "median": float(median(self.values)) if known else None,
            "min": float(min(self.values)) if known else None,
            "max": float(max(self.values)) if known else None,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class ComponentExposure:
    """Exposure of the subjects of a set to one component.

    Attributes
    ----------
    given
        Subjects with at least one dose, the denominator of what follows.
    cycles, days, relative
        Cycles or sessions, duration, relative dose intensity.
    doses
        Cumulative dose, one for each unit.
    changes
        Subjects with at least one delay, interruption and reduction, each with the number of those
        in whom it can be told.
    ends
        Subjects by reason for the end of the component.
    alone
        Subjects in whom it stopped while other components went on.
    drugs
        Subjects by drug, where the drugs are chosen for the patient.
    """

    id: str
    name: str
    given: int
    cycles: Spread
    days: Spread
    doses: tuple[Spread, ...]
    relative: Spread
    changes: Mapping[str, tuple[int, int]]
    ends: Mapping[str, int]
    alone: int
    drugs: Mapping[str, int]

    @property
    def discontinued(self) -> int:
        """Subjects who stopped the component before its planned end."""
        return sum(n for reason, n in self.ends.items() if reason not in (_GOES_ON, _DONE))

    def to_json(self) -> dict[str, Json]:
        """Every number unrounded, with its denominator."""
        return {
            "component": self.id,
            "given": self.given,
            "cycles": self.cycles.to_json(),
            "duration": self.days.to_json(),
            "cumulative_dose": [one.to_json() for one in self.doses],
            "relative_dose_intensity": self.relative.to_json(),
            "changes": {
                name: {"subjects": n, "of": known} for name, (n, known) in self.changes.items()
            },
            "ends": dict(self.ends),
            "discontinued": self.discontinued,
            "stopped_while_others_went_on": self.alone,
            "drugs": dict(self.drugs),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class ExposureSummary:
    """Table T-6."""

    scope: Scope
    subjects: int
    components: tuple[ComponentExposure, ...]
    delivered: bool
    rule: SettledSafety

    @property
    def key(self) -> str:
        """`EXPOSURE`, with the cohort behind it."""
        return self.scope.key

    def table(self) -> Table:
        """Describe exposure per component (shell T-6)."""
        rows = self._rows() if self._known else ((0, "Exposure", ("not delivered",)),)
        names = tuple(f"{one.name} (n = {one.given})" for one in self.components)
        return Table(
            title=f"Exposure and dose intensity{self.scope.suffix}",
            columns=("", *(names if self._known else ("",))),
            rows=tuple((label, *cells) for _, label, cells in rows),
            levels=tuple(level for level, _, _ in rows),
            number="T-6",
            population=self.scope.population(_SET, self.subjects),
            footnotes=(*self._footnotes(), *self.cautions),
            rules=RULES,
        )

    @property
    def _known(self) -> bool:
        return self.delivered or any(one.given for one in self.components)

    def _rows(self) -> tuple[tuple[int, str, tuple[str, ...]], ...]:
        parts = self.components
        weeks = Fraction(1, 7)
        rows: list[tuple[int, str, tuple[str, ...]]] = [
            (0, "Given at least once, n (%)", tuple(self._given_cell(p) for p in parts)),
            *self._drug_rows(),
            (
                0,
                "Cycles or sessions, median (range)",
                tuple(p.cycles.cell() for p in parts),
            ),
            (0, "Duration, weeks, median (range)", tuple(p.days.cell(1, weeks) for p in parts)),
            (0, "Cumulative dose, median (range)", tuple(_dose_cell(p) for p in parts)),
            (0, "Relative dose intensity, %, median (range)", tuple(map(_rdi_cell, parts))),
        ]
        rows += [
            (0, f"At least one {name}, n (%)", tuple(_change_cell(p, name) for p in parts))
            for name in _CHANGES
        ]
        return (*rows, *self._end_rows())

    def _given_cell(self, part: ComponentExposure) -> str:
        """Without EX nobody knows who got a component of which there is no procedure."""
        known = self.delivered or part.given
        return n_pct(part.given, self.subjects) if known else _NONE

    def _drug_rows(self) -> list[tuple[int, str, tuple[str, ...]]]:
        drugs = sorted({drug for part in self.components for drug in part.drugs})
        return [
            (1, drug, tuple(_share(p.drugs.get(drug), p) for p in self.components))
            for drug in drugs
        ]

    def _end_rows(self) -> list[tuple[int, str, tuple[str, ...]]]:
        parts = self.components
        counted = Counter[str]()
        for part in parts:
            counted.update(part.ends)
        reasons = sorted(counted.keys() - {_GOES_ON, _DONE}, key=lambda r: (-counted[r], r))
        rows = [(0, "Discontinued, n (%)", tuple(_end_cell(p, p.discontinued) for p in parts))]
        rows += [
            (1, _words(reason), tuple(_end_cell(p, p.ends.get(reason, 0)) for p in parts))
            for reason in reasons
        ]
        alone = tuple(_end_cell(p, p.alone) for p in parts)
        rows.append((0, "Stopped while other components went on, n (%)", alone))
        for reason, words in ((_DONE, "Completed as planned"), (_GOES_ON, "Ongoing")):
            if counted[reason]:
                cells = tuple(_end_cell(p, p.ends.get(reason, 0)) for p in parts)
                rows.append((0, f"{words}, n (%)", cells))
        return rows

    def _footnotes(self) -> tuple[str, ...]:
        late = self.rule.dose_delay_days
        return (
            "Percentages below the first row are of those who were given the component (n). "
            "Duration: last dose - first dose + days until the next dose would be due.",
            "Relative dose intensity = 100 x actual / planned dose intensity over that duration; "
            "planned doses are those of the protocol, the first dose given where it has several "
            "or none, and administrations where no dose is recorded.",
            f"Delay: more than {late} days late. Interruption: a planned dose or dosing day left "
            "out. Reduction: less than the dose before. All are counted from dose records, not "
            'from adverse events (rule A-12). "-": not estimable.',
        )

    @property
    def cautions(self) -> tuple[str, ...]:
        """What limits the reading of the table."""
        absent = (
            ()
            if self.delivered
            else (f"{_NOT_DELIVERED}: only procedures (PR) are counted.",)
            if self._known
            else (f"{_NOT_DELIVERED}, so nothing is known of doses.",)
        )
        silent = sum(one.ends.get("NOT RECORDED", 0) for one in self.components)
        asked = f"{silent} stops of a component without a recorded reason (see the queries)."
        return (*absent, *((asked,) if silent else ()), *self.scope.cautions)

    def to_json(self) -> dict[str, Json]:
        """Every number unrounded."""
        return {
            "key": self.key,
            "endpoint": "exposure",
            "subset": self.scope.subset,
            "denominator": "SAF",
            "subjects": self.subjects,
            "dose_delay_days": self.rule.dose_delay_days,
            "delivered": self.delivered,
            "components": [one.to_json() for one in self.components],
            "cautions": list(self.cautions),
            "rules": list(RULES),
        }


_CHANGES = {"delay": "NDELAY", "interruption": "NINTERR", "reduction": "NREDUC"}


def _words(reason: str) -> str:
    return reason.capitalize()


def _share(count: int | None, part: ComponentExposure) -> str:
    return _NONE if count is None else n_pct(count, part.given)


def _end_cell(part: ComponentExposure, count: int) -> str:
    """A share of those given the component, "-" where no end is defined."""
    return _share(count if part.ends else None, part)


def _dose_cell(part: ComponentExposure) -> str:
    return "; ".join(f"{one.cell()} {one.unit}" for one in part.doses) or _NONE


def _rdi_cell(part: ComponentExposure) -> str:
    known = len(part.relative.values)
    return part.relative.cell(1) + (f", n = {known}" if 0 < known < part.given else "")


def _change_cell(part: ComponentExposure, name: str) -> str:
    count, known = part.changes[name]
    if not known:
        return _NONE
    return n_pct(count, known) + (f", of {known}" if known < part.given else "")


def describe_exposure(protocol: Protocol, adam: Adam) -> tuple[ExposureSummary, ...]:
    """Describe exposure for all subjects and for each cohort.

    Parameters
    ----------
    protocol
        Settled; its regimen names the components.
    adam
        ADSL and ADEX.

    Returns
    -------
    tuple
        Nothing for a protocol without components, or datasets without ADEX.

    Raises
    ------
    ProtocolError
        When a safety option is still open.
    """
    if not protocol.regimen or "ADEX" not in adam.datasets:
        return ()
    return tuple(_summary(protocol, adam, subset) for subset in subsets(protocol))


def _summary(protocol: Protocol, adam: Adam, subset: str) -> ExposureSummary:
    chosen = pl.col("SAFFL") == "Y"
    if subset != ALL:
        chosen &= pl.col("COHORT") == subset
    people = adam["ADSL"].filter(chosen)
    rows = adam["ADEX"].join(people.select("USUBJID"), on="USUBJID", how="semi")
    return ExposureSummary(
        scope=scope_of(protocol, (), "EXPOSURE", subset),
        subjects=people.height,
        components=tuple(
            _component(one.id, one.name, rows.filter(pl.col("EXCOMP") == one.id))
            for one in protocol.regimen
        ),
        delivered="EX" not in adam.absent,
        rule=settled_safety(protocol),
    )


def _component(key: str, name: str, rows: pl.DataFrame) -> ComponentExposure:
    by_code: dict[str, list[dict[str, str]]] = {}
    for row in rows.filter(pl.col("EXAGENT").is_null()).iter_rows(named=True):
        by_code.setdefault(row["PARAMCD"], []).append(row)
    doses = [one for one in by_code.get("CUMDOSE", []) if one["AVALU"]]
    units = sorted({one["AVALU"] for one in doses})
    drugs = rows.filter(pl.col("EXAGENT").is_not_null(), pl.col("PARAMCD") == "NDOSE")
    return ComponentExposure(
        id=key,
        name=name,
        given=len(by_code.get("FIRSTDT", [])),
        cycles=_spread(by_code.get("NCYCLE", []), "cycles"),
        days=_spread(by_code.get("DURD", []), "days"),
        doses=tuple(_spread([d for d in doses if d["AVALU"] == unit], unit) for unit in units),
        relative=_spread(by_code.get("RDI", []), "%"),
        changes={name: _with_any(by_code.get(code, [])) for name, code in _CHANGES.items()},
        ends=dict(sorted(Counter(one["AVALC"] for one in by_code.get("END", [])).items())),
        alone=sum(one["AVALC"] == "1" for one in by_code.get("ALONE", [])),
        drugs=dict(sorted(Counter(drugs["EXAGENT"].to_list()).items())),
    )


def _spread(rows: Sequence[Mapping[str, str]], unit: str) -> Spread:
    known = sorted(Fraction(row["AVALC"]) for row in rows if row["AVALC"] != "NE")
    return Spread(unit=unit, values=tuple(known))


def _with_any(rows: Sequence[Mapping[str, str]]) -> tuple[int, int]:
    """Subjects with at least one, and subjects in whom it can be told."""
    known = [row["AVALC"] for row in rows if row["AVALC"] != "NE"]
    return sum(value != "0" for value in known), len(known)
