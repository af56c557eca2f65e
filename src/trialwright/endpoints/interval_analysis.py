"""A time to event that is known to lie between two scans (C-16): NPMLE and Weibull."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from trialwright.core.errors import DataError
from trialwright.core.format import DAYS_PER_MONTH, NOT_ESTIMABLE, months, n_pct, pct
from trialwright.core.results import Json
from trialwright.core.tables import Adam
from trialwright.endpoints.population import enrolled_subjects
from trialwright.endpoints.survival_summary import estimate_json, months_cell
from trialwright.protocol.settled import SettledAnalysis
from trialwright.stats.interval_censored import (
    interval_npmle,
    quantile_bounds,
    survival_bounds,
)
from trialwright.stats.kaplan_meier import Estimate
from trialwright.stats.parametric_survival import (
    ParametricConvention,
    fit_parametric,
    parametric_quantile,
    parametric_survival,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class IntervalAnalysis:
    """Estimates when the event of a subject lies between the last scan without it and the first with.

    Attributes
    ----------
    median_bounds, rate_bounds
        Of the nonparametric estimate, which leaves the place within an interval open; in days and
        as shares, `None` when not reached.
    weibull_median, weibull_rate
        Of the Weibull distribution; `None` where its likelihood has no maximum.
    """

    words: str
    subjects: int
    events: int
    at_months: float
    median_bounds: tuple[float, float] | None
    rate_bounds: tuple[float, float]
    weibull_median: Estimate | None
    weibull_rate: float | None

    def rows(self) -> tuple[tuple[str, str, str, str], ...]:
        """Words, events, median and rate: the bounds of the NPMLE, then the Weibull."""
        median, rate, events = (
            self.median_bounds,
            self.rate_bounds,
            n_pct(self.events, self.subjects),
        )
        between = NOT_ESTIMABLE if median is None else _between(*(months(each) for each in median))
        weibull = self.weibull_median
        return (
            (f"{self.words}, NPMLE", events, between, _between(*(pct(each) for each in rate))),
            (
                f"{self.words}, Weibull",
                events,
                NOT_ESTIMABLE if weibull is None else months_cell(weibull),
                pct(self.weibull_rate),
            ),
        )

    def to_json(self) -> dict[str, Json]:
        """Numbers unrounded, times in days."""
        weibull = self.weibull_median
        return {
            "analysis": self.words,
            "subjects": self.subjects,
            "events": self.events,
            "npmle_median_days": None if self.median_bounds is None else list(self.median_bounds),
            "at_months": self.at_months,
            "npmle_rate": list(self.rate_bounds),
            "weibull_median_days": None if weibull is None else estimate_json(weibull),
            "weibull_rate": self.weibull_rate,
        }


def interval_analysis(
    adam: Adam, subset: str, named: tuple[str, str], rule: SettledAnalysis, at_months: float
) -> IntervalAnalysis | None:
    """Estimate one parameter of ADTTE whose records are intervals (LEFTVAL, AVAL].

    Parameters
    ----------
    named
        Code of the parameter and its words.
    at_months
        Time of the rate.

    References
    ----------
    Turnbull, JRSS B 1976;38:290-295; rule C-16.
    """
    subjects = enrolled_subjects(adam, subset).select("USUBJID")
    rows = adam["ADTTE"].filter(pl.col("PARAMCD") == named[0], pl.col("AVAL").is_not_null())
    rows = rows.join(subjects, on="USUBJID", how="semi").sort("USUBJID")
    if not rows.height:
        return None
    event = rows["CNSR"].to_numpy() == 0
    end = rows["AVAL"].cast(pl.Float64).to_numpy()
    known = rows["LEFTVAL"].cast(pl.Float64).fill_null(pl.lit(np.nan)).to_numpy()
    left = np.where(event & ~np.isnan(known), known, end)
    right = np.where(event, end, np.inf)
    days = at_months * float(DAYS_PER_MONTH)
    fit = interval_npmle(left, right)
    bounds = survival_bounds(fit, days)
    median, rate = _weibull(left, right, days, rule)
    return IntervalAnalysis(
        words=named[1],
        subjects=rows.height,
        events=int(event.sum()),
        at_months=at_months,
        median_bounds=quantile_bounds(fit, 0.5),
        rate_bounds=(float(bounds.lower[0]), float(bounds.upper[0])),
        weibull_median=median,
        weibull_rate=rate,
    )


def _weibull(
    left: np.ndarray[tuple[int, ...], np.dtype[np.float64]],
    right: np.ndarray[tuple[int, ...], np.dtype[np.float64]],
    days: float,
    rule: SettledAnalysis,
) -> tuple[Estimate | None, float | None]:
    """Median and rate of the Weibull distribution; nothing where few events give no maximum."""
    try:
        fit = fit_parametric(left, right, "weibull")
    except DataError:
        return None, None
    median = parametric_quantile(fit, 0.5, ParametricConvention(rule.conf_level))
    return median, float(parametric_survival(fit, days))


def _between(low: str, high: str) -> str:
    """The bounds within which the estimate is not known any closer."""
    return low if low == high else f"between {low} and {high}"
