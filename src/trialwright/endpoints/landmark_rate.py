"""Share without event at a fixed time, read off the Kaplan-Meier curve: PFS and OS rate (E-10)."""

from __future__ import annotations

from dataclasses import dataclass

from trialwright.core.display import Table
from trialwright.core.errors import ProtocolError
from trialwright.core.format import rounded
from trialwright.core.results import Json
from trialwright.core.tables import Adam
from trialwright.endpoints.hypothesis import NO_NULL, registered_null
from trialwright.endpoints.landmark_test import TEST_WORDS, RegisteredTest, test_at
from trialwright.endpoints.population import (
    ALL,
    OS_KINDS,
    PFS_KINDS,
    SET_LABELS,
    Scope,
    origin_words,
    scope_of,
)
from trialwright.endpoints.proportion import interval_level
from trialwright.endpoints.survival_rows import Row, table_cells
from trialwright.endpoints.survival_summary import RateAt, SurvivalSummary, summarize
from trialwright.endpoints.time_records import TimeRecords, time_records
from trialwright.endpoints.time_sensitivity import OtherAnalysis, other_analyses
from trialwright.protocol.model import Protocol
from trialwright.protocol.rules import DataOrigin, EndpointDefinition, EndpointKind
from trialwright.protocol.settled import settled_analysis

RULES = ("E-10", "E-07", "D-01", "T-03", "T-04", "T-07", "C-10")


@dataclass(frozen=True, slots=True, kw_only=True)
class Curve:
    """Which curve a landmark rate is read off.

    `kinds` are those that share its origin; `caution` is what its rate is known to do.
    """

    kind: EndpointKind
    paramcd: str
    name: str
    kinds: tuple[EndpointKind, ...]
    caution: str = ""


PROGRESSION = Curve(
    kind="PFS_RATE",
    paramcd="PFS",
    name="progression-free survival",
    kinds=PFS_KINDS,
    caution="Progression is seen only at scans, so the rate at a time between two scans reads a "
    "little high.",
)
SURVIVAL = Curve(kind="OS_RATE", paramcd="OS", name="overall survival", kinds=OS_KINDS)


