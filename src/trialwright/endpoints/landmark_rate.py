"""Share without progression or death at a fixed time, read off the Kaplan-Meier curve (E-10)."""

from __future__ import annotations

from dataclasses import dataclass

from trialwright.core.display import Table
from trialwright.core.errors import ProtocolError
from trialwright.core.format import rounded
from trialwright.core.results import Json
from trialwright.core.tables import Adam
from trialwright.endpoints.population import (
    ALL,
    PFS_KINDS,
    SET_LABELS,
    Scope,
    origin_words,
    scope_of,
)
from trialwright.endpoints.progression_free_survival import SENSITIVITY
from trialwright.endpoints.proportion import interval_level
from trialwright.endpoints.survival_summary import RateAt, SurvivalSummary, summarize
from trialwright.endpoints.time_records import TimeRecords, time_records
from trialwright.protocol.model import Protocol
from trialwright.protocol.rules import EndpointDefinition
from trialwright.protocol.settled import settled_analysis

RULES = ("E-10", "E-07", "D-01", "T-04", "C-10")


@dataclass(frozen=True, slots=True, kw_only=True)
class LandmarkRate:
    """PFS rate at each registered landmark: never the raw proportion, censoring is accounted for.

    `sensitivity` pairs the words of each other analysis of PFS with its estimate.
    """

    scope: Scope
    summary: SurvivalSummary
    sensitivity: tuple[tuple[str, SurvivalSummary], ...]
    origin: str

    @property
    def key(self) -> str:
        """Id of the registered endpoint (`PFS_RATE` for several), with the cohort behind it."""
        return self.scope.key

    def table(self) -> Table:
        """Describe rate, interval and number at risk at each landmark."""
        level = interval_level(self.summary.convention.conf_level)
        n = self.summary.records.subjects
        rows = [row for rate in self.summary.rates for row in _rows(rate, self.summary, level)]
        for words, other in self.sensitivity:
            rows.append((0, (words, "")))
            rows += [
                (1, (f"PFS rate at {rate.months:g} months, % ({level})", rate.cell()))
                for rate in other.rates
            ]
        return Table(
            title=f"Progression-free survival rate at a landmark{self.scope.suffix}",
            columns=("", f"{SET_LABELS['ENRL']} (N = {n})"),
            rows=tuple(cells for _, cells in rows),
            levels=tuple(depth for depth, _ in rows),
            number="T-9",
            population=self.scope.population(SET_LABELS["ENRL"], n),
            footnotes=self._footnotes(),
            rules=RULES,
        )

    def _footnotes(self) -> tuple[str, ...]:
        days = ", ".join(rounded(rate.days, 2) for rate in self.summary.rates)
        return (
            f"From {self.origin}; endpoint {self.scope.role}. {self.summary.method}. Landmark in "
            f"days: {days}.",
            *self.cautions,
        )

    @property
    def cautions(self) -> tuple[str, ...]:
        """What limits the reading of the rate."""
        return (
            *self.scope.cautions,
            *self.summary.cautions(),
            "Progression is seen only at scans, so the rate at a time between two scans reads a "
            "little high.",
        )

    def to_json(self) -> dict[str, Json]:
        """Every number unrounded, times in days, with denominator and method."""
        return {
            "key": self.key,
            "endpoint": "progression-free survival rate",
            "subset": self.scope.subset,
            "role": self.scope.role,
            "registered_as": [d.id for d in self.scope.definitions],
            "denominator": "ENRL",
            "method": self.summary.method,
            "origin": self.origin,
            "subjects": self.summary.records.subjects,
            "rates": [rate.to_json() for rate in self.summary.rates],
            "sensitivity": {
                other.records.paramcd: [rate.to_json() for rate in other.rates]
                for _, other in self.sensitivity
            },
            "cautions": list(self.cautions),
            "rules": list(RULES),
        }


def estimate_landmark_rate(protocol: Protocol, adam: Adam, subset: str = ALL) -> LandmarkRate:
    """Estimate the PFS rate at the landmark of every registered PFS rate.

    Parameters
    ----------
    protocol
        Settled, with at least one endpoint of kind PFS_RATE.
    adam
        ADSL; ADTTE with PFS and the other one of PFSEMA and PFSFDA.
    subset
        `ALL` or the id of a cohort.

    Raises
    ------
    ProtocolError
        When options are still open, or no registered PFS rate says at how many months.

    References
    ----------
    Rules E-10 (definition), T-04 (interval; none where the estimate is 0 or 1).
    """
    registered = tuple(e for e in protocol.endpoints if e.kind == "PFS_RATE")
    code = registered[0].id if len(registered) == 1 else "PFS_RATE"
    scope = scope_of(protocol, ("PFS_RATE",), code, subset)
    months = _landmarks(registered)
    rule = settled_analysis(protocol)
    others = tuple(
        (words, summarize(time_records(adam, subset, paramcd), rule, months))
        for paramcd, words in SENSITIVITY
        if paramcd != "TTP"
    )
    return LandmarkRate(
        scope=scope,
        summary=summarize(time_records(adam, subset, "PFS"), rule, months),
        sensitivity=tuple(pair for pair in others if pair[1].records.subjects),
        origin=origin_words(protocol, PFS_KINDS, rule.pfs_origin),
    )


def _landmarks(registered: tuple[EndpointDefinition, ...]) -> tuple[float, ...]:
    months = sorted({e.landmark_months for e in registered if e.landmark_months is not None})
    if months:
        return tuple(months)
    names = ", ".join(f"endpoints.{e.id}.landmark_months" for e in registered)
    raise ProtocolError(
        "A rate at a landmark needs the time of the landmark.",
        where=names or "endpoints: none of kind PFS_RATE",
        allowed="a number of months, such as 12",
        do="set it in the protocol file",
    )


def _rows(rate: RateAt, summary: SurvivalSummary, level: str) -> list[tuple[int, tuple[str, str]]]:
    before = _until(summary.records, rate.days)
    return [
        (0, (f"PFS rate at {rate.months:g} months, % ({level})", rate.cell())),
        (1, ("At risk just before", f"{rate.at_risk}")),
        (1, ("Events until then", f"{before[0]}")),
        (1, ("Censored before", f"{before[1]}")),
    ]


def _until(records: TimeRecords, days: float) -> tuple[int, int]:
    """Events up to and including a day, and censorings before it."""
    events = int((records.event & (records.days <= days)).sum())
    return events, int((~records.event & (records.days < days)).sum())
