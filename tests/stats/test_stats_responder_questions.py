"""Responder questions without immortal time (T-11): five subjects by hand, laws, refusals."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trialwright.core.errors import DataError
from trialwright.stats.cox import Covariates, CoxConvention, cox
from trialwright.stats.follow_up import follow_up
from trialwright.stats.kaplan_meier import kaplan_meier
from trialwright.stats.log_rank import LogRankConvention, log_rank
from trialwright.stats.responder_questions import (
    STATES,
    LandmarkExclusions,
    SimonMakuchConvention,
    landmark_analysis,
    mantel_byar,
    simon_makuch,
    spells_by_response,
)

PLAIN = LogRankConvention("log_rank")
NEVER = math.nan
FROM_START = SimonMakuchConvention()
#: Ends 3, 5, 6+, 7, 8; responses of the second on day 2, the third on day 4, the fifth on day 1.
FIVE = ([3, 5, 6, 7, 8], [1, 1, 0, 1, 1])
RESPONSES = [NEVER, 2, 4, NEVER, 1]
subjects = st.lists(
    st.tuples(st.integers(1, 10), st.booleans(), st.none() | st.integers(0, 10)),
    min_size=3,
    max_size=20,
)


def five(**more):
    return follow_up(*FIVE, **more)


def null_trial(seed, n):
    """Responses that change nothing: exponential times, response on a day of its own."""
    rng = np.random.default_rng(seed)
    time, response = np.ceil(rng.exponential(300, n)), np.ceil(rng.exponential(300, n))
    return follow_up(time, np.ones(n)), np.where(response < time, response, np.nan)


# ------------------------------------------------------------------------------- Mantel-Byar


def test_mantel_byar_by_hand():
    """At risk with response: 2 of 5 on day 3, 3 of 4 on day 5, 1 of 2 on day 7, 1 of 1 on day 8.

    E = 2/5 + 3/4 + 1/2 + 1 = 53/20, V = 6/25 + 3/16 + 1/4 = 271/400, O = 2: chi-square 169/271.
    """
    found = mantel_byar(five(), RESPONSES, PLAIN)
    assert found.groups == STATES
    assert found.observed.tolist() == [2, 2]
    assert found.rows.tolist() == [5, 3]
    assert found.expected[1] == pytest.approx(53 / 20, rel=1e-14)
    assert found.variance[1, 1] == pytest.approx(271 / 400, rel=1e-14)
    assert found.test.statistic == pytest.approx(169 / 271, rel=1e-13)


def test_the_naive_comparison_is_another_one():
    """Ever-responders counted from day 0: 3 of 5 at risk on day 3, not 2."""
    naive = log_rank(five(), ~np.isnan(RESPONSES), PLAIN)
    assert naive.expected[1] == pytest.approx(3 / 5 + 3 / 4 + 1 / 2 + 1, rel=1e-14)


def test_an_effect_of_no_response_at_all():
    """2000 subjects whose response changes nothing: only the naive comparison finds a benefit."""
    data, response = null_trial(4, 2000)
    naive = log_rank(data, np.isfinite(response), PLAIN)
    fair = mantel_byar(data, response, PLAIN)
    at_200 = landmark_analysis(data, response, 200, PLAIN)
    assert naive.test.statistic > 100
    assert naive.observed[1] < naive.expected[1]
    assert fair.test.statistic < 6
    assert at_200.test.test.statistic < 6
    spells = spells_by_response(data, response)
    ratio = cox(spells.data, Covariates(spells.responded, ("response",)), CoxConvention())
    assert ratio.lower[0] < 1 < ratio.upper[0]
    curves = simon_makuch(data, response, SimonMakuchConvention(start=50, gap="carry"))
    alive = [
        np.interp(400, curve.time, curve.survival) for curve in (curves.without, curves.responded)
    ]
    assert alive[0] == pytest.approx(alive[1], abs=0.06)
    assert alive[0] == pytest.approx(math.exp(-350 / 300), abs=0.05)


def test_mantel_byar_adds_strata():
    """The same five subjects in two strata: everything twice."""
    twice = follow_up(FIVE[0] * 2, FIVE[1] * 2, stratum=[1] * 5 + [2] * 5)
    found = mantel_byar(twice, RESPONSES * 2, PLAIN)
    assert found.expected[1] == pytest.approx(53 / 10, rel=1e-14)
    assert found.variance[1, 1] == pytest.approx(271 / 200, rel=1e-14)


# ------------------------------------------------------------------------------- spells


def test_spells_of_five_subjects():
    found = spells_by_response(five(), RESPONSES)
    rows = zip(
        found.subject.tolist(), found.data.entry.tolist(), found.data.time.tolist(),
        found.data.event.tolist(), found.responded.tolist(), strict=True,
    )  # fmt: skip
    start = -math.inf
    assert list(rows) == [
        (0, start, 3, True, False),
        (1, start, 2, False, False),
        (2, start, 4, False, False),
        (3, start, 7, True, False),
        (4, start, 1, False, False),
        (1, 2, 5, True, True),
        (2, 4, 6, False, True),
        (4, 1, 8, True, True),
    ]
    assert found.on_last_day == 0


def test_a_response_on_the_last_day_gives_no_time_with_response():
    """An event of that day belongs to the time without response."""
    found = spells_by_response(follow_up([5, 9], [1, 0]), [5, 2])
    assert found.on_last_day == 1
    assert found.responded.tolist() == [False, False, True]
    assert found.data.event.tolist() == [True, False, False]


def test_a_response_at_the_start_leaves_no_time_before():
    found = spells_by_response(follow_up([5, 9], [1, 1], entry=[-np.inf, 4]), [0, 3])
    assert found.responded.tolist() == [True, True]
    assert found.data.entry.tolist() == [-math.inf, 4]


def test_an_event_at_0_finds_responders_of_day_0_still_without_response():
    """Event at 0, responses at 0 of ends 4 (event) and 6+: at 0 nobody is with response.

    On day 4 both at risk are; with 5 (event, no response) 2 of 3, so E = 2/3 and O = 1; on day 5
    1 of 2, so E = 7/6. Had they been responders at 0 already, E would be 2/4 more.
    """
    data = follow_up([0, 4, 6, 5], [1, 1, 0, 1])
    response = [NEVER, 0, 0, NEVER]
    found = mantel_byar(data, response, PLAIN)
    assert found.expected[1] == pytest.approx(7 / 6, rel=1e-14)
    assert found.observed.tolist() == [2, 1]
    curves = simon_makuch(data, response, FROM_START)
    assert curves.without.at_risk.tolist() == [4, 1]
    assert curves.without.survival.tolist() == [0.75, 0]
    assert curves.responded.at_risk.tolist() == [2, 1]


def test_near_equal_days_are_one_day():
    """A response on day 0.3 is not before an end of 0.1 + 0.2."""
    found = spells_by_response(follow_up([0.1 + 0.2, 2], [1, 1]), [0.3, NEVER])
    assert found.on_last_day == 1
    assert found.data.rows == 2


@settings(max_examples=30, deadline=None)
@given(subjects)
def test_no_time_and_no_event_is_lost_or_made(rows):
    """Spells of a subject add to its follow-up; each event is in one spell."""
    time, event, response = (list(column) for column in zip(*rows, strict=True))
    days = [NEVER if r is None or r > t else r for r, t in zip(response, time, strict=True)]
    found = spells_by_response(follow_up(time, event), days)
    length = found.data.time - np.maximum(found.data.entry, 0)
    assert np.bincount(found.subject, weights=length).tolist() == time
    assert np.bincount(found.subject, weights=found.data.event).tolist() == event


# ------------------------------------------------------------------------------- landmark


def test_landmark_by_hand():
    """Day 4: out is the event of day 3. Responders 2 (5), 3 (6+), 5 (8); the other is 4 (7).

    Day 5: N = 4, R = 3. Day 7: N = 2, R = 1. Day 8: N = 1. E = 3/4 + 1/2 + 1, V = 3/16 + 1/4.
    """
    found = landmark_analysis(five(), RESPONSES, 4, PLAIN)
    assert found.subject.tolist() == [1, 2, 3, 4]
    assert found.responded.tolist() == [True, True, False, True]
    assert found.excluded == LandmarkExclusions(events=1, censored=0, responders=0)
    assert found.later == 0
    assert found.data.time.tolist() == [1, 2, 3, 4]
    assert found.test.groups == STATES
    assert found.test.expected[1] == pytest.approx(9 / 4, rel=1e-14)
    assert found.test.variance[1, 1] == pytest.approx(7 / 16, rel=1e-14)
    without, responded = found.curves
    assert without.survival.tolist() == [0]
    assert responded.survival.tolist() == pytest.approx([2 / 3, 2 / 3, 0])


def test_who_counts_on_the_landmark_day():
    """Response that day counts, a later one does not; follow-up that ends that day is out."""
    data = follow_up([10, 10, 20, 30, 40], [1, 0, 1, 0, 1])
    found = landmark_analysis(data, [5, NEVER, 10, 11, NEVER], 10, PLAIN)
    assert found.excluded == LandmarkExclusions(events=1, censored=1, responders=1)
    assert found.subject.tolist() == [2, 3, 4]
    assert found.responded.tolist() == [True, False, False]
    assert found.later == 1


def test_landmark_with_one_group_has_a_curve_and_no_test():
    found = landmark_analysis(five(), [NEVER] * 5, 4, PLAIN)
    assert found.test is None
    assert found.curves[1] is None
    assert found.curves[0].subjects == 4


def test_landmark_keeps_strata_and_late_entry():
    """The fourth subject enters on day 6, two days after the landmark, the fifth before it."""
    data = five(stratum=list("aabab"), entry=[-np.inf, -np.inf, -np.inf, 6, 2])
    found = landmark_analysis(data, RESPONSES, 4, PLAIN)
    assert found.data.entry.tolist() == [-math.inf, -math.inf, 2, -math.inf]
    assert found.data.stratum.tolist() == [0, 1, 0, 1]


@settings(max_examples=30, deadline=None)
@given(subjects, st.integers(0, 9))
def test_everybody_is_compared_or_counted_out(rows, day):
    time, event, response = (list(column) for column in zip(*rows, strict=True))
    days = [NEVER if r is None or r > t else r for r, t in zip(response, time, strict=True)]
    data = follow_up(time, event)
    if max(time) <= day:
        with pytest.raises(DataError, match="Nobody is under observation"):
            landmark_analysis(data, days, day, PLAIN)
        return
    found = landmark_analysis(data, days, day, PLAIN)
    assert found.subject.size + found.excluded.events + found.excluded.censored == len(rows)
    known = sum(not math.isnan(each) for each in days)
    assert found.responded.sum() + found.later + found.excluded.responders <= known
    assert sum(curve.subjects for curve in found.curves if curve) == found.subject.size


# ------------------------------------------------------------------------------- Simon-Makuch


def test_simon_makuch_by_hand():
    """With response: 3 at risk on day 5, 1 on day 8. Without: 3 at risk on day 3, 1 on day 7."""
    found = simon_makuch(five(), RESPONSES, FROM_START)
    assert found.without.time.tolist() == [1, 2, 3, 4, 7]
    assert found.without.survival.tolist() == pytest.approx([1, 1, 2 / 3, 2 / 3, 0])
    assert found.responded.time.tolist() == [5, 6, 8]
    assert found.responded.at_risk.tolist() == [3, 2, 1]
    assert found.responded.survival.tolist() == pytest.approx([2 / 3, 2 / 3, 0])
    assert found.responded.start == 1
    assert found.caution == ""


def test_simon_makuch_from_a_later_start():
    """From day 3 on the event of day 3 is out, and the two early responders are there at once."""
    found = simon_makuch(five(), RESPONSES, SimonMakuchConvention(start=3))
    assert found.without.time.tolist() == [4, 7]
    assert found.responded.start == 3
    assert found.responded.survival.tolist() == pytest.approx([2 / 3, 2 / 3, 0])


def test_a_curve_that_is_not_identified_is_refused_or_marked():
    """The first responder has the event on day 2, the next response comes on day 4."""
    data, response = follow_up([2, 6, 9], [1, 1, 0]), [1, 4, NEVER]
    with pytest.raises(DataError):
        simon_makuch(data, response, FROM_START)
    found = simon_makuch(data, response, SimonMakuchConvention(gap="carry"))
    assert "not identified" in found.caution
    later = simon_makuch(data, response, SimonMakuchConvention(start=3))
    assert later.caution == ""
    assert later.responded.survival.tolist() == [0]


def test_without_responders_the_curve_is_kaplan_meiers():
    found = simon_makuch(five(), [NEVER] * 5, FROM_START)
    assert found.responded is None
    assert "nobody" in found.caution
    assert found.without.survival.tolist() == kaplan_meier(*FIVE).survival.tolist()


def test_response_at_time_zero_is_two_ordinary_groups():
    """No time is immortal then: all methods give the plain comparison."""
    response = [0, NEVER, 0, NEVER, 0]
    group = ~np.isnan(response)
    plain = log_rank(five(), group, PLAIN).test.statistic
    assert mantel_byar(five(), response, PLAIN).test.statistic == pytest.approx(plain, rel=1e-13)
    at_zero = landmark_analysis(five(), response, 0, PLAIN)
    assert at_zero.test.test.statistic == pytest.approx(plain, rel=1e-13)
    curve = simon_makuch(five(), response, FROM_START).responded
    time, event = np.array(FIVE)
    assert curve.survival.tolist() == kaplan_meier(time[group], event[group]).survival.tolist()


def test_order_of_subjects_and_unit_of_time_change_nothing():
    data, response = null_trial(7, 60)
    mixed = np.random.default_rng(0).permutation(60)
    other = follow_up(data.time[mixed] / 30.4375, data.event[mixed])
    moved = response[mixed] / 30.4375
    first = mantel_byar(data, response, PLAIN).test.statistic
    assert mantel_byar(other, moved, PLAIN).test.statistic == pytest.approx(first, rel=1e-11)
    one = landmark_analysis(data, response, 60, PLAIN)
    two = landmark_analysis(other, moved, 60 / 30.4375, PLAIN)
    assert two.excluded == one.excluded
    assert two.test.test.statistic == pytest.approx(one.test.test.statistic, rel=1e-11)


# ------------------------------------------------------------------------------- refusals


@pytest.mark.parametrize(
    ("call", "word"),
    [
        (lambda: mantel_byar(five(), [NEVER] * 5, PLAIN), 'state "response"'),
        (lambda: mantel_byar(five(), [0] * 5, PLAIN), 'state "no response"'),
        (lambda: mantel_byar(five(), [4, *RESPONSES[1:]], PLAIN), "row 1: response 4"),
        (lambda: mantel_byar(five(), [-1, *RESPONSES[1:]], PLAIN), "outside the follow-up"),
        (lambda: mantel_byar(five(), [math.inf, *RESPONSES[1:]], PLAIN), "outside"),
        (lambda: mantel_byar(five(), [1, 2], PLAIN), "one day a subject"),
        (lambda: landmark_analysis(five(), RESPONSES, -1, PLAIN), "0 or more"),
        (lambda: landmark_analysis(five(), RESPONSES, math.nan, PLAIN), "0 or more"),
        (lambda: landmark_analysis(five(), RESPONSES, 8, PLAIN), "Nobody"),
        (lambda: simon_makuch(five(), RESPONSES, SimonMakuchConvention(start=8)), "Nobody"),
        (lambda: simon_makuch(five(), RESPONSES, SimonMakuchConvention(start=-1)), "0 or more"),
    ],
)
def test_what_cannot_be_answered_is_refused(call, word):
    with pytest.raises(DataError) as refused:
        call()
    assert word in str(refused.value)
