"""Quantile and landmarks from one pass are those of the functions that give each alone."""

from __future__ import annotations

from dataclasses import fields

import numpy as np
import pytest

from trialwright.core.errors import DataError
from trialwright.stats.kaplan_meier import Convention
from trialwright.stats.km_batches import (
    batched_landmarks,
    batched_quantile_limits,
    batched_summaries,
)

CONVENTION = Convention(0.95, "loglog", "midpoint")


def test_one_pass_gives_the_numbers_of_each_alone():
    rng = np.random.default_rng(4)
    time, event = rng.integers(0, 400, (50, 15)), rng.random((50, 15)) < 0.7
    found = batched_summaries(time, event, 0.5, (0.0, 91.3, 182.6), CONVENTION)
    limits = batched_quantile_limits(time, event, 0.5, CONVENTION)
    assert np.isfinite(limits.value).sum() > 20
    for name in ("value", "lower", "upper"):
        np.testing.assert_array_equal(getattr(found.quantile, name), getattr(limits, name))
    for one in found.landmarks:
        alone = batched_landmarks(time, event, one.time, CONVENTION)
        for part in fields(alone):
            np.testing.assert_array_equal(getattr(one, part.name), getattr(alone, part.name))


def test_a_landmark_below_zero_is_refused():
    with pytest.raises(DataError):
        batched_summaries([[1.0]], [[True]], 0.5, (6.0, -1.0), CONVENTION)
