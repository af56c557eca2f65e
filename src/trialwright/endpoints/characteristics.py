"""Baseline characteristics of the patients (table T-4)."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from math import isfinite, sqrt
from statistics import fmean, median

import polars as pl

from trialwright.core.display import Table
from trialwright.core.format import NOT_ESTIMABLE, n_pct, rounded
from trialwright.core.results import Json
from trialwright.core.tables import Adam
from trialwright.endpoints.population import (
    ALL,
    SET_LABELS,
    Scope,
    enrolled_subjects,
    in_set,
    scope_of,
)
from trialwright.protocol.model import Protocol

RULES = ("S-3", "T-12")
#: Numbers of so few different values are counted, not averaged.
_FEW_VALUES = 6
#: Numbers that are measured or counted finely are always averaged.
_MEASURED = frozenset({"AGE", "SODBL", "BMI", "CEA"})


@dataclass(frozen=True, slots=True)
class Spread:
    """A number over the subjects who have one; `deviation` is `None` for a single subject."""

    n: int
    mean: float
    deviation: float | None
    middle: float
    lowest: float
    highest: float

    def rows(self) -> tuple[tuple[str, str], ...]:
        """n, mean (SD), median, range as in shell T-4."""
        deviation = NOT_ESTIMABLE if self.deviation is None else rounded(self.deviation, 1)
        return (
            ("n", str(self.n)),
            ("Mean (SD)", f"{rounded(self.mean, 1)} ({deviation})"),
            ("Median", rounded(self.middle, 1)),
            ("Range", f"{_plain(self.lowest)} to {_plain(self.highest)}"),
        )


@dataclass(frozen=True, slots=True)
class Characteristic:
    """One characteristic: counts by value, or a spread; `missing` have no value."""

    code: str
    name: str
    counts: tuple[tuple[str, int], ...]
    spread: Spread | None
    missing: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Characteristics:
    """What the treated patients were like before treatment."""

    scope: Scope
    subjects: int
    items: tuple[Characteristic, ...]

    @property
    def key(self) -> str:
        """`CHARACTERISTICS`, with the cohort behind it."""
        return self.scope.key

    def table(self) -> Table:
        """Describe the characteristics (shell T-4)."""
        rows: list[tuple[int, tuple[str, str]]] = []
        for item in self.items:
            rows.append((0, (item.name, "")))
            if item.spread is not None:
                rows += [(1, cells) for cells in item.spread.rows()]
            rows += [(1, (value, n_pct(n, self.subjects))) for value, n in item.counts]
            if item.missing:
                rows.append((1, ("Missing", n_pct(item.missing, self.subjects))))
        return Table(
            title=f"Baseline characteristics{self.scope.suffix}",
            columns=("", f"{SET_LABELS['FAS']} (N = {self.subjects})"),
            rows=tuple(cells for _, cells in rows),
            levels=tuple(level for level, _ in rows),
            number="T-4",
            population=self.scope.population(SET_LABELS["FAS"], self.subjects),
            footnotes=(_COLLECTED,),
            rules=RULES,
        )

    def to_json(self) -> dict[str, Json]:
        """Every count and number with its denominator."""
        return {
            "key": self.key,
            "subset": self.scope.subset,
            "denominator": "FAS",
            "subjects": self.subjects,
            "characteristics": [_item_json(item) for item in self.items],
        }


_COLLECTED = (
    "Shown is what was collected (DM and its qualifiers) or follows from the lesions at baseline; "
    "a characteristic that is not here was not delivered. Percentages are of all, missing included."
)


def describe_characteristics(protocol: Protocol, adam: Adam, subset: str = ALL) -> Characteristics:
    """Count and average the baseline characteristics of the full analysis set.

    Parameters
    ----------
    protocol
        Names the cohorts.
    adam
        ADSL and ADBC.
    subset
        `ALL` or the id of a cohort.

    References
    ----------
    ICH E3 section 11.2; table T-4; percentages by T-12.
    """
    subjects = in_set(enrolled_subjects(adam, subset), "FAS")
    rows = adam["ADBC"].filter(~pl.col("PARAMCD").str.starts_with("GROUP_"))
    rows = rows.join(subjects.select("USUBJID"), on="USUBJID", how="semi")
    codes = _in_order(rows["PARAMCD"].unique().to_list())
    return Characteristics(
        scope=scope_of(protocol, (), "CHARACTERISTICS", subset),
        subjects=subjects.height,
        items=tuple(_item(rows.filter(pl.col("PARAMCD") == code)) for code in codes),
    )


def _in_order(codes: list[str]) -> list[str]:
    """Who the patients are, then their disease."""
    order = ("AGE", "AGEGR1", "SEX", "RACE", "ETHNIC", "COUNTRY", "ECOG")
    last = ("METSITE", "TARGETN", "SODBL")
    place = {code: at for at, code in enumerate(order)}
    place |= {code: 1000 + at for at, code in enumerate(last)}
    return sorted(codes, key=lambda code: (place.get(code, 500), code))


def _item(rows: pl.DataFrame) -> Characteristic:
    code, name = rows["PARAMCD"][0], rows["PARAM"][0]
    values = [value for value in rows["AVALC"].to_list() if value is not None]
    numbers = [x for x in rows["AVAL"].to_list() if x is not None and isfinite(x)]
    is_number = len(numbers) == len(values) and bool(numbers)
    averaged = is_number and (code in _MEASURED or len(set(numbers)) > _FEW_VALUES)
    counts = () if averaged else _counts(values, numbers=is_number)
    missing = rows.height - len(values)
    return Characteristic(code, name, counts, _spread(numbers) if averaged else None, missing)


def _counts(values: list[str], *, numbers: bool) -> tuple[tuple[str, int], ...]:
    found = Counter(values).items()
    if numbers:
        return tuple(sorted(found, key=lambda item: float(item[0])))
    return tuple(sorted(found))


def _spread(numbers: list[float]) -> Spread:
    n, mean = len(numbers), fmean(numbers)
    squares = sum((x - mean) ** 2 for x in sorted(numbers))
    deviation = sqrt(squares / (n - 1)) if n > 1 else None
    return Spread(n, mean, deviation, median(numbers), min(numbers), max(numbers))


def _plain(value: float) -> str:
    return f"{value:g}"


def _item_json(item: Characteristic) -> dict[str, Json]:
    spread = item.spread
    numbers: Json = None
    if spread is not None:
        numbers = {
            "n": spread.n, "mean": spread.mean, "sd": spread.deviation, "median": spread.middle,
            "min": spread.lowest, "max": spread.highest,
        }  # fmt: skip
    return {
        "code": item.code,
        "name": item.name,
        "counts": dict(item.counts),
        "spread": numbers,
        "missing": item.missing,
    }
