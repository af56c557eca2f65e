"""The Kaplan-Meier figure: step, band, censor marks linked to patients, rows of counts (T-08)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from trialwright.core.display import AtRisk, Figure, Mark, patient_anchor
from trialwright.core.format import DAYS_PER_MONTH, months_range, rounded
from trialwright.endpoints.proportion import interval_level
from trialwright.endpoints.survival_summary import FewAtRisk, SurvivalSummary, months_cell
from trialwright.stats.kaplan_meier import KaplanMeier

_MONTH = float(DAYS_PER_MONTH)
_TICK_STEPS = (1, 2, 3, 6, 12, 24, 36, 60, 120)


@dataclass(frozen=True, slots=True, kw_only=True)
class CurveLabels:
    """Words of a figure: what the curve is, its axes, number, population and notes."""

    title: str
    x_label: str
    y_label: str
    number: str
    population: str
    footnotes: tuple[str, ...]
    rules: tuple[str, ...]


def kaplan_meier_figure(summary: SurvivalSummary, labels: CurveLabels) -> Figure | None:
    """Draw a Kaplan-Meier curve up to its last observation.

    Roles of the marks: "few_at_risk" (grey area), "interval", "curve", "censored". `None` when
    nobody has a time.
    """
    curve = summary.curve
    if curve is None:
        return None
    end = max(summary.last_day / _MONTH, 1.0)
    ticks = _ticks(end)
    sparse = sparse_from(curve, summary.few)
    return Figure(
        title=labels.title,
        alt=_alt(summary, labels),
        marks=_marks(summary, curve, sparse),
        x_label=labels.x_label,
        y_label=labels.y_label,
        number=labels.number,
        population=labels.population,
        x_range=(0.0, max(end * 1.02, ticks[-1])),
        y_range=(0.0, 1.0),
        x_ticks=tuple((float(tick), f"{tick}") for tick in ticks),
        y_ticks=tuple((share / 4, f"{25 * share}") for share in range(5)),
        at_risk=_at_risk(curve, ticks),
        footnotes=(*labels.footnotes, *_sparse_note(sparse, summary)),
        rules=labels.rules,
    )


def sparse_from(curve: KaplanMeier, few: FewAtRisk) -> float | None:
    """Day from which too few subjects are at risk for the curve to be worth reading (T-08).

    `None` when that never happens before the last observation.
    """
    scarce = curve.at_risk < few.subjects
    scarce |= 100 * curve.at_risk < few.percent * curve.subjects
    found = np.flatnonzero(scarce)
    if not found.size:
        return None
    return float(curve.time[found[0] - 1]) if found[0] else 0.0


def _marks(summary: SurvivalSummary, curve: KaplanMeier, sparse: float | None) -> tuple[Mark, ...]:
    last = summary.last_day / _MONTH
    x = (0.0, *(curve.time / _MONTH).tolist())
    step = Mark(kind="step", x=x, y=(1.0, *curve.survival.tolist()), role="curve")
    grey = () if sparse is None else (_area(sparse / _MONTH, last),)
    return (*grey, *_band(summary, curve), step, *_censor_marks(summary, curve))


def _area(start: float, end: float) -> Mark:
    return Mark(
        kind="band", x=(start, end), y=(0.0, 0.0), y2=(1.0, 1.0), role="few_at_risk",
        label="few at risk",
    )  # fmt: skip


def _band(summary: SurvivalSummary, curve: KaplanMeier) -> tuple[Mark, ...]:
    limits = summary.limits()
    if limits is None or np.isnan(limits.lower).all():
        return ()
    known = np.flatnonzero(~np.isnan(limits.lower))
    end = min(int(known[-1]) + 1, curve.time.size - 1)
    keep = [*known.tolist(), int(known[-1])]
    return (
        Mark(
            kind="band",
            x=(*(curve.time[known] / _MONTH).tolist(), float(curve.time[end]) / _MONTH),
            y=tuple(limits.lower[keep].tolist()),
            y2=tuple(limits.upper[keep].tolist()),
            role="interval",
            label=interval_level(summary.convention.conf_level),
        ),
    )


def _censor_marks(summary: SurvivalSummary, curve: KaplanMeier) -> tuple[Mark, ...]:
    records = summary.records
    order = np.argsort(records.days, kind="stable")
    chosen = [int(i) for i in order if not records.event[i]]
    if not chosen:
        return ()
    days = records.days[chosen]
    height = curve.survival[np.searchsorted(curve.time, days)]
    return (
        Mark(
            kind="points",
            x=tuple((days / _MONTH).tolist()),
            y=tuple(height.tolist()),
            role="censored",
            label="censored",
            symbol="|",
            links=tuple(patient_anchor(records.usubjid[i]) for i in chosen),
        ),
    )


def _ticks(end: float) -> tuple[int, ...]:
    step = next((each for each in _TICK_STEPS if end / each <= 8), _TICK_STEPS[-1])
    return tuple(range(0, int(end) + step, step)) if end > step else (0, step)


def _at_risk(curve: KaplanMeier, ticks: tuple[int, ...]) -> AtRisk:
    """Subjects at risk just before each tick, and events and censorings before it."""
    at = np.searchsorted(curve.time, np.array(ticks) * _MONTH, side="left")
    gone_events = np.append(0, np.cumsum(curve.events))[at]
    gone_censored = np.append(0, np.cumsum(curve.censored))[at]
    remaining = curve.subjects - gone_events - gone_censored
    return AtRisk(
        times=tuple(float(tick) for tick in ticks),
        labels=("At risk", "Events", "Censored"),
        counts=tuple(
            tuple(int(one) for one in row) for row in (remaining, gone_events, gone_censored)
        ),
    )


def _sparse_note(sparse: float | None, summary: SurvivalSummary) -> tuple[str, ...]:
    if sparse is None:
        return ()
    return (
        f"Grey from {rounded(sparse / _MONTH, 1)} months: "
        f"{summary.few.words(summary.records.subjects)} (rule T-08).",
    )


def _alt(summary: SurvivalSummary, labels: CurveLabels) -> str:
    level = interval_level(summary.convention.conf_level)
    return (
        f"{labels.title}: {summary.records.events} events in {summary.records.subjects} subjects, "
        f"median {months_cell(summary.median)} months ({level}), followed "
        f"{months_range(float(summary.records.days.min()), summary.last_day)} months."
    )
