"""mRECIST against RECIST 1.1 on random histories: where they may differ and where not (R-122)."""

from __future__ import annotations

import random
from dataclasses import replace

import numpy as np
import pytest

from support.engine_arrays import history_of
from support.random_histories import random_patient
from support.rules import response_rule
from trialwright.response.history import LesionHistory
from trialwright.response.mrecist.engine import LesionFacts, assess_viable
from trialwright.response.timepoint import assess_time_points
from trialwright.vocabulary.recist import Response, Role


@pytest.fixture(scope="module")
def history() -> LesionHistory:
    rng = random.Random(122)
    return history_of([random_patient(rng) for _ in range(4_000)])


def nothing(history: LesionHistory) -> LesionFacts:
    """No qualifier, no place that mRECIST looks at."""
    subjects, _, lesions = history.shape
    flat, deep = np.zeros((subjects, lesions), np.bool_), np.zeros(history.shape, np.int8)
    return LesionFacts(
        portal=flat, nodule=flat, washout=deep, fluid=flat, proved=deep > 0, names={}
    )


def without_new_nodes(history: LesionHistory) -> LesionHistory:
    """New nodes count by other sizes in mRECIST: here none of them is a node."""
    return replace(history, node=history.node & (history.role != Role.NEW))


def test_with_the_5mm_clause_it_is_recist_on_the_same_sizes(history):
    """Nothing but the least rise differs, so that every code and date is the same."""
    history, rule = without_new_nodes(history), response_rule(criteria=("mRECIST",))
    rule = replace(rule, mrecist_5mm=True)
    points = assess_viable(history, nothing(history), rule).points
    other = assess_time_points(history, rule)
    assert (points.response == other.response).all()
    assert (points.day == other.day).all()
    assert len(np.unique(points.response[history.live])) > 5


def test_without_the_clause_progression_only_comes_earlier(history):
    """Every target PD by RECIST 1.1 is PD by mRECIST; some are PD by mRECIST only, rise below 5 mm."""
    history, rule = without_new_nodes(history), response_rule()
    viable = assess_viable(history, nothing(history), rule).points.targets
    recist = assess_time_points(history, rule).targets
    worse, known = viable.response == Response.PD, recist.response == Response.PD
    assert (worse | ~known).all()
    only = worse & ~known
    rise = (viable.total - viable.nadir)[only]
    assert len(rise) > 20
    assert (rise > 0).all()
    assert (rise < 50).all()
    assert (5 * viable.total[only] >= 6 * viable.nadir[only]).all()


def test_a_subject_more_changes_no_other(history):
    """The first half alone gives the same as the first half of all."""
    rule, half = response_rule(), len(history.visits) // 2
    part = LesionHistory(
        **{name: getattr(history, name)[:half] for name in LesionHistory.__dataclass_fields__}
    )
    names = {
        (s, at): "X" for s in range(len(history.visits)) for at in range(history.role.shape[1])
    }
    whole = assess_viable(history, replace(nothing(history), names=names), rule).points
    alone = assess_viable(part, replace(nothing(part), names=names), rule).points
    assert (whole.response[:half] == alone.response).all()
