"""PFS decided case by case: the examples of C-18 and R-082, worked by hand.

Scans every 8 weeks +/- 7 days, so the longest gap believed is 126 days; origin and first dose d0.
"""

from __future__ import annotations

import numpy as np
import pytest

from support.rules import analysis_rule, response_rule
from trialwright.timetoevent.progression import RULE_TEXT, Course, decide_progression
from trialwright.timetoevent.survival import decide_survival
from trialwright.vocabulary.recist import NEVER, NO_DAY, RESPONSE_TEXT

CODE = {text: code for code, text in enumerate(RESPONSE_TEXT)}


def decided(
    scans: str = "",
    *,
    pfs_rule: str = "FDA",
    death: int = NEVER,
    nact: int = NEVER,
    withdrew: int = NEVER,
    lost: int = NEVER,
    stopped: int = NEVER,
    baseline: bool = True,
    ttp: bool = False,
    **options: object,
) -> tuple[str, int, str]:
    """`("event", day, rule)` of one subject."""
    pairs = [part.split() for part in scans.split(",")] if scans else []
    known = [int(day) for _, day in pairs] or [NO_DAY]
    lsta = options.pop("lsta", "evaluable")
    course = Course(
        origin=np.array([0], np.int32), reference=np.array([0], np.int32),
        response=np.array([[CODE[c] for c, _ in pairs] or [0]], np.int8),
        day=np.array([known], np.int32), live=np.array([[bool(pairs)] * len(known)]),
        baseline=np.array([baseline]), death=np.array([death], np.int32),
        new_therapy=np.array([nact], np.int32), withdrawal=np.array([withdrew], np.int32),
        lost=np.array([lost], np.int32), stopped=np.array([stopped], np.int32),
    )  # fmt: skip
    found = decide_progression(
        course, response_rule(**options), analysis_rule(lsta=lsta), pfs_rule=pfs_rule,
        death_is_event=not ttp,
    )  # fmt: skip
    what = "event" if found.event[0] else "censored"
    return what, int(found.day[0]), RULE_TEXT[found.rule[0]][0]


@pytest.mark.parametrize(
    ("scans", "more", "expected"),
    [
        ("SD 56,NE 112,NE 168,PD 183", {}, ("censored", 56, "C-06")),
        ("SD 56,NE 112,NE 168,PD 182", {}, ("event", 182, "C-01")),
        ("SD 56,PD 112", {"nact": 80}, ("censored", 56, "C-04")),
        ("SD 56,PD 112", {"nact": 80, "pfs_rule": "EMA"}, ("event", 112, "C-01")),
        ("SD 56,PD 112", {"nact": 112}, ("event", 112, "C-01")),
        ("SD 56,PD 112", {"nact": 112, "nact_same_day": "exclude"}, ("censored", 56, "C-04")),
        ("SD 56,SD 112", {"nact": 112}, ("censored", 112, "C-04")),
        ("SD 56,SD 112", {"nact": 112, "nact_same_day": "exclude"}, ("censored", 56, "C-04")),
        ("", {"death": 126}, ("event", 126, "C-03b")),
        ("", {"death": 127}, ("censored", 0, "C-06")),
        ("SD 56", {"nact": 300, "death": 310}, ("censored", 56, "C-04")),
        ("SD 56", {"death": 100}, ("event", 100, "C-02")),
        ("SD 56,PD 112", {"death": 112}, ("event", 112, "C-01")),
        ("SD 56,SD 112", {}, ("censored", 112, "C-08")),
        ("SD 56,NE 112", {}, ("censored", 56, "C-08")),
        ("SD 56,NE 112", {"lsta": "any"}, ("censored", 112, "C-08")),
        ("SD 56", {"withdrew": 80}, ("censored", 56, "C-05")),
        ("SD 56", {"lost": 80}, ("censored", 56, "C-05")),
        ("SD 56,PD 112", {"withdrew": 80}, ("censored", 56, "C-05")),
        ("SD 56", {"stopped": 70}, ("censored", 56, "C-07")),
        ("SD 56,SD 112", {"stopped": 70}, ("censored", 112, "C-08")),
        ("", {}, ("censored", 0, "C-03")),
        ("PD 56", {"baseline": False}, ("censored", 0, "C-03")),
        ("SD 56", {"death": 100, "ttp": True}, ("censored", 56, "C-08")),
        ("NE 56", {"death": 100}, ("event", 100, "C-03b")),
    ],
)
def test_c18(scans, more, expected):
    assert decided(scans, **more) == expected


def test_six_weekly_scans_have_a_shorter_gap():
    """R-082: 6 weeks +/- 7: limit 98 days after the last adequate scan."""
    assert decided("SD 42,PD 140", interval_weeks=6) == ("event", 140, "C-01")
    assert decided("SD 42,PD 141", interval_weeks=6) == ("censored", 42, "C-06")


def test_interval_that_changes_uses_the_two_that_follow():
    """R-082: 6 weeks until week 24, then 12: after d168 two intervals of 84 days and 14."""
    steps = ((24, 6), (1000, 12))
    assert decided("SD 168,PD 350", interval_weeks=steps) == ("event", 350, "C-01")
    assert decided("SD 168,PD 351", interval_weeks=steps) == ("censored", 168, "C-06")


def test_overall_survival():
    """C-20."""
    found = decide_survival(
        np.array([0, 0, NO_DAY], np.int32), np.array([90, NEVER, 5], np.int32),
        np.array([80, 70, 5], np.int32),
    )  # fmt: skip
    assert found.event.tolist() == [True, False, False]
    assert found.day.tolist() == [90, 70, NO_DAY]
