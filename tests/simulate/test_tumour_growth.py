"""Lesion courses and baseline sets, by hand."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from trialwright.simulate.scenario import Organ
from trialwright.simulate.tumours import Lesion, Tumours, assign_roles

LIVER = Organ(id="LIVER", median_mm=35)
LUNG = Organ(id="LUNG", share=0.3)
NODE = Organ(id="LYMPH NODE", share=0.2, node=True)


def tumours(*, killed, decay, growth, size=100.0, organ=LIVER):
    return Tumours(
        lesions=(Lesion(id="T01", organ=organ, size_mm=size),),
        killed=np.array([killed]), decay=np.array([decay]), pace=np.ones(1), growth=growth,
    )  # fmt: skip


def test_a_lesion_follows_growth_and_decay():
    """S(t) = S0 [(1 - q) exp(g t) + q exp(-d t)]: half dies with half life 50 d, half doubles in 100.

    At 100 days: 100 * (0.5 * 2 + 0.5 * 0.25) = 112.5; at 50 days 100 * (0.5 * sqrt 2 + 0.25).
    """
    course = tumours(killed=0.5, decay=np.log(2) / 50, growth=np.log(2) / 100)
    sizes = course.sizes([0, 50, 100])[:, 0]
    assert sizes == pytest.approx([100, 50 * 2**0.5 + 25, 112.5])


def test_a_lesion_does_not_change_before_treatment():
    course = tumours(killed=0.5, decay=0.01, growth=0.01)
    assert course.sizes([-20])[0, 0] == pytest.approx(100)


def test_a_node_keeps_a_normal_short_axis():
    course = tumours(killed=1.0, decay=0.1, growth=0.0, size=20, organ=NODE)
    assert course.sizes([1000])[0, 0] == pytest.approx(6)


def test_growth_is_solved_by_the_progression_rule():
    """Nothing dies, so the nadir is the baseline 100 mm: PD on day 100 means 120 mm there."""
    course = tumours(killed=0.0, decay=0.01, growth=0.0).grown_to_progress(100, 0.1)
    assert course.sizes([100])[0, 0] == pytest.approx(120, abs=0.01)
    assert course.growth == pytest.approx(np.log(1.2) / 100, rel=1e-3)


def test_small_lesions_must_grow_by_five_millimetres():
    """A nadir of 10 mm: 20 % are 2 mm, the rule asks for 5 (R-032)."""
    course = tumours(killed=0.0, decay=0.01, growth=0.0, size=10).grown_to_progress(100, 0.1)
    assert course.sizes([100])[0, 0] == pytest.approx(15, abs=0.01)


def test_growth_never_exceeds_the_fastest():
    course = tumours(killed=0.0, decay=0.01, growth=0.0).grown_to_progress(3, 0.01)
    assert course.growth == 0.01


@given(st.floats(0.0, 0.9), st.floats(15, 80), st.floats(40, 600))
def test_the_sum_meets_the_threshold_on_its_day_and_not_before(killed, half_life, day):
    course = tumours(killed=killed, decay=np.log(2) / half_life, growth=0.0)
    grown = course.grown_to_progress(day, 0.2)
    days = np.linspace(0, day, 200)
    sizes = grown.sizes(days)[:, 0]
    nadir = np.minimum.accumulate(sizes)
    threshold = np.maximum(1.2 * nadir, nadir + 5)
    if grown.growth < 0.2:
        assert sizes[-1] == pytest.approx(threshold[-1], rel=0.02)
    assert (sizes[:-1] < threshold[:-1] * 1.01).all()


def test_targets_are_the_largest_within_the_limits():
    """R-009: two per organ. R-003: a node needs 15 mm. R-104: ablated lesions are no targets."""
    lesions = (
        Lesion(organ=LIVER, size_mm=60), Lesion(organ=LIVER, size_mm=50, session=1),
        Lesion(organ=LIVER, size_mm=40), Lesion(organ=LIVER, size_mm=30),
        Lesion(organ=NODE, size_mm=16), Lesion(organ=NODE, size_mm=14),
        Lesion(organ=LUNG, size_mm=12), Lesion(organ=LUNG, size_mm=8, role="NON-TARGET"),
    )  # fmt: skip
    roles = assign_roles(lesions)
    assert [(one.id, one.size_mm) for one in roles] == [
        ("T01", 60), ("T02", 40), ("T03", 16), ("T04", 12),
        ("NT01", 50), ("NT02", 30), ("NT03", 14), ("NT04", 8),
    ]  # fmt: skip


def test_five_targets_at_most():
    organs = [Organ(id=name, share=0.1) for name in "ABCDEF"]
    roles = assign_roles([Lesion(organ=one, size_mm=20) for one in organs])
    assert [one.role for one in roles] == ["TARGET"] * 5 + ["NON-TARGET"]
