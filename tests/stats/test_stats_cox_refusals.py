"""Cox models that have no estimate: infinite, without information, or not a model at all."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import optimize

from support.cox_fits import fit, random_data
from trialwright.core.errors import DataError
from trialwright.stats.cox import Sampling
from trialwright.stats.follow_up import follow_up


@pytest.mark.parametrize("ties", ["efron", "breslow", "exact"])
@pytest.mark.parametrize("entry", [False, True])
def test_an_infinite_hazard_ratio_is_refused_by_name(ties, entry):
    """Nobody with x1 = 1 has the event; x2 has a finite coefficient, so only x1 is named."""
    given, x = random_data(5, entry=entry)
    given["event"] &= x[:, 0] == 0
    with pytest.raises(DataError, match='hazard ratio of "x1" has no finite estimate') as refused:
        fit(follow_up(**given), x, ties=ties)
    assert "log-rank" in refused.value.do


def rises_for_ever(given, x, ties):
    """Whether a direction exists in which no event is ever below a rival: a linear programme."""
    rows = []
    for i in np.flatnonzero(given["event"]):
        t = given["time"][i]
        rivals = (
            (given["entry"] < t) & (t <= given["time"]) & (given["stratum"][i] == given["stratum"])
        )
        if ties == "exact":
            rivals &= ~(given["event"] & (given["time"] == t))
        rows.extend(x[i] - x[rivals])
    gain = np.array(rows)
    if not gain.size:
        return False
    found = optimize.linprog(
        -gain.sum(axis=0), A_ub=-gain, b_ub=np.zeros(len(gain)), bounds=[(-1, 1)] * x.shape[1]
    )
    return found.fun < -1e-7


@pytest.mark.parametrize("ties", ["efron", "breslow", "exact"])
def test_small_data_are_refused_when_and_only_when_no_maximum_exists(ties):
    rng = np.random.default_rng(17)
    outcomes = []
    for _ in range(40):
        n, p = int(rng.integers(4, 16)), int(rng.integers(1, 4))
        x = rng.integers(0, 3, (n, p)).astype(float)
        time = rng.integers(1, 9, n).astype(float)
        given = {"time": time, "event": rng.random(n) < 0.7, "stratum": rng.integers(0, 2, n)}
        given["entry"] = np.minimum(rng.integers(-3, 4, n), time - 1)
        try:
            fit(follow_up(**given), x, ties=ties)
            outcome = "fitted"
        except DataError as refused:
            outcome = "refused" if "no finite estimate" in refused.what else "no question"
        if outcome != "no question":
            outcomes.append((outcome, rises_for_ever(given, x, ties)))
    assert set(outcomes) == {("fitted", False), ("refused", True)}


def test_exact_ties_are_infinite_where_efrons_are_not():
    """x = 1 and x = 0 at time 1, x = 1 later: 1/(2 + u) rises for ever as u falls to 0."""
    data = follow_up([1, 1, 2], [1, 1, 0])
    with pytest.raises(DataError, match="no finite estimate"):
        fit(data, [1, 0, 1], ties="exact")
    assert fit(data, [1, 0, 1], ties="efron").hazard_ratio[0] == pytest.approx(6**-0.5)


def test_an_infinite_combination_is_refused():
    """Neither covariate separates, their sum does: the event always has the highest sum."""
    rng = np.random.default_rng(0)
    x = rng.normal(size=(30, 2))
    order = np.argsort(-x.sum(axis=1))
    with pytest.raises(DataError, match='"x1", "x2" has no finite estimate'):
        fit(follow_up(np.arange(1, 31), np.ones(30)), x[order])


def test_a_large_but_finite_hazard_ratio_is_estimated():
    """Of the first 30, all events with x = 1, one has x = 0 instead while others are at risk."""
    x = np.append(np.ones(30), np.zeros(30))
    followed = follow_up(np.arange(1, 61), np.append(np.ones(30), np.zeros(30)))
    with pytest.raises(DataError, match="no finite estimate"):
        fit(followed, x)
    x[10] = 0
    assert fit(followed, x).hazard_ratio[0] > 20


@pytest.mark.parametrize("ties", ["efron", "breslow", "exact"])
def test_collinear_covariates_are_refused_by_name(ties):
    given, x = random_data(2)
    third = 2 * x[:, 0] - x[:, 1] / 7 + 5
    with pytest.raises(DataError, match='"x3" follows from the others'):
        fit(follow_up(**given), np.column_stack([x, third]), ties=ties)


def test_an_arm_that_is_alone_in_each_stratum_has_no_hazard_ratio():
    """T-10: without a concurrent control there is none; the same for a constant."""
    given, x = random_data(2)
    for stratum, values in ((x[:, 0], x[:, 0]), (None, np.ones(40)), (None, np.full(40, 0.1))):
        with pytest.raises(DataError, match=r'"x1" does not differ') as refused:
            fit(follow_up(**given, stratum=stratum), values)
        assert "concurrent control" in refused.value.do


def test_a_covariate_that_differs_only_after_the_last_event_has_none():
    with pytest.raises(DataError, match='"x1" does not differ'):
        fit(follow_up([1, 2, 3, 4], [0, 0, 1, 0]), [0, 1, 1, 1])


@pytest.mark.parametrize(
    ("values", "change", "word"),
    [
        ([1, 0, math.nan], {}, "a finite number in each of 3 rows"),
        ([1, 0], {}, "covariates of the follow-up"),
        ([1, 0, 1], {"level": 95}, "0.95"),
        ([1, 0, 1], {"sampling": Sampling(weight=[1, 0, 1])}, "above 0"),
        ([1, 0, 1], {"sampling": Sampling(weight=[1, 1])}, "above 0"),
        ([1, 0, 1], {"sampling": Sampling(cluster=[1, None, 1])}, "cluster"),
        ([1, 0, 1], {"sampling": Sampling(cluster=[1, 2, 3]), "ties": "exact"}, "efron"),
    ],
)
def test_what_cannot_be_fitted_is_refused(values, change, word):
    with pytest.raises(DataError) as refused:
        fit(follow_up([1, 2, 3], [1, 1, 0]), values, **change)
    assert word in str(refused.value)


def test_without_events_there_is_no_hazard_ratio():
    with pytest.raises(DataError, match="Nobody has the event"):
        fit(follow_up([1, 2, 3], [0, 0, 0]), [1, 0, 1])
