"""What is no mark, time, label, cause or probability is refused, not counted."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from trialwright.core.errors import DataError
from trialwright.stats.agreement import cohen_kappa
from trialwright.stats.binomial import exact_p_value, proportion_interval
from trialwright.stats.competing_risks import (
    IncidenceConvention,
    aalen_johansen,
    incidence_at,
    incidence_variance,
    naive_incidence,
)
from trialwright.stats.cox import Covariates, CoxConvention, cox
from trialwright.stats.cumulative_hazard import cumulative_hazard
from trialwright.stats.fine_gray import fine_gray
from trialwright.stats.follow_up import follow_up
from trialwright.stats.gray_test import GrayConvention, RiskData, gray_test
from trialwright.stats.interval_censored import (
    imputed_times,
    interval_npmle,
    quantile_bounds,
    survival_bounds,
)
from trialwright.stats.kaplan_meier import (
    Convention,
    Counting,
    Edges,
    band,
    kaplan_meier,
    reverse_kaplan_meier,
)
from trialwright.stats.km_batches import batched_landmarks, batched_quantiles
from trialwright.stats.landmark_test import LandmarkConvention, exponential_rate
from trialwright.stats.log_rank import LogRankConvention, log_rank
from trialwright.stats.one_sample_log_rank import OneSampleConvention
from trialwright.stats.parametric_survival import (
    ParametricConvention,
    fit_parametric,
    parametric_survival,
)
from trialwright.stats.proportion_difference import (
    DifferenceConvention,
    ProportionCounts,
    proportion_difference,
)
from trialwright.stats.published_curve import PublishedCurve, reconstruct
from trialwright.stats.tied_times import causes_of


@pytest.mark.parametrize("event", [[1, np.nan], [0, 2], ["0", "0"]])
def test_the_exponential_rate_counts_no_missing_mark_as_an_event(event: list[object]) -> None:
    with pytest.raises(DataError, match="event marks"):
        exponential_rate([1, 2], event, 0.95)


@pytest.mark.parametrize("time", [np.nan, -1.0, np.inf])
def test_an_incidence_has_a_time(time: float) -> None:
    curve = aalen_johansen([1, 2, 3], [1, 2, 0], 2)
    with pytest.raises(DataError, match="no time"):
        incidence_at(curve, 1, time, IncidenceConvention(0.95, "aalen", "loglog"))


@pytest.mark.parametrize("group", [[0, 0, 1, 1, np.nan], ["a", "a", "b", "b", None]])
def test_a_missing_group_is_no_group_of_grays_test(group: list[object]) -> None:
    with pytest.raises(DataError, match="labels"):
        gray_test(RiskData([1, 2, 3, 4, 5], [1, 2, 1, 1, 0], group), 1, GrayConvention())


def test_fine_gray_refuses_a_missing_cause() -> None:
    with pytest.raises(DataError, match="causes"):
        fine_gray([1, 2, 3], [1, np.nan, 0], 1, [1, 2, 3])


@pytest.mark.parametrize("probability", [0.0, 1.0, np.nan, -1.0, 1.5])
def test_interval_quantiles_lie_between_0_and_1(probability: float) -> None:
    with pytest.raises(DataError, match="quantile"):
        quantile_bounds(interval_npmle([0, 1], [1, np.inf]), probability)


@pytest.mark.parametrize("of", [0, -1, 1.5, np.nan])
def test_censoring_is_no_cause_to_ask_for(of: float) -> None:
    time, cause, group = [1, 2, 3, 4], [1, 0, 0, 1], [0, 0, 1, 1]
    with pytest.raises(DataError, match="not a cause"):
        gray_test(RiskData(time, cause, group), of, GrayConvention())
    with pytest.raises(DataError, match="not a cause"):
        fine_gray(time, cause, of, group)
    with pytest.raises(DataError, match="not a cause"):
        naive_incidence(time, cause, of)


@pytest.mark.parametrize("cause", [[1, np.nan, 0], [1, 0.5, 0], [1, -1, 0], [1, 0]])
def test_the_naive_incidence_counts_no_missing_cause_as_censored(cause: list[float]) -> None:
    with pytest.raises(DataError, match="not causes"):
        naive_incidence([1, 2, 3], cause, 1)


def test_a_cause_may_have_a_large_number() -> None:
    assert causes_of([10**12, 0], 2, 10**12).tolist() == [10**12, 0]


@pytest.mark.parametrize(
    ("x", "n", "rate"),
    [(3, 10, 1.5), (3, 10, np.nan), (3, 10, -0.1), (11, 10, 0.1), (-1, 10, 0.1), (0, 0, 0.1),
     (2.5, 10, 0.1), (2, 10.5, 0.1), (np.nan, 10, 0.1)],
)  # fmt: skip
def test_impossible_exact_tests_are_refused(x: float, n: float, rate: float) -> None:
    with pytest.raises(DataError):
        exact_p_value(x, n, rate)


@pytest.mark.parametrize(("x", "n"), [(2.5, 10), (2, 10.5), (np.nan, 10), (2, np.inf)])
def test_counts_are_whole(x: float, n: float) -> None:
    with pytest.raises(DataError, match="No proportion"):
        proportion_interval(x, n, 0.95, "wilson")
    with pytest.raises(DataError, match="No proportion"):
        proportion_difference(ProportionCounts(x, n, 1, 5), DifferenceConvention(0.95))
    with pytest.raises(DataError, match="No proportion"):
        proportion_difference(ProportionCounts(1, 5, x, n), DifferenceConvention(0.95))


@pytest.mark.parametrize("count", [0.5, np.nan, -1])
def test_a_table_of_agreement_holds_whole_counts(count: float) -> None:
    with pytest.raises(DataError, match="table of agreement"):
        cohen_kappa([[3, count], [1, 4]], 0.95)


@pytest.mark.parametrize("events", [2.5, -1, np.nan])
def test_a_published_total_of_events_is_a_whole_number(events: float) -> None:
    curve = PublishedCurve(
        time=[0, 2, 4], survival=[1, 0.75, 0.5], risk_time=[0], at_risk=[4], events=events
    )
    with pytest.raises(DataError, match="total of events"):
        reconstruct(curve)


@pytest.mark.parametrize("level", [95, 0, 1, np.nan])
def test_a_kappa_has_a_level(level: float) -> None:
    with pytest.raises(DataError, match="confidence level"):
        cohen_kappa([[3, 1], [1, 4]], level)


CURVE = kaplan_meier([1, 2, 3], [1, 0, 1])
INCIDENCE = aalen_johansen([1, 2, 3], [1, 2, 0], 2)
TIMES = [[1, 2, 3]]
GOOD = Convention(0.95, "loglog", "midpoint")


@pytest.mark.parametrize(
    "asked",
    [
        lambda: proportion_interval(1, 2, 0.95, "foo"),
        lambda: proportion_difference(
            ProportionCounts(1, 2, 1, 2), DifferenceConvention(0.9, "foo")
        ),
        lambda: cohen_kappa([[3, 1], [1, 4]], 0.95, "foo"),
        lambda: band(CURVE, 0.95, "foo"),
        lambda: Convention(0.95, "foo", "midpoint"),
        lambda: Convention(0.95, "loglog", "foo"),
        lambda: Convention(0.95, "loglog", "midpoint", "foo"),
        lambda: Edges(at_one="foo"),
        lambda: Edges(at_zero="foo"),
        lambda: Counting(gap="foo"),
        lambda: reverse_kaplan_meier([1, 2], [1, 0], "foo"),
        lambda: cumulative_hazard(CURVE, "foo"),
        lambda: incidence_variance(INCIDENCE, "foo"),
        lambda: IncidenceConvention(0.95, "foo", "plain"),
        lambda: IncidenceConvention(0.95, "aalen", "foo"),
        lambda: LandmarkConvention("foo"),
        lambda: LogRankConvention("foo"),
        lambda: CoxConvention("foo"),
        lambda: OneSampleConvention("foo", 0.95),
        lambda: ParametricConvention(0.95, "foo"),
        lambda: fit_parametric([1, 2], [1, 3], "foo"),
        lambda: imputed_times([1, 2], [1, 3], "foo"),
        lambda: batched_quantiles(TIMES, np.ones((1, 3)), 0.5, GOOD, "foo"),
        lambda: batched_landmarks(TIMES, np.ones((1, 3)), 2, GOOD, "foo"),
    ],
)
def test_an_unknown_name_is_refused_with_those_allowed(asked: Callable[[], object]) -> None:
    with pytest.raises(DataError, match=r"This is no .*") as refusal:
        asked()
    assert '"foo"' in refusal.value.where
    assert refusal.value.allowed.count('"') >= 4


@pytest.mark.parametrize("tolerance", [np.nan, -1e-9, np.inf])
def test_a_tolerance_of_times_is_0_or_more(tolerance: float) -> None:
    with pytest.raises(DataError, match="tolerance"):
        Counting(time_tolerance=tolerance)


def test_a_cox_model_has_covariates() -> None:
    with pytest.raises(DataError, match="not covariates"):
        cox(follow_up([1, 2], [1, 1]), Covariates(np.zeros((2, 0)), ()), CoxConvention())


@pytest.mark.parametrize("group", [[1, "a", 1, "a"], [1, "1", 1, "1"], ["a", "b", "a", np.nan]])
def test_labels_are_text_or_numbers_and_not_both(group: list[object]) -> None:
    data, convention = follow_up([1, 2, 3, 4], [1, 1, 1, 1]), LogRankConvention("log_rank")
    for labels in (group, np.array(group, dtype=object)):
        with pytest.raises(DataError, match="labels"):
            log_rank(data, labels, convention)


@pytest.mark.parametrize("time", [np.nan, -1.0, [1.0, np.nan]])
def test_survival_is_asked_at_times(time: object) -> None:
    left, right = [0, 1, 2], [1, 3, np.inf]
    with pytest.raises(DataError, match="no value at these times"):
        survival_bounds(interval_npmle(left, right), time)
    with pytest.raises(DataError, match="no value at these times"):
        parametric_survival(fit_parametric(left, right, "exponential"), time)


def test_too_many_different_intervals_are_refused_before_memory_ends() -> None:
    """20 000 intervals of their own with 20 000 intersections would take 3 GB for one array."""
    left = np.arange(20_000.0)
    with pytest.raises(DataError, match="too many different intervals") as refusal:
        interval_npmle(left, left + 0.5)
    assert "round" in refusal.value.do


def test_many_subjects_with_few_different_intervals_are_no_matter() -> None:
    """Visits on days 0, 1 and 2: three quarters in (0, 1], one quarter later."""
    fit = interval_npmle(np.tile([0, 0, 0, 1], 25_000), np.tile([1, 1, 1, 2], 25_000))
    assert fit.mass.tolist() == pytest.approx([0.75, 0.25])


@pytest.mark.parametrize("event", [[1, np.nan], [1, 2], ["1", "0"], [None, 1]])
def test_follow_up_takes_event_marks_only(event: list[object]) -> None:
    with pytest.raises(DataError, match="event marks"):
        follow_up([1, 2], event)
