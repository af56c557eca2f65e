"""All checks of the baseline, in the order of the rules."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from trialwright.response.baseline import choice, keys, measurable, scans
from trialwright.response.baseline.entry import Delivered, baseline_of

CHECKS = (*measurable.CHECKS, *choice.CHECKS, *scans.CHECKS, *keys.CHECKS)


def baseline_queries(delivered: Delivered) -> Iterator[pl.DataFrame]:
    """Queries about the baseline, with what to do; nothing is changed and nothing dropped.

    References
    ----------
    Eisenhauer et al., Eur J Cancer 2009;45:228-247, sections 3.1 and 3.2; R-001 to R-016, R-044,
    R-100, R-101, R-130, R-132.
    """
    baseline = baseline_of(delivered)
    yield from (check.queries(baseline) for check in CHECKS)


def refused_at_baseline(delivered: Delivered) -> Iterator[pl.DataFrame]:
    """What the derivation refuses, as findings (R-016)."""
    baseline = baseline_of(delivered)
    yield from (check.queries(baseline) for check in scans.REFUSED)
