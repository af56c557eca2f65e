"""Estimators: arrays in, numbers out. The times are those of PFSEMA, CASE-01 to CASE-06."""

from math import inf

from trialwright.stats.follow_up import follow_up
from trialwright.stats.interval_censored import interval_npmle, quantile_bounds
from trialwright.stats.kaplan_meier import Convention, kaplan_meier, quantile
from trialwright.stats.one_sample_log_rank import (
    OneSampleConvention,
    exponential_hazard_of_median,
    one_sample_log_rank,
)
from trialwright.stats.proportion_difference import (
    DifferenceConvention,
    ProportionCounts,
    proportion_difference,
)

days, event = [113, 184, 84, 225, 57, 57], [1, 1, 0, 1, 1, 0]
curve = kaplan_meier(days, event)
for day, risk, survival in zip(curve.time, curve.at_risk, curve.survival, strict=True):
    print(f"day {day:.0f}: {risk} at risk, S = {survival:.4f}")

flat = kaplan_meier([57, 113, 184, 225], [1, 1, 1, 1])
for tie in ("midpoint", "left"):
    print(f"median, {tie}:", quantile(flat, 0.5, Convention(0.95, "loglog", tie)).value)

null = exponential_hazard_of_median(90)
test = one_sample_log_rank(follow_up(days, event), null, OneSampleConvention("expected", 0.95))
print(f"O = {test.observed}, E = {test.expected:.3f}, z = {test.test.z:.3f}, "
      f"p = {test.test.p_lower:.3f}")  # fmt: skip

fit = interval_npmle(left=[57, 57, 84, 169, 1, 57], right=[113, 184, inf, 225, 57, inf])
for left, right, mass in zip(fit.left, fit.right, fit.mass, strict=True):
    print(f"({left:.0f}, {right:.0f}]: {mass:.4f}")
print("median between", quantile_bounds(fit, 0.5))

found = proportion_difference(ProportionCounts(56, 70, 48, 80), DifferenceConvention(0.95))
print(f"difference {found.difference:.2f}, 95 % CI {found.lower:.4f} to {found.upper:.4f}")

# ruff: noqa: T201