@dataclass(frozen=True, slots=True, kw_only=True)
class LandmarkRate:
    """Rate at each registered landmark: never the raw proportion, censoring is accounted for.

    Attributes
    ----------
    sensitivity
        The other analyses of the same endpoint.
    test
        The test against the registered rate to beat at its landmark, `None` without one.
    """

    scope: Scope
    curve: Curve
    summary: SurvivalSummary
    sensitivity: tuple[OtherAnalysis, ...]
    origin: str
    test: RegisteredTest | None = None

    @property
    def key(self) -> str:
        """Id of the registered endpoint (its kind for several), with the cohort behind it."""
        return self.scope.key

    def table(self) -> Table:
        """Describe rate, interval, test and number at risk at each landmark."""
        n = self.summary.records.subjects
        rows = [row for rate in self.summary.rates for row in self._rate_rows(rate)]
        for other in self.sensitivity:
            rows.append((0, (other.words, "")))
            rows += [(1, (self._label(rate), rate.cell())) for rate in other.summary.rates]
        cells, levels = table_cells(rows)
        return Table(
            title=f"{self.curve.name.capitalize()} rate at a landmark{self.scope.suffix}",
            columns=("", f"{SET_LABELS['ENRL']} (N = {n})"),
            rows=cells,
            levels=levels,
            number="T-9",
            population=self.scope.population(SET_LABELS["ENRL"], n),
            footnotes=self._footnotes(),
            rules=RULES,
        )

    def _label(self, rate: RateAt) -> str:
        level = interval_level(self.summary.convention.conf_level)
        return f"{self.curve.paramcd} rate at {rate.months:g} months, % ({level})"

    def _rate_rows(self, rate: RateAt) -> list[Row]:
        events, censored = _until(self.summary.records, rate.days)
        test = self.test if self.test is not None and self.test.months == rate.months else None
        return [
            (0, (self._label(rate), rate.cell())),
            *((test.row(),) if test is not None else ()),
            (1, ("At risk just before", f"{rate.at_risk}")),
            (1, ("Events until then", f"{events}")),
            (1, ("Censored before", f"{censored}")),
        ]

    def _footnotes(self) -> tuple[str, ...]:
        days = ", ".join(rounded(rate.days, 2) for rate in self.summary.rates)
        tested = TEST_WORDS if self.test is not None else NO_NULL
        return (
            f"From {self.origin}; endpoint {self.scope.role}. {self.summary.method}. Landmark in "
            f"days: {days}.",
            tested,
            *self.cautions,
        )

    @property
    def cautions(self) -> tuple[str, ...]:
        """What limits the reading of the rate."""
        own = (self.curve.caution,) if self.curve.caution else ()
        return (*self.scope.cautions, *self.summary.cautions(), *own)

    def to_json(self) -> dict[str, Json]:
        """Every number unrounded, times in days, with denominator and method."""
        return {
            **self.scope.head(f"{self.curve.name} rate", "ENRL", self.summary.method),
            "origin": self.origin,
            "subjects": self.summary.records.subjects,
            "rates": [rate.to_json() for rate in self.summary.rates],
            "null_rate": None if self.test is None else self.test.null_rate,
            "p_value": None if self.test is None else self.test.p_value,
            "sensitivity": {
                other.summary.records.paramcd: [rate.to_json() for rate in other.summary.rates]
                for other in self.sensitivity
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
        ADSL; ADTTE with PFS and its other analyses.
    subset
        `ALL` or the id of a cohort.

    Raises
    ------
    ProtocolError
        When options are still open, or no registered PFS rate says at how many months.

    References
    ----------
    Rules E-10 (definition), T-04 (interval; none where the estimate is 0 or 1), T-07 (test).
    """
    rule = settled_analysis(protocol)
    return _estimate(protocol, adam, subset, (PROGRESSION, rule.pfs_origin))


def estimate_survival_rate(protocol: Protocol, adam: Adam, subset: str = ALL) -> LandmarkRate:
    """Estimate the survival rate at the landmark of every registered survival rate.

    Parameters, errors and rules are those of `estimate_landmark_rate`, with OS in the place of PFS.
    """
    rule = settled_analysis(protocol)
    return _estimate(protocol, adam, subset, (SURVIVAL, rule.os_origin))


def _estimate(
    protocol: Protocol, adam: Adam, subset: str, read: tuple[Curve, DataOrigin]
) -> LandmarkRate:
    curve, default = read
    registered = tuple(e for e in protocol.endpoints if e.kind == curve.kind)
    code = registered[0].id if len(registered) == 1 else curve.kind
    months = _landmarks(registered, curve)
    rule = settled_analysis(protocol)
    summary = summarize(time_records(adam, subset, curve.paramcd), rule, months)
    null = registered_null(protocol, curve.kind)
    return LandmarkRate(
        scope=scope_of(protocol, (curve.kind,), code, subset),
        curve=curve,
        summary=summary,
        sensitivity=other_analyses(adam, subset, curve.paramcd, rule, months),
        origin=origin_words(protocol, curve.kinds, default),
        test=None if null is None else test_at(summary, _tested(registered), null),
    )


def _landmarks(registered: tuple[EndpointDefinition, ...], curve: Curve) -> tuple[float, ...]:
    months = sorted({e.landmark_months for e in registered if e.landmark_months is not None})
    if months:
        return tuple(months)
    names = ", ".join(f"endpoints.{e.id}.landmark_months" for e in registered)
    raise ProtocolError(
        "A rate at a landmark needs the time of the landmark.",
        where=names or f"endpoints: none of kind {curve.kind}",
        allowed="a number of months, such as 12",
        do="set it in the protocol file",
    )


def _tested(registered: tuple[EndpointDefinition, ...]) -> float:
    """The landmark that the registered hypothesis is about: that of the first primary rate."""
    primary = (e.landmark_months for e in registered if e.role == "primary")
    return next((months for months in primary if months is not None), 0.0)


def _until(records: TimeRecords, days: float) -> tuple[int, int]:
    """Events up to and including a day, and censorings before it."""
    events = int((records.event & (records.days <= days)).sum())
    return events, int((~records.event & (records.days < days)).sum())
