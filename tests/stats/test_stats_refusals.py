"""What is no mark, time, label, cause or probability is refused, not counted."""

from __future__ import annotations

import numpy as np
import pytest

from trialwright.core.errors import DataError
from trialwright.stats.competing_risks import IncidenceConvention, aalen_johansen, incidence_at
from trialwright.stats.fine_gray import fine_gray
from trialwright.stats.gray_test import GrayConvention, RiskData, gray_test
from trialwright.stats.interval_censored import interval_npmle, quantile_bounds
from trialwright.stats.landmark_test import exponential_rate


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
