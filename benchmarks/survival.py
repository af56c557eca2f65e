"""Speed of Kaplan-Meier: one large curve, and many small ones, beside other libraries.

    python benchmarks/survival.py

The peers are measured in the same run where they are installed; lifelines and statsmodels come
with the extra `test`.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import cache
from importlib.util import find_spec

import numpy as np

from response import Row

ROWS_OF_LARGE, CURVES, SUBJECTS = 1_000_000, 200_000, 30


def best_of(times: int, work: Callable[[], object]) -> float:
    """Shortest wall time in seconds."""
    found = []
    for _ in range(times):
        start = time.perf_counter()
        work()
        found.append(time.perf_counter() - start)
    return min(found)


def convention():
    from trialwright.stats.kaplan_meier import Convention

    return Convention(conf_level=0.95, band="loglog", tie="midpoint")


@cache
def large(*, whole: bool) -> tuple[np.ndarray, np.ndarray]:
    """A million subjects: whole days, or times that nearly all differ."""
    rng = np.random.default_rng(3)
    days = rng.integers(1, 2000, ROWS_OF_LARGE)
    times = days if whole else rng.exponential(400, ROWS_OF_LARGE)
    return times, rng.random(ROWS_OF_LARGE) < 0.7


@cache
def small() -> tuple[np.ndarray, np.ndarray]:
    """200,000 curves of 30 subjects in whole days."""
    rng = np.random.default_rng(4)
    shape = (CURVES, SUBJECTS)
    return rng.integers(1, 900, shape), rng.random(shape) < 0.7


def one_curve(*, whole: bool) -> float:
    """Curve, log-log band, median with limits."""
    from trialwright.stats.kaplan_meier import band, kaplan_meier, quantile

    rule, (times, event) = convention(), large(whole=whole)

    def work() -> None:
        curve = kaplan_meier(times, event)
        band(curve, 0.95, "loglog")
        quantile(curve, 0.5, rule)

    return best_of(3, work)


def one_curve_lifelines() -> float:
    from lifelines import KaplanMeierFitter
    from lifelines.utils import median_survival_times

    def work() -> None:
        fitter = KaplanMeierFitter().fit(*large(whole=True))
        median_survival_times(fitter.confidence_interval_)

    return best_of(1, work)


def one_curve_statsmodels() -> float:
    from statsmodels.duration.survfunc import SurvfuncRight

    times, event = large(whole=True)

    def work() -> None:
        fitted = SurvfuncRight(times, event.astype(int))
        fitted.quantile(0.5)
        fitted.quantile_ci(0.5, method="cloglog")

    return best_of(2, work)


def medians(engine: str) -> float:
    """Thousand medians a second."""
    from trialwright.stats.km_batches import batched_quantiles

    rule, (times, event) = convention(), small()
    work = lambda: batched_quantiles(times, event, 0.5, rule, engine)  # noqa: E731
    work()
    return CURVES / best_of(3, work) / 1000


def medians_with_limits(engine: str) -> float:
    from trialwright.stats.km_batches import batched_quantile_limits

    rule, (times, event) = convention(), small()
    work = lambda: batched_quantile_limits(times, event, 0.5, rule, engine)  # noqa: E731
    work()
    return CURVES / best_of(3, work) / 1000


def rates(engine: str) -> float:
    from trialwright.stats.km_batches import batched_landmarks

    rule, (times, event) = convention(), small()
    work = lambda: batched_landmarks(times, event, 365, rule, engine)  # noqa: E731
    work()
    return CURVES / best_of(3, work) / 1000


def medians_lifelines() -> float:
    from lifelines import KaplanMeierFitter

    times, event = small()
    few = 40
    work = lambda: [  # noqa: E731
        KaplanMeierFitter().fit(times[i], event[i]).median_survival_time_ for i in range(few)
    ]
    return few / best_of(2, work) / 1000


def medians_statsmodels() -> float:
    from statsmodels.duration.survfunc import SurvfuncRight

    times, event = small()
    few = 200
    work = lambda: [SurvfuncRight(times[i], event[i].astype(int)).quantile(0.5) for i in range(few)]  # noqa: E731
    return few / best_of(2, work) / 1000


def _peer(library: str, *rows: Row) -> tuple[Row, ...]:
    return rows if find_spec(library) else ()


def _batches(engine: str, budget: str) -> tuple[Row, ...]:
    return (
        (f"medians of curves of 30, {engine}", lambda: medians(engine), "k/s", budget),
        (f"  with limits, {engine}", lambda: medians_with_limits(engine), "k/s", "-"),
        (f"  landmark rates with limits, {engine}", lambda: rates(engine), "k/s", "-"),
    )


#: Rows of the table of `benchmarks/run.py`.
ROWS: tuple[Row, ...] = (
    ("Kaplan-Meier, 1,000,000 rows in days, numpy", lambda: one_curve(whole=True), "s", "<= 0.06 s"),
    ("  times that all differ", lambda: one_curve(whole=False), "s", "<= 0.25 s"),
    *_peer("lifelines", ("  lifelines, in days", one_curve_lifelines, "s", "peer")),
    *_peer("statsmodels", ("  statsmodels, in days", one_curve_statsmodels, "s", "peer")),
    *_batches("numpy", ">= 150 k/s"),
    *(_batches("numba", ">= 500 k/s") if find_spec("numba") else ()),
    *_peer("lifelines", ("  lifelines, medians", medians_lifelines, "k/s", "peer")),
    *_peer("statsmodels", ("  statsmodels, medians", medians_statsmodels, "k/s", "peer")),
)  # fmt: skip


def main() -> None:
    for name, measure, unit, budget in ROWS:
        print(f"{name:<60}{measure():>10.4f} {unit:<3}  {budget}", flush=True)


if __name__ == "__main__":
    main()
