"""Doses under the rules of a protocol, worked out by hand day by day (day 0 is the first dose)."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from functools import cache

import pytest
from hypothesis import given as over
from hypothesis import settings
from hypothesis import strategies as st

from support.dose_plans import event, plan
from support.exposed import Exposed, dose, of
from support.trial import Patient
from trialwright.protocol.model import Component, DoseLevel
from trialwright.protocol.modification import DoseModification, TermRule
from trialwright.simulate.dose_rules import orders_of
from trialwright.simulate.exposure import give

SKIN = "Palmar-plantar erythrodysaesthesia syndrome"
#: Class rules of PD-1 antibodies: held or stopped, never reduced; a delay of 12 weeks ends them
#: (labels of nivolumab and pembrolizumab, section 2).
PD1 = DoseModification(
    hold_from_grade=3, resume_at_grade=1, stop_from_grade=4, max_delay_days=84, reducible=False,
    exceptions=(
        TermRule(terms=("pneumonitis", "myocarditis"), hold_from_grade=2, stop_from_grade=3),
    ),
)  # fmt: skip
#: Regorafenib: 160, 120, 80 mg; hand-foot skin reaction of grade 2 is a step down, of grade 3 a
#: hold and a step down (label, section 2.2).
REGORAFENIB = DoseModification(
    hold_from_grade=3, resume_at_grade=1, reduce_from_grade=3, stop_from_grade=4, max_delay_days=28,
    exceptions=(TermRule(terms=("palmar-plantar",), reduce_from_grade=2),),
)  # fmt: skip


def antibody(rule, **more):
    levels = (DoseLevel(value=200, unit="mg"),)
    return Component(id="drug", name="Drug", kind="drug", interval_days=14, dose=levels,
                     modification=rule, **more)  # fmt: skip


def regorafenib(rule, *levels):
    return Component(
        id="regorafenib", name="Regorafenib", kind="drug", cycle_length_days=28,
        days_in_cycle=tuple(range(1, 22)), modification=rule,
        dose=tuple(DoseLevel(value=one, unit="mg") for one in levels),
    )  # fmt: skip


@cache
def _plan(component, last):
    return plan("000", last, regimen=(component,))


def given(component, events, last):
    """What is given of one component with these events until a day."""
    orders = {0: orders_of(events, 0, component, 21)}
    return give(replace(_plan(component, last), orders=orders))


def starts(found):
    return [one.start for one in found.doses]


def runs(found):
    return [(one.start, one.end, one.level) for one in found.doses]


#: Grade 3 on day 20, 2 on day 30, 1 on day 36, over on day 40.
LONG = event((20, 3), (30, 2), (36, 1), (40, 0))


def test_a_hold_lasts_until_the_grade_allows_a_dose():
    """Due on day 28, grade 1 from day 36: given then, and every 14 days after it."""
    found = given(antibody(PD1), [LONG], 70)
    assert starts(found) == [0, 14, 36, 50, 64]
    assert found.effects[0] == {0: "DRUG INTERRUPTED"}
    assert found.stops == {}


@pytest.mark.parametrize(
    ("most", "days", "stop"), [(8, [0, 14, 36, 50, 64], {}), (7, [0, 14], {0: 35})]
)
def test_a_delay_beyond_the_limit_ends_the_component(most, days, stop):
    """Day 28 to day 36 are 8 days of delay: with at most 7 the component ends on day 28 + 7."""
    rule = PD1.model_copy(update={"max_delay_days": most})
    found = given(antibody(rule), [LONG], 70)
    assert starts(found) == days
    assert found.stops == stop
    assert found.effects[0] == {0: "DRUG WITHDRAWN" if stop else "DRUG INTERRUPTED"}


def test_an_event_between_two_doses_changes_nothing():
    """Grade 3 from day 15, grade 1 on day 27: the dose of day 28 is given."""
    found = given(antibody(PD1), [event((15, 3), (21, 2), (27, 1), (30, 0))], 40)
    assert starts(found) == [0, 14, 28]
    assert found.effects[0] == {}


def test_an_event_that_is_not_related_or_too_mild_changes_nothing():
    mild = event((20, 2), (40, 0))
    other = replace(LONG, related=(False,))
    assert starts(given(antibody(PD1), [mild, other], 40)) == [0, 14, 28]


def test_a_grade_may_stop_the_component_for_good():
    """Grade 4 on day 30, after the dose of day 28."""
    found = given(antibody(PD1), [event((28, 3), (30, 4), (33, 2), (35, 0))], 70)
    assert starts(found) == [0, 14, 28]
    assert found.stops == {0: 31}
    assert found.effects[0] == {0: "DRUG WITHDRAWN"}


def test_single_terms_have_their_own_grades():
    """Pneumonitis is held at grade 2 and stops at grade 3."""
    lung = event((20, 2), (30, 1), (33, 0), term="Pneumonitis")
    assert starts(given(antibody(PD1), [lung], 50)) == [0, 14, 30, 44]
    worse = event((20, 3), (30, 1), (33, 0), term="Immune-mediated pneumonitis")
    assert given(antibody(PD1), [worse], 50).stops == {0: 21}


def test_an_antibody_is_never_reduced():
    rule = PD1.model_copy(update={"reduce_from_grade": 2, "reduce_after_holds": 1})
    levels = {"dose": (DoseLevel(value=200, unit="mg"), DoseLevel(value=100, unit="mg"))}
    found = given(antibody(rule).model_copy(update=levels), [LONG], 70)
    assert {one.level for one in found.doses} == {0}


def test_a_hold_and_a_reduction_of_a_daily_drug():
    """Grade 3 on day 9: days 10 to 19 are left out; grade 1 on day 20, the last day of the cycle."""
    skin = event((9, 3), (16, 2), (20, 1), (24, 0), term=SKIN)
    found = given(regorafenib(REGORAFENIB, 160, 120, 80), [skin], 48)
    assert runs(found) == [(0, 9, 0), (20, 20, 1), (28, 48, 1)]
    assert found.effects[0] == {0: "DOSE REDUCED"}


def test_relative_dose_intensity_of_that_course():
    """10 x 160 + 22 x 120 = 4240 mg of 42 x 160 = 6720 mg: 63.1 %, one reduction, one gap."""
    component = regorafenib(REGORAFENIB, 160, 120, 80)
    skin = event((9, 3), (16, 2), (20, 1), (24, 0), term=SKIN)
    patient = Patient("01")
    for one in given(component, [skin], 48).doses:
        amount = component.dose_levels[one.level].value
        patient = dose(patient, "Regorafenib", one.start, amount, last=str(one.end), EXDOSFRQ="QD")
    found = Exposed(of(component), patient).one()
    assert found.cumulative == 4240
    assert found.relative == Fraction(100 * 4240, 6720)
    assert len(found.reductions) == len(found.course.interruptions) == 1


def test_a_reduction_without_a_hold_and_the_end_of_the_levels():
    """Grade 2 skin reactions on days 4, 29 and 60: 120, then 80 mg, then nothing is left."""
    three = [event((day, 2), (day + 5, 0), term=SKIN) for day in (4, 29, 60)]
    found = given(regorafenib(REGORAFENIB, 160, 120, 80), three, 100)
    assert runs(found) == [(0, 4, 0), (5, 20, 1), (28, 29, 1), (30, 48, 2), (56, 60, 2)]
    assert found.stops == {0: 61}
    assert [found.effects[0][at] for at in range(3)] == [
        "DOSE REDUCED", "DOSE REDUCED", "DRUG WITHDRAWN",
    ]  # fmt: skip


def test_two_events_at_once_are_one_step():
    both = [event((4, 3), (8, 1), (9, 0)), event((5, 3), (8, 1), (9, 0))]
    found = given(regorafenib(REGORAFENIB, 160, 120, 80), both, 20)
    assert runs(found) == [(0, 4, 0), (8, 20, 1)]
    assert set(found.effects[0].values()) == {"DOSE REDUCED"}


def test_a_number_of_holds_reduces_the_dose():
    """From the second hold on: days 5 to 7 left out at 160 mg, day 34 on at 120 mg."""
    rule = DoseModification(hold_from_grade=3, resume_at_grade=0, reduce_after_holds=2)
    two = [event((4, 3), (8, 0)), event((30, 3), (34, 0))]
    found = given(regorafenib(rule, 160, 120), two, 40)
    assert runs(found) == [(0, 4, 0), (8, 20, 0), (28, 30, 0), (34, 40, 1)]
    assert found.effects[0] == {0: "DRUG INTERRUPTED", 1: "DOSE REDUCED"}


def test_a_hold_before_the_first_dose_is_no_interruption():
    """The component waits for an event of another one until day 12, then begins."""
    early = event((-2, 3), (12, 1), (20, 0))
    found = given(antibody(PD1), [early], 30)
    assert starts(found) == [12, 26]
    assert found.effects[0] == {}


def test_without_a_rule_the_drawn_action_is_carried_out():
    """A pause of at most 21 days; one level down."""
    plain = regorafenib(None, 160, 120)
    pause = replace(event((4, 3), (90, 0)), actions=("DRUG INTERRUPTED",))
    lower = replace(event((30, 3), (40, 0)), actions=("DOSE REDUCED",))
    found = given(plain, [pause, lower], 40)
    assert runs(found) == [(0, 4, 0), (28, 30, 0), (31, 40, 1)]
    assert found.effects[0] == {0: "DRUG INTERRUPTED", 1: "DOSE REDUCED"}


_EVENTS = st.lists(
    st.tuples(st.integers(0, 90), st.integers(1, 4), st.integers(1, 40)), max_size=6
).map(
    lambda drawn: [
        event((day, grade), *([(day + long, 1)] * (grade > 1)), (day + long + 3, 0))
        for day, grade, long in sorted(drawn)
    ]
)


@settings(max_examples=30, deadline=None, derandomize=True)
@over(_EVENTS, st.sampled_from([REGORAFENIB, PD1]))
def test_no_dose_is_given_against_the_rule(events, rule):
    """Never in a hold, never after a stop, never more than before; only causes have effects."""
    component = regorafenib(rule, 160, 120, 80)
    found = given(component, events, 120)
    orders = orders_of(events, 0, component, 21)
    days = [(at, one.level) for one in found.doses for at in range(one.start, one.end + 1)]
    for at, _ in days:
        assert not any(one.hold and one.hold.start <= at < one.hold.end for one in orders)
        assert not any(one.stop is not None and one.stop <= at for one in orders)
        assert at < found.stops.get(0, 1000)
    levels = [level for _, level in days]
    assert levels == sorted(levels)
    assert set(found.effects[0]) <= {one.event for one in orders}
    assert set(levels) == {0} or rule is REGORAFENIB
