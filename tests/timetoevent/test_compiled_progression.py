"""C-18 in numpy and in machine code: one answer, down to the kind of every array."""

from __future__ import annotations

import random
from dataclasses import fields, replace
from functools import cache

import numpy as np
import pytest

from support.engine_arrays import rules_of
from support.random_arrays import random_arrays
from support.random_histories import random_options, rarer_options
from support.same_arrays import differences
from trialwright.core.errors import MissingExtraError
from trialwright.protocol.settled import SettledAnalysis, SettledResponse
from trialwright.response.assess import assess
from trialwright.response.best_overall import Sequence
from trialwright.response.compiled import engine as response_engine
from trialwright.timetoevent.compiled import engine
from trialwright.timetoevent.compiled.engine import compiled_progression
from trialwright.timetoevent.course import Course
from trialwright.timetoevent.decisions import course_of
from trialwright.timetoevent.progression import CensoringRule, decide_progression
from trialwright.vocabulary.recist import NO_DAY

BATCHES, SUBJECTS = 24, 1_000


@cache
def batch(seed: int) -> tuple[Course, SettledResponse, SettledAnalysis]:
    """Courses of random subjects under random options, from a random origin or the response."""
    rng = np.random.default_rng([18, seed])
    history, follow = random_arrays(rng, SUBJECTS, 1 + seed % 9, 1 + seed % 5)
    draw = random.Random(seed)
    rule, analysis = rules_of(rarer_options(draw, random_options(draw)))
    rule = replace(rule, conversion_surgery="censor" if seed % 2 else "continue")
    found = assess(history, follow, rule)
    sequence = Sequence(response=found.points.response, day=found.points.day, live=history.live)
    course = course_of(sequence, follow, rng.random(SUBJECTS) < 0.9)
    origin = np.where(rng.random(SUBJECTS) < 0.9, rng.choice((-20, 0, 0, 5), SUBJECTS), NO_DAY)
    if seed % 3 == 0:
        origin = found.confirmed.start_day
    return replace(course, origin=origin.astype(np.int32)), rule, analysis


@pytest.mark.parametrize("pfs_rule", ["FDA", "EMA"])
@pytest.mark.parametrize("death_is_event", [True, False])
def test_numpy_and_numba_agree_on_every_array(pfs_rule, death_is_event):
    """C-01 to C-09, R-109: every option, to the last gap that was allowed."""
    for seed in range(BATCHES):
        course, *rules = batch(seed)
        asked = {"pfs_rule": pfs_rule, "death_is_event": death_is_event}
        found = decide_progression(course, *rules, **asked)
        assert differences(found, compiled_progression(course, *rules, **asked)) == [], seed


def test_the_random_courses_reach_every_rule():
    """A comparison that never meets a rule proves nothing."""
    seen = set()
    for seed in range(BATCHES):
        course, *rules = batch(seed)
        seen |= set(decide_progression(course, *rules, pfs_rule="FDA").rule.tolist())
    assert seen == {*(int(rule) for rule in list(CensoringRule)[:10]), int(CensoringRule.R_109)}


def test_how_the_arrays_lie_in_memory_changes_nothing():
    course, *rules = batch(7)
    laid = {
        part.name: np.ascontiguousarray(array)
        for part in fields(course)
        if (array := getattr(course, part.name)) is not None
    }
    written = replace(course, **laid)
    found = decide_progression(course, *rules, pfs_rule="FDA")
    for decide in (decide_progression, compiled_progression):
        assert differences(found, decide(written, *rules, pfs_rule="FDA")) == []


def test_where_nobody_can_have_surgery():
    course, *rules = batch(8)
    course = replace(course, surgery=None)
    found = decide_progression(course, *rules, pfs_rule="EMA")
    assert differences(found, compiled_progression(course, *rules, pfs_rule="EMA")) == []


def test_the_loops_are_plain_python_too(monkeypatch):
    """The functions that are translated give the same answers as they stand."""
    course, *rules = batch(10)
    found = compiled_progression(course, *rules, pfs_rule="FDA")
    monkeypatch.setattr(engine, "machine_code", vars)
    assert differences(found, compiled_progression(course, *rules, pfs_rule="FDA")) == []


def test_without_numba_the_refusal_says_what_to_do(monkeypatch):
    course, *rules = batch(10)
    monkeypatch.setattr(response_engine, "find_spec", lambda name: None)
    monkeypatch.setattr(engine, "machine_code", response_engine.machine_code.__wrapped__)
    with pytest.raises(MissingExtraError, match="numba"):
        compiled_progression(course, *rules, pfs_rule="FDA")
