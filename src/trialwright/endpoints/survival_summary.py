"""What every Kaplan-Meier result shows: events, median, rates at fixed times, follow-up."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from trialwright.core.format import DAYS_PER_MONTH, NOT_ESTIMABLE, months, pct
from trialwright.core.results import Json
from trialwright.endpoints.proportion import interval_level
from trialwright.endpoints.time_records import TimeRecords
from trialwright.protocol.settled import SettledAnalysis
from trialwright.stats.kaplan_meier import (
    Band,
    Convention,
    Estimate,
    KaplanMeier,
    band,
    kaplan_meier,
    landmark,
    quantile,
)
from trialwright.stats.restricted_mean import restricted_mean

BAND_NAMES = {
    "loglog": "log(-log)",
    "log": "log",
    "plain": "plain",
    "logit": "logit",
    "arcsin": "arcsine square root",
}


@dataclass(frozen=True, slots=True)
class RateAt:
    """Share without event at a fixed time, with the number at risk just before it.

    `value` is `None` beyond the last observation when nobody had the event there; the limits are
    `None` where the estimate is 0 or 1 (rule T-04).
    """

    months: float
    days: float
    value: float | None
    lower: float | None
    upper: float | None
    at_risk: int

    def cell(self) -> str:
        """`63.3 (43.7, 77.8)` in percent, the point alone where it has no limits, else `NE`."""
        if self.value is None:
            return NOT_ESTIMABLE
        if self.lower is None:
            return pct(self.value)
        return f"{pct(self.value)} ({pct(self.lower)}, {pct(self.upper)})"

    def to_json(self) -> dict[str, Json]:
        """Rate and limits, unrounded."""
        return {
            "months": self.months,
            "days": self.days,
            "rate": self.value,
            "lower": self.lower,
            "upper": self.upper,
            "at_risk": self.at_risk,
        }


@dataclass(frozen=True, slots=True)
class FewAtRisk:
    """Where a curve is drawn grey: fewer subjects at risk, or a smaller percentage (T-08)."""

    subjects: int
    percent: int

    def words(self, everybody: int) -> str:
        """`fewer than 3 subjects or 10 % of 30 at risk`."""
        return f"fewer than {self.subjects} subjects or {self.percent} % of {everybody} at risk"


@dataclass(frozen=True, slots=True)
class RestrictedTime:
    """Mean time without event within so many months, in days; without a value, not estimable."""

    months: float
    mean: Estimate


@dataclass(frozen=True, slots=True, kw_only=True)
class SurvivalSummary:
    """A Kaplan-Meier estimate with everything that is read off it.

    `curve` is `None` when nobody has a time; then nothing can be estimated.
    """

    records: TimeRecords
    convention: Convention
    curve: KaplanMeier | None
    median: Estimate
    rates: tuple[RateAt, ...]
    few: FewAtRisk
    restricted: RestrictedTime | None = None

    @property
    def method(self) -> str:
        """Estimator and interval in words."""
        tie = {"midpoint": "midpoint of a flat piece", "left": "left end of a flat piece"}
        return (
            f"Kaplan-Meier, Greenwood variance, {interval_level(self.convention.conf_level)} on the "
            f"{BAND_NAMES[self.convention.band]} scale; median: {tie[self.convention.tie]}, limits "
            "by Brookmeyer and Crowley on the same scale"
        )

    @property
    def last_day(self) -> float:
        """Last observed time in days, 0 when nobody has one."""
        return float(self.curve.time[-1]) if self.curve is not None else 0.0

    def median_cell(self) -> str:
        """`5.6 (3.4, NE)` in months."""
        return months_cell(self.median)

    def cautions(self) -> tuple[str, ...]:
        """Subjects without a time, and rates that nobody is left to inform."""
        out = []
        without = self.records.enrolled - self.records.subjects
        if without:
            out.append(
                f"{without} of {self.records.enrolled} enrolled have no start date for this time "
                "(not treated, when it starts at treatment) and are not in the estimate."
            )
        out += [self._beyond(rate) for rate in self.rates if rate.at_risk == 0 and self.curve]
        return tuple(out)

    def _beyond(self, rate: RateAt) -> str:
        ends = f"follow-up ends at {months(self.last_day)} months"
        if rate.value is None:
            return f"Nobody is at risk at {rate.months:g} months ({ends}): not estimable (NE)."
        return f"Nobody is at risk at {rate.months:g} months ({ends}, with an event)."

    def limits(self) -> Band | None:
        """Pointwise limits at each time of the curve."""
        if self.curve is None:
            return None
        return band(self.curve, self.convention.conf_level, self.convention.band)

    def to_json(self) -> dict[str, Json]:
        """Numbers unrounded, times in days, with the whole curve."""
        return {
            "paramcd": self.records.paramcd,
            "subjects": self.records.subjects,
            "enrolled": self.records.enrolled,
            "events": self.records.events,
            "censored": self.records.subjects - self.records.events,
            "median_days": estimate_json(self.median),
            "conf_level": self.convention.conf_level,
            "method": self.method,
            "rates": [rate.to_json() for rate in self.rates],
            "restricted_mean": self._restricted_json(),
            "curve": self._curve_json(),
        }

    def _restricted_json(self) -> Json:
        if self.restricted is None:
            return None
        return {
            "months": self.restricted.months,
            "mean_days": estimate_json(self.restricted.mean),
        }

    def _curve_json(self) -> Json:
        curve, limits = self.curve, self.limits()
        if curve is None or limits is None:
            return None
        return {
            "days": curve.time.tolist(),
            "at_risk": curve.at_risk.tolist(),
            "events": curve.events.tolist(),
            "censored": curve.censored.tolist(),
            "survival": curve.survival.tolist(),
            "standard_error": _nullable(curve.standard_error),
            "lower": _nullable(limits.lower),
            "upper": _nullable(limits.upper),
        }


def summarize(
    records: TimeRecords, rule: SettledAnalysis, rate_months: tuple[float, ...]
) -> SurvivalSummary:
    """Kaplan-Meier estimate of one parameter by the conventions of the analysis rule.

    Parameters
    ----------
    records
        Times in days and event marks.
    rule
        `km_ci`, `median_tie` and `conf_level` (rules T-04, T-05).
    rate_months
        Times at which the share without event is given; 12 months are 365.25 days (E-10).
    """
    convention = Convention(rule.conf_level, rule.km_ci, rule.median_tie)
    few = FewAtRisk(rule.few_at_risk, rule.few_at_risk_percent)
    if not records.subjects:
        nothing = Estimate(None, None, None)
        return SurvivalSummary(
            records=records, convention=convention, curve=None, median=nothing, rates=(), few=few
        )
    curve = kaplan_meier(records.days, records.event)
    return SurvivalSummary(
        records=records,
        convention=convention,
        curve=curve,
        median=quantile(curve, 0.5, convention),
        rates=tuple(_rate(curve, each, convention) for each in rate_months),
        few=few,
        restricted=_restricted(curve, rule),
    )


def _restricted(curve: KaplanMeier, rule: SettledAnalysis) -> RestrictedTime | None:
    """The mean within `rmst_months`; not estimable when follow-up ends before with S above 0."""
    if rule.rmst_months is None:
        return None
    tau = rule.rmst_months * float(DAYS_PER_MONTH)
    if tau > float(curve.time[-1]) and curve.survival[-1] > 0:
        return RestrictedTime(rule.rmst_months, Estimate(None, None, None))
    return RestrictedTime(rule.rmst_months, restricted_mean(curve, tau).estimate(rule.conf_level))


def _rate(curve: KaplanMeier, at_months: float, convention: Convention) -> RateAt:
    days = at_months * float(DAYS_PER_MONTH)
    found = landmark(curve, days, convention)
    if found.at_risk == 0 and found.survival > 0:
        return RateAt(at_months, days, None, None, None, 0)
    if found.survival in {0.0, 1.0}:
        return RateAt(at_months, days, found.survival, None, None, found.at_risk)
    return RateAt(at_months, days, found.survival, found.lower, found.upper, found.at_risk)


def months_cell(estimate: Estimate) -> str:
    """An estimate in days as `5.6 (3.4, NE)` in months."""
    low, high = months(estimate.lower), months(estimate.upper)
    return f"{months(estimate.value)} ({low}, {high})"


def estimate_json(estimate: Estimate) -> dict[str, Json]:
    """An estimate with its limits, unrounded."""
    return {"value": estimate.value, "lower": estimate.lower, "upper": estimate.upper}


def _nullable(values: np.ndarray[tuple[int, ...], np.dtype[np.float64]]) -> list[Json]:
    return [None if np.isnan(value) else float(value) for value in values]
