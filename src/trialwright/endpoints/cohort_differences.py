"""Response rates of the cohorts against each other: differences with limits, no test (T-09, T-10)."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations

from trialwright.core.display import Table
from trialwright.core.format import pct, signed
from trialwright.core.results import Json
from trialwright.core.tables import Adam
from trialwright.endpoints.objective_response import estimate_objective_response
from trialwright.endpoints.population import SET_LABELS
from trialwright.endpoints.proportion import Proportion, interval_level
from trialwright.protocol.model import Protocol
from trialwright.protocol.settled import settled_analysis
from trialwright.stats.proportion_difference import (
    DifferenceConvention,
    ProportionCounts,
    ProportionDifference,
    proportion_difference,
)


@dataclass(frozen=True, slots=True)
class PairOfCohorts:
    """Two cohorts with their response rates and the difference first minus second."""

    names: tuple[str, str]
    rates: tuple[Proportion, Proportion]
    difference: ProportionDifference | None

    def cells(self) -> tuple[str, ...]:
        """Names, both rates and the difference in percentage points."""
        first, second = self.rates
        cell = "nobody in one of them"
        if self.difference is not None:
            low, high = (signed(100 * v) for v in (self.difference.lower, self.difference.upper))
            cell = f"{signed(100 * self.difference.difference)} ({low} to {high})"
        return (*self.names, f"{pct(first.rate)} (N = {first.subjects})",
                f"{pct(second.rate)} (N = {second.subjects})", cell)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class CohortDifferences:
    """Difference of the response rate for each pair of cohorts."""

    pairs: tuple[PairOfCohorts, ...]
    conf_level: float

    @property
    def key(self) -> str:
        """Name of the result."""
        return "ORR_DIFFERENCES"

    def table(self) -> Table:
        """One row a pair of cohorts."""
        level = interval_level(self.conf_level)
        label = SET_LABELS[self.pairs[0].rates[0].analysis_set]
        return Table(
            title="Objective response by cohort: differences",
            columns=("Cohort", "Against", "ORR, %", "ORR, %", f"Difference, points ({level})"),
            rows=tuple(pair.cells() for pair in self.pairs),
            number="T-10",
            population=f"{label}, by cohort",
            footnotes=(
                "Descriptive: cohorts were not randomised, so a difference is no effect and there is "
                "no p-value (T-10). Interval: Newcombe (two Wilson intervals), not adjusted for the "
                "number of pairs.",
            ),
            rules=("T-09", "T-10"),
        )

    def to_json(self) -> dict[str, Json]:
        """Rates and differences, unrounded."""
        return {
            "key": self.key,
            "endpoint": "difference of objective response rates",
            "method": "Newcombe",
            "conf_level": self.conf_level,
            "pairs": [_json(pair) for pair in self.pairs],
        }


def compare_cohorts(protocol: Protocol, adam: Adam) -> tuple[CohortDifferences, ...]:
    """Response rates of every pair of cohorts; nothing with fewer than two.

    References
    ----------
    Newcombe, Stat Med 1998;17:873-890; rules T-09, T-10.
    """
    cohorts = protocol.cohorts or ()
    if len(cohorts) < 2:
        return ()
    level = settled_analysis(protocol).conf_level
    rates = {
        cohort.id: estimate_objective_response(protocol, adam, cohort.id).headline
        for cohort in cohorts
    }
    pairs = tuple(
        PairOfCohorts(
            (first.name, second.name),
            (rates[first.id], rates[second.id]),
            _difference(rates[first.id], rates[second.id], level),
        )
        for first, second in combinations(cohorts, 2)
    )
    return (CohortDifferences(pairs=pairs, conf_level=level),)


def _difference(first: Proportion, second: Proportion, level: float) -> ProportionDifference | None:
    if not first.subjects or not second.subjects:
        return None
    counts = ProportionCounts(first.count, first.subjects, second.count, second.subjects)
    return proportion_difference(counts, DifferenceConvention(level))


def _json(pair: PairOfCohorts) -> dict[str, Json]:
    found = pair.difference
    return {
        "cohorts": list(pair.names),
        "rates": [rate.to_json() for rate in pair.rates],
        "difference": None if found is None else found.difference,
        "lower": None if found is None else found.lower,
        "upper": None if found is None else found.upper,
    }
