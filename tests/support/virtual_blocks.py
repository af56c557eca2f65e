"""Blocks of virtual trials made by hand or by coin tosses, without any model of patients."""

from __future__ import annotations

from dataclasses import fields, replace

import numpy as np

from trialwright.design.single_stage import SingleStage
from trialwright.operating.plan import Arm, Group, Interim, Pair, Plan, ResponseRule, Variant
from trialwright.simulate.virtual.outcomes import VirtualTrials
from trialwright.stats.kaplan_meier import Convention
from trialwright.vocabulary.recist import NEVER, NO_DAY, Response

FLAGS = {"measurable", "pfs_event", "os_event"}
CODES = {"unconfirmed", "confirmed"}


def plain_block(trials: int, subjects: int, *, first: int = 0, follow: int = 730) -> VirtualTrials:
    """Everybody enters a month after the other, is treated at once, and nothing ever happens."""
    shape = (trials, subjects)
    enrolled = np.tile(30 * np.arange(subjects, dtype=np.int32), (trials, 1))
    cutoff = np.full(trials, 30 * (subjects - 1) + follow, np.int32)
    never = np.full(shape, NEVER, np.int32)
    end = np.repeat(cutoff[:, None], subjects, axis=1)
    return VirtualTrials(
        first=first,
        cohort=np.zeros(subjects, np.int8),
        cutoff=cutoff,
        enrolled=enrolled,
        first_dose=enrolled.copy(),
        measurable=np.ones(shape, np.bool_),
        unconfirmed=np.full(shape, Response.SD, np.int8),
        confirmed=np.full(shape, Response.SD, np.int8),
        responded=never.copy(),
        held=never.copy(),
        depth=np.full(shape, 32767, np.int16).astype(np.int32),
        pfs_start=enrolled.copy(),
        pfs_day=end.copy(),
        pfs_event=np.zeros(shape, np.bool_),
        os_start=enrolled.copy(),
        os_day=end.copy(),
        os_event=np.zeros(shape, np.bool_),
        pd_scan=np.full(shape, NO_DAY, np.int32),
        progression=never.copy(),
        death=never.copy(),
        left=never.copy(),
        scans=np.full(shape, 4, np.int32),
    )


def with_responses(block: VirtualTrials, which: np.ndarray, *, after: int = 56) -> VirtualTrials:
    """The same with confirmed responses `after` days from enrolment, held 56 days later."""
    best = np.where(which, Response.PR, Response.SD).astype(np.int8)
    day = np.where(which, block.enrolled + after, NEVER).astype(np.int32)
    held = np.where(which, block.enrolled + after + 56, NEVER).astype(np.int32)
    return replace(block, unconfirmed=best, confirmed=best, responded=day, held=held)


def with_times(block: VirtualTrials, progression: np.ndarray, death: np.ndarray) -> VirtualTrials:
    """True days from enrolment; progression is seen at the next multiple of 56 days."""
    true_pd = (block.enrolled + progression).astype(np.int32)
    dies = (block.enrolled + death).astype(np.int32)
    end = block.cutoff[:, None]
    scan = (block.enrolled + 56 * np.ceil(progression / 56)).astype(np.int32)
    seen = (scan <= end) & (scan < dies)
    event_day = np.where(seen, scan, dies)
    event = event_day <= end
    last_scan = block.enrolled + 56 * ((end - block.enrolled) // 56)
    return replace(
        block,
        progression=true_pd,
        death=dies,
        pd_scan=np.where(seen, scan, NO_DAY).astype(np.int32),
        pfs_day=np.where(event, event_day, last_scan).astype(np.int32),
        pfs_event=event,
        os_day=np.minimum(dies, end).astype(np.int32),
        os_event=dies <= end,
    )


def random_block(
    trials: int, subjects: int, rate: float, *, first: int = 0, seed: int = 1, median: float = 120
) -> VirtualTrials:
    """Independent responses and exponential times; each trial has its own generator."""
    hit, when, later = [], [], []
    for trial in range(first, first + trials):
        rng = np.random.default_rng([seed, trial])
        hit.append(rng.random(subjects) < rate)
        when.append(rng.exponential(median / np.log(2), subjects))
        later.append(rng.exponential(2 * median, subjects))
    pd = np.ceil(np.array(when)).astype(np.int64)
    block = with_responses(plain_block(trials, subjects, first=first), np.array(hit))
    return with_times(block, pd, pd + np.ceil(np.array(later)).astype(np.int64))


def same(one: VirtualTrials, other: VirtualTrials) -> bool:
    """Whether all arrays are equal."""
    return all(
        np.array_equal(getattr(one, part.name), getattr(other, part.name)) for part in fields(one)
    )


def plan_of(subjects: int, **changes: object) -> Plan:
    """One group with a single-stage rule; every field can be replaced."""
    group = Group(
        id="all", name="All subjects", start=0, stop=subjects, stated_response=0.2,
        stated_pfs_days=120.0, stated_os_days=300.0,
    )  # fmt: skip
    rule = ResponseRule(
        id="single", group="all", design=SingleStage(subjects, 2, 0.05), alpha=0.05,
        registered=False, source="assumption",
    )  # fmt: skip
    plan = Plan(
        id="base", title="Base", groups=(group,), variants=(Variant(id="stated", label="as stated"),),
        ideal="", pairs=(Pair(Arm("stated", "unconfirmed"), Arm("stated", "confirmed")),),
        response_rules=(rule,), landmark_rules=(), interim=Interim(follow_up_days=119),
        reading="confirmed", orr_set="FAS", plus_one_day=True, landmarks=(6.0,),
        convention=Convention(0.95, "loglog", "midpoint"), horizon_days=1500,
    )  # fmt: skip
    return replace(plan, **changes)
