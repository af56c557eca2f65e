"""Sums of one block of virtual trials: all variants of one scenario, the same patients in each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from trialwright.operating.calendar_sums import calendar_sums
from trialwright.operating.decisions import (
    Decisions,
    decide_landmark,
    decide_response,
    event_ratio,
)
from trialwright.operating.estimate_sums import (
    curve_sums,
    measurable_sums,
    response_sums,
    survival_sums,
    true_times,
)
from trialwright.operating.exact_sums import RATIO, histogram, moments
from trialwright.operating.outcomes import GroupTrials
from trialwright.operating.plan import READINGS, Arm, Pair, Plan
from trialwright.operating.totals import Counts
from trialwright.simulate.virtual.outcomes import VirtualTrials
from trialwright.stats.km_batches import Engine
from trialwright.vocabulary.recist import RESPONSE_TEXT

#: O/E above this is counted as this.
_MOST_RATIO = 20.0
#: Response codes.
CODES = len(RESPONSE_TEXT)

Named = Iterator[tuple[str, Counts]]


@dataclass(frozen=True, slots=True)
class _Seen:
    """One variant of a block: the groups, and what the rules decided by arm."""

    groups: Mapping[str, GroupTrials]
    responses: Mapping[tuple[str, str], Decisions]
    landmarks: Mapping[str, Decisions]


def block_sums(
    plan: Plan, blocks: Mapping[str, VirtualTrials], engine: Engine = "numpy"
) -> dict[str, Counts]:
    """Every sum that the plan asks for.

    Parameters
    ----------
    plan
        What is evaluated.
    blocks
        By id of the variant, the same trials simulated in each.
    engine
        For the Kaplan-Meier curves; the sums do not depend on it.

    Returns
    -------
    dict
        Rows of whole numbers by name; the same names and lengths for every block of the plan.
    """
    seen = {one.id: _look(plan, blocks[one.id], engine) for one in plan.variants}
    first = seen[plan.variants[0].id]
    trials = next(iter(first.groups.values())).trials.shape[0]
    named: dict[str, Counts] = {"trials": np.array([trials], np.int64)}
    for variant, one in seen.items():
        named.update(_variant_sums(plan, variant, one))
    for pair in plan.pairs:
        named.update(_pair_sums(plan, pair, seen))
    for group in plan.groups:
        named.update(true_times(first.groups[group.id]))
        named.update(measurable_sums(first.groups[group.id]))
        if plan.parts.misclassification:
            named.update(_cross_sums(plan, group.id, seen))
    if plan.parts.calendar:
        named.update(calendar_sums(first.groups[plan.groups[0].id]))
    return named


def _look(plan: Plan, trials: VirtualTrials, engine: Engine) -> _Seen:
    groups = {
        one.id: GroupTrials(trials=trials, plan=plan, group=one, engine=engine)
        for one in plan.groups
    }
    return _Seen(
        groups=groups,
        responses={
            (rule.id, reading): decide_response(groups[rule.group], rule, reading)
            for rule in plan.response_rules
            for reading in READINGS
        },
        landmarks={
            rule.id: decide_landmark(groups[rule.group], rule) for rule in plan.landmark_rules
        },
    )


def _variant_sums(plan: Plan, variant: str, seen: _Seen) -> Named:
    for (rule, reading), decisions in seen.responses.items():
        yield f"{variant}:{reading}/rule/{rule}", decisions.sums()
    for one in plan.landmark_rules:
        yield f"{variant}/rule/{one.id}", seen.landmarks[one.id].sums()
        if one.method == "log_rank":
            ratio = np.minimum(event_ratio(seen.groups[one.group].pfs, one), _MOST_RATIO)
            yield f"{variant}/ratio/{one.id}", moments(ratio, RATIO)
    is_stated = variant == plan.variants[0].id
    for group in seen.groups.values():
        yield from response_sums(variant, group)
        yield from survival_sums(variant, group, full=is_stated and plan.parts.distributions)
        if is_stated or variant == plan.ideal:
            yield from curve_sums(f"{variant}/pfs/{group.group.id}", group.pfs)
        if is_stated:
            yield from curve_sums(f"{variant}/os/{group.group.id}", group.os)


def _pair_sums(plan: Plan, pair: Pair, seen: Mapping[str, _Seen]) -> Named:
    before, after = seen[pair.before.variant], seen[pair.after.variant]
    for rule in plan.response_rules:
        first = before.responses[rule.id, pair.before.reading].reject
        second = after.responses[rule.id, pair.after.reading].reject
        yield f"pair/{pair.name}/rule/{rule.id}", _joint(first, second)
    if pair.before.variant != pair.after.variant:
        for one in plan.landmark_rules:
            counts = _joint(before.landmarks[one.id].reject, after.landmarks[one.id].reject)
            yield f"pair/{pair.name}/rule/{one.id}", counts
    for group in plan.groups:
        yield (
            f"pair/{pair.name}/responses/{group.id}",
            _difference(
                _responses(before, group.id, pair.before), _responses(after, group.id, pair.after)
            ),
        )


def _responses(seen: _Seen, group: str, arm: Arm) -> Counts:
    found: Counts = seen.groups[group].responders[arm.reading].sum(axis=1)
    return found


def _joint(before: np.ndarray, after: np.ndarray) -> Counts:
    """Trials that reject in both, in the first only, in the second only."""
    return np.array(
        [(before & after).sum(), (before & ~after).sum(), (~before & after).sum()], np.int64
    )


def _difference(before: Counts, after: Counts) -> Counts:
    """Sum and sum of squares of the difference of counts."""
    change = after.astype(np.int64) - before
    return np.array([change.sum(), (change * change).sum()], np.int64)


def _cross_sums(plan: Plan, group: str, seen: Mapping[str, _Seen]) -> Named:
    """Best responses of the same patients in two readings, rows first, as one row of counts."""
    stated = seen[plan.variants[0].id].groups[group]
    codes = {reading: stated.of(getattr(stated.trials, reading)) for reading in READINGS}
    yield f"cross/confirmation/{group}", _crossed(codes["unconfirmed"], codes["confirmed"])
    if plan.ideal:
        ideal = seen[plan.ideal].groups[group]
        for reading in READINGS:
            true = ideal.of(getattr(ideal.trials, reading))
            yield f"cross/{reading}/{group}", _crossed(true, codes[reading])


def _crossed(rows: np.ndarray, columns: np.ndarray) -> Counts:
    return histogram(rows.astype(np.int64) * CODES + columns, CODES * CODES)
