"""Bias, spread and coverage of every estimate over the trials of a scenario."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import isnan, nan

from trialwright.core.display import Table
from trialwright.core.format import rounded
from trialwright.core.results import Json
from trialwright.operating.exact_sums import DAY, RATE, RATIO, Mean, Share
from trialwright.operating.outcomes import MONTH
from trialwright.operating.plan import READINGS, Arm, Group, Reading
from trialwright.operating.pooled import day_coverage, rate_coverage
from trialwright.operating.reading import ScenarioTotals
from trialwright.operating.results.responders import CountTable, count_table
from trialwright.operating.totals import Counts
from trialwright.operating.words import (
    BOUNDS,
    READING_WORDS,
    coverage_text,
    mean_json,
    months_with_error,
    number,
    percent_with_error,
    points,
    share_json,
    sign,
    simulated,
)
from trialwright.protocol.rules import AnalysisSet

_SETS: dict[AnalysisSet, str] = {
    "ENRL": "all enrolled subjects",
    "FAS": "all treated subjects",
    "EFF": "treated subjects with a target lesion who were assessed, progressed or died",
}
RULES = ("E-02", "E-10", "T-01", "T-04", "T-05", "T-07")
_COLUMNS = (
    "Estimate", "Mean", "SD", "True", "Bias", "Coverage of the true value", "Stated",
    "Difference from it", "Coverage of the stated value", "Not estimable",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimated:
    """One estimate over all trials.

    Attributes
    ----------
    unit
        "rate" between 0 and 1, "days", or "ratio".
    truth, stated
        True value of the simulated population, and what the scenario states; NaN for neither.
    missing
        Trials without an estimate: a median that is not reached, nobody in the set.
    coverage, stated_coverage
        Trials whose interval holds the true and the stated value, `None` where that is not known.
    """

    name: str
    group: str
    unit: str
    mean: Mean
    truth: float
    stated: float
    missing: Share
    coverage: Share | None
    stated_coverage: Share | None

    def row(self) -> tuple[str, ...]:
        """Cells of the table."""
        return (
            self.name,
            self._value(self.mean.value, self.mean.error),
            self._plain(self.mean.sd),
            self._plain(self.truth),
            self._difference(self.truth),
            coverage_text(self.coverage, self.missing.trials),
            self._plain(self.stated),
            self._difference(self.stated),
            coverage_text(self.stated_coverage, self.missing.trials),
            f"{rounded(100 * self.missing.value, 1)} %" if self.missing.count else "-",
        )

    def _value(self, value: float, error: float) -> str:
        if self.unit == "rate":
            return percent_with_error(value, error)
        if self.unit == "days":
            return months_with_error(value, error)
        if isnan(value):
            return "-"
        return rounded(value, 3) + ("" if isnan(error) else f" ({rounded(error, 4)})")

    def _plain(self, value: float) -> str:
        return "-" if isnan(value) else self._value(value, 0.0).partition(" ")[0]

    def _difference(self, truth: float) -> str:
        gap = self.mean.minus(truth)
        if isnan(gap):
            return "-"
        if self.unit == "rate":
            return points(gap, self.mean.error).partition(" ")[0]
        return sign(gap / MONTH if self.unit == "days" else gap, 2)

    def to_json(self) -> dict[str, Json]:
        """Every number unrounded; times in days."""
        return {
            "name": self.name,
            "group": self.group,
            "unit": self.unit,
            **_json_of(mean_json(self.mean)),
            "true": number(self.truth),
            "bias": number(self.mean.minus(self.truth)),
            "stated": number(self.stated),
            "difference_from_stated": number(self.mean.minus(self.stated)),
            "not_estimable": share_json(self.missing),
            "coverage_true": share_json(self.coverage),
            "coverage_stated": share_json(self.stated_coverage),
        }


def _json_of(value: Json) -> dict[str, Json]:
    return value if isinstance(value, dict) else {}


@dataclass(frozen=True, slots=True, kw_only=True)
class EstimateResult:
    """Every estimate in one scenario, and the intervals of the response rate by count."""

    scenario: str
    title: str
    trials: int
    estimates: tuple[Estimated, ...]
    counts: tuple[CountTable, ...]
    conf_level: float
    orr_set: AnalysisSet
    key: str

    def table(self) -> Table:
        """Mean, bias and coverage of each estimate."""
        return self.tables()[0]

    def tables(self) -> tuple[Table, ...]:
        """The estimates, then the intervals by number of responders."""
        return (self._table(), *(one.table() for one in self.counts))

    def _table(self) -> Table:
        groups = list(dict.fromkeys(one.group for one in self.estimates))
        rows: list[tuple[str, ...]] = []
        levels: list[int] = []
        for group in groups:
            if len(groups) > 1:
                rows.append((group, *[""] * (len(_COLUMNS) - 1)))
                levels.append(0)
            inside = [one for one in self.estimates if one.group == group]
            rows += [one.row() for one in inside]
            levels += [int(len(groups) > 1)] * len(inside)
        return Table(
            title=f"Estimates: {self.title}",
            columns=_COLUMNS,
            rows=tuple(rows),
            levels=tuple(levels),
            footnotes=(
                simulated(self.trials),
                f"Rates in percent, times in months; {100 * self.conf_level:g} % intervals.",
                f"Response rates: of {_SETS[self.orr_set]}, who does not respond or is not evaluable "
                "is a failure.",
                "True value: of all simulated patients, from their true days of progression and "
                "death (seen or not); of a response rate by the same definition, from scans on "
                "their day read without error. Stated value: what the scenario says a large trial "
                "would report; of the response rate, with confirmation and among treated subjects "
                "with a target lesion.",
                "A median is averaged over the trials that reach it, which are the unlucky ones: "
                "where many do not, its mean is biased for that reason alone; so is that of a Kaplan-Meier rate where many trials are not followed to the landmark. A missing upper limit "
                "of a median covers. Coverage counts the trials that have an interval, none where the "
                "estimate of a rate is 0 or 1 (rule T-04); behind it stands their number where it "
                "is not that of all trials. Not estimable: nobody in the set, a median that is not "
                "reached, or nobody followed to the landmark.",
                BOUNDS,
                "The one-sample log-rank test against an exponential null estimates the same rate "
                "as the exponential model; O/E is shown against the null rate of its rule.",
            ),
            rules=RULES,
        )

    def to_json(self) -> dict[str, Json]:
        """Every number unrounded."""
        return {
            "key": self.key,
            "scenario": self.scenario,
            "trials": self.trials,
            "conf_level": self.conf_level,
            "response_set": self.orr_set,
            "estimates": [one.to_json() for one in self.estimates],
            "responders": [one.to_json() for one in self.counts],
        }


def estimate_result(totals: ScenarioTotals) -> EstimateResult:
    """Every estimate in the scenario as stated, group by group."""
    plan = totals.plan
    found: list[Estimated] = []
    for group in plan.groups:
        found += [_response(totals, group, reading) for reading in READINGS]
        found += _of_measurable(totals, group)
        for months in plan.landmarks:
            found += _rates(totals, group, months)
        found += [_median(totals, group, name) for name in ("pfs", "os")]
        found += _ratios(totals, group)
    return EstimateResult(
        scenario=plan.id,
        title=plan.title,
        trials=totals.trials,
        estimates=tuple(found),
        counts=tuple(count_table(totals, group) for group in plan.groups),
        conf_level=plan.convention.conf_level,
        orr_set=plan.orr_set,
        key=f"OC_ESTIMATES.{plan.id}",
    )


def _response(totals: ScenarioTotals, group: Group, reading: Reading) -> Estimated:
    plan = totals.plan
    events = totals.responders(Arm(plan.variants[0].id, reading), group)
    true, level = totals.true_rate(group, reading), plan.convention.conf_level
    is_stated = reading == "confirmed" and _is_set_of_stated(totals, group)
    stated = group.stated_response if is_stated else nan
    return Estimated(
        name=f"Response rate {READING_WORDS[reading]}",
        group=group.name,
        unit="rate",
        mean=events.rate,
        truth=nan if true is None else true.value,
        stated=stated,
        missing=Share(totals.trials - events.rate.trials, totals.trials),
        coverage=None if true is None else events.coverage(true.value, level, "clopper_pearson"),
        stated_coverage=None
        if isnan(stated)
        else events.coverage(stated, level, "clopper_pearson"),
    )


def _is_set_of_stated(totals: ScenarioTotals, group: Group) -> bool:
    """Whether the response set is the subjects that the stated response rate is of."""
    counted = totals.responders(totals.plan.stated, group).pooled.trials
    return totals.measurable(group).pooled.trials == counted


def _of_measurable(totals: ScenarioTotals, group: Group) -> list[Estimated]:
    """The response rate of the subjects that the scenario states it for, where they are others."""
    if _is_set_of_stated(totals, group):
        return []
    events, stated = totals.measurable(group), group.stated_response
    return [
        Estimated(
            name="Response rate with confirmation, treated with a target lesion",
            group=group.name,
            unit="rate",
            mean=events.rate,
            truth=nan,
            stated=stated,
            missing=Share(totals.trials - events.rate.trials, totals.trials),
            coverage=None,
            stated_coverage=events.coverage(
                stated, totals.plan.convention.conf_level, "clopper_pearson"
            ),
        )
    ]


def _rates(totals: ScenarioTotals, group: Group, months: float) -> list[Estimated]:
    """The share free of progression at a landmark in three ways."""
    plan = totals.plan
    first, level = plan.variants[0].id, plan.convention.conf_level
    truth, _ = totals.true_curve("pfs", group).at(months * MONTH)
    stated = dict(group.stated_pfs_rates).get(months, nan)
    free = totals.free_at(first, group, months)
    words = f"Free of progression at {months:g} months"
    binomial = Estimated(
        name=f"{words}, binomial (missing is failure)",
        group=group.name,
        unit="rate",
        mean=free.rate,
        truth=truth,
        stated=stated,
        missing=Share(totals.trials - free.rate.trials, totals.trials),
        coverage=None if isnan(truth) else free.coverage(truth, level, "clopper_pearson"),
        stated_coverage=None if isnan(stated) else free.coverage(stated, level, "clopper_pearson"),
    )
    models = (("kaplan_meier", "Kaplan-Meier"), ("exponential", "exponential"))
    return [
        *(_modelled(totals, group, months, model, f"{words}, {name}") for model, name in models),
        binomial,
    ]


def _modelled(
    totals: ScenarioTotals, group: Group, months: float, model: str, name: str
) -> Estimated:
    key = f"{totals.plan.variants[0].id}/rate/{group.id}/{months:g}/{model}"
    mean = Mean.of(totals.rows[key], RATE)
    truth, _ = totals.true_curve("pfs", group).at(months * MONTH)
    stated = dict(group.stated_pfs_rates).get(months, nan)
    covers = _covers(totals, key, rate_coverage)
    return Estimated(
        name=name,
        group=group.name,
        unit="rate",
        mean=mean,
        truth=truth,
        stated=stated,
        missing=Share(totals.trials - mean.trials, totals.trials),
        coverage=covers(truth),
        stated_coverage=covers(stated),
    )


def _covers(
    totals: ScenarioTotals, key: str, count: Callable[[Counts, Counts, float], Share | None]
) -> Callable[[float], Share | None]:
    """How often the limits of an estimate hold a value; `None` without limits or without value."""
    lower, upper = totals.rows.get(f"{key}/lower"), totals.rows.get(f"{key}/upper")

    def covers(value: float) -> Share | None:
        if lower is None or upper is None or isnan(value):
            return None
        return count(lower, upper, value)

    return covers


def _median(totals: ScenarioTotals, group: Group, time: str) -> Estimated:
    key = f"{totals.plan.variants[0].id}/{time}/{group.id}/median"
    mean = Mean.of(totals.rows[key], DAY)
    truth, _ = totals.true_curve(time, group).median()
    said = group.stated_pfs_days if time == "pfs" else group.stated_os_days
    stated = nan if said is None else said
    covers = _covers(totals, key, day_coverage)
    return Estimated(
        name="Median progression-free survival" if time == "pfs" else "Median overall survival",
        group=group.name,
        unit="days",
        mean=mean,
        truth=truth,
        stated=stated,
        missing=Share(totals.trials - mean.trials, totals.trials),
        coverage=covers(truth),
        stated_coverage=covers(stated),
    )


def _ratios(totals: ScenarioTotals, group: Group) -> list[Estimated]:
    """Observed over expected events of the one-sample log-rank tests of the group."""
    found = []
    for rule in totals.plan.landmark_rules:
        if rule.method == "log_rank" and rule.group == group.id:
            mean = Mean.of(totals.rows[f"{totals.plan.variants[0].id}/ratio/{rule.id}"], RATIO)
            found.append(
                Estimated(
                    name=f"O/E events against {100 * rule.p0:g} % at {rule.months:g} months",
                    group=group.name,
                    unit="ratio",
                    mean=mean,
                    truth=nan,
                    stated=nan,
                    missing=Share(totals.trials - mean.trials, totals.trials),
                    coverage=None,
                    stated_coverage=None,
                )
            )
    return found
