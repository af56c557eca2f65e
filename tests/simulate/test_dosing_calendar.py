"""Dosing days worked out by hand from the regimens."""

from __future__ import annotations

import pytest

from support.dose_plans import plan
from trialwright.protocol.model import Component
from trialwright.simulate.ablation import Session
from trialwright.simulate.dose_course import Hold
from trialwright.simulate.exposure import dosing


def days(doses, component):
    return [(one.start, one.end) for one in doses if one.component == component]


def test_the_infusion_trial_keeps_a_28_day_cycle():
    """Serplulimab every 14 days, regorafenib days 1 to 21 of 28, infusion every 28 days."""
    doses = dosing(plan("000", 60))
    assert [start for start, _ in days(doses, 0)] == [0, 14, 28, 42, 56]
    assert days(doses, 1) == [(0, 20), (28, 48), (56, 60)]
    assert [start for start, _ in days(doses, 2)] == [0, 28, 56]


def test_camrelizumab_follows_each_ablation_by_a_week():
    """Sessions on days 0 and 24: first dose 7; 24 falls before 28, so max(24 + 7, 7 + 21) = 31."""
    sessions = (Session(0, ("NT01",)), Session(24, ("NT02",)))
    doses = dosing(plan("002", 80, sessions=sessions))
    assert [start for start, _ in days(doses, 0)] == [7, 31, 52, 73]
    assert [start for start, _ in days(doses, 1)] == [0, 24]
    assert [start for start, _ in days(doses, 2)] == [7, 31, 52, 73]


def test_an_early_session_does_not_shorten_the_interval():
    """Session on day 14 asks for day 21, the interval for day 28."""
    sessions = (Session(0, ("NT01",)), Session(14, ("NT02",)))
    doses = dosing(plan("002", 60, sessions=sessions))
    assert [start for start, _ in days(doses, 0)] == [7, 28, 49]


def test_a_hold_moves_a_dose_and_what_follows():
    """Held on days 10 to 20: the dose of day 14 is given on day 21, the next 14 days later."""
    doses = dosing(plan("000", 50, holds={0: (Hold(10, 21),), 1: (Hold(5, 8),)}))
    assert [start for start, _ in days(doses, 0)] == [0, 21, 35, 49]
    assert days(doses, 1)[:2] == [(0, 4), (8, 20)]


def test_local_treatment_stops_at_its_limit():
    """The scenario gives at most 12 infusions, 28 days apart: the last on day 308."""
    doses = dosing(plan("000", 600))
    assert [start for start, _ in days(doses, 2)][-1] == 11 * 28


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"interval_days": 21, "n_doses": 2}, [0, 21]),
        ({"interval_days": 21, "duration_days": 42}, [0, 21]),
        ({"days_in_cycle": (1, 8), "cycle_length_days": 21, "n_cycles": 2}, [0, 7, 21, 28]),
        ({}, [0, 28, 56, 84]),
    ],
)
def test_numbers_of_doses_and_cycles(fields, expected):
    """Without an interval of its own a component is given once in a cycle of the plan, 28 days."""
    regimen = (Component(id="drug", name="Drug", kind="drug", **fields),)
    scenario_free = plan("000", 100, regimen=regimen)
    assert [start for start, _ in days(dosing(scenario_free), 0)] == expected
