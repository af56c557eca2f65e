"""A-12 and S-7: dose records beside adverse events, ends of components, evaluable for toxicity."""

from dataclasses import replace

import pytest

from support.derived import DAY_ZERO
from support.exposed import (
    CAMRELIZUMAB,
    REGORAFENIB,
    Exposed,
    component,
    dose,
    of,
)
from support.rules import protocol as settled
from support.trial import Patient
from trialwright.protocol.settled import settled_safety
from trialwright.safety.exposure_actions import Action, reconcile_actions
from trialwright.safety.exposure_dlt import Subject, toxicity_evaluable
from trialwright.safety.exposure_end import Ending, end_of

NAMES = {"camrelizumab": "Camrelizumab", "regorafenib": "Regorafenib"}
NO_END = Ending(day=None, reason=None, stated={})


def given(*doses, protocol=None):
    """Exposure by component of (drug, first day, last day, amount)."""
    patient = Patient()
    for drug, first, last, amount in doses:
        dose(patient, drug, first, amount, last=str(last))
    trial = Exposed(protocol or of(CAMRELIZUMAB, REGORAFENIB), patient)
    return {trial.ids[row.component]: row for row in trial.rows}


def action(what, start, end=None, about="regorafenib"):
    stop = None if end is None else DAY_ZERO + end
    return Action(component=about, action=what, start=DAY_ZERO + start, end=stop, event="AE 1")


STEADY = given(("Regorafenib", 0, 20, 80), ("Regorafenib", 28, 48, 80))
LOWER = given(("Regorafenib", 0, 20, 80), ("Regorafenib", 28, 48, 40))
PAUSED = given(("Regorafenib", 0, 9, 80), ("Regorafenib", 15, 20, 80))


@pytest.mark.parametrize(
    ("doses", "actions", "words"),
    [
        (STEADY, [], ""), (LOWER, [], "lower dose from 2024-01-29, no adverse event"),
        (LOWER, [action("DOSE REDUCED", 18)], ""),
        (LOWER, [action("DOSE REDUCED", 18, about="ANY")], ""),
        (LOWER, [action("DOSE REDUCED", 30)], "no lower dose from then on"),
        (STEADY, [action("DOSE REDUCED", 18)], "no lower dose from then on"),
        (STEADY, [action("DOSE REDUCED", 48)], ""),  # no dose after it: nothing speaks against it
        (PAUSED, [action("DRUG INTERRUPTED", 9)], ""),
        (PAUSED, [action("DRUG INTERRUPTED", 16)], "no dose left out or late"),
        (STEADY, [action("DRUG INTERRUPTED", 5, 8)], "no dose left out or late"),
        (STEADY, [action("DRUG WITHDRAWN", 5, 12)], "the dose records go on"),
        (STEADY, [action("DRUG WITHDRAWN", 5, 30)], ""),
        (STEADY, [action("DRUG WITHDRAWN", 40)], ""),
        (STEADY, [action("DOSE REDUCED", 5, about="camrelizumab")], ""),  # never given
    ],
)  # fmt: skip
def test_dose_records_and_adverse_events_must_agree(doses, actions, words):
    found = list(reconcile_actions(doses, actions, NAMES))
    assert (words in found[0]) if words else (found == []), found


def test_an_event_after_the_lower_dose_does_not_explain_it():
    found = list(reconcile_actions(LOWER, [action("DOSE REDUCED", 30)], NAMES))
    assert ["no lower dose" in found[0], "no adverse event" in found[1]] == [True, True]


def test_a_record_that_says_why_needs_no_event():
    patient = dose(Patient(), "Regorafenib", 0, 80, last="20")
    dose(patient, "Regorafenib", 28, 40, last="48", EXADJ="PATIENT WISH")
    trial = Exposed(of(REGORAFENIB), patient)
    assert list(reconcile_actions({"regorafenib": trial.one()}, [], NAMES)) == []


def camrelizumab(*days):
    return [("Camrelizumab", day, day, 200) for day in days]


def test_one_component_stops_while_the_other_goes_on():
    """Regorafenib until day 20, next due day 28; camrelizumab on day 70: two cycles later."""
    doses = given(("Regorafenib", 0, 20, 80), *camrelizumab(0, 14, 28, 42, 56, 70))
    end = end_of("regorafenib", doses, [], NO_END)
    assert (end.reason, end.alone, end.day) == ("NOT RECORDED", True, DAY_ZERO + 20)
    assert end_of("camrelizumab", doses, [], NO_END).reason == "ONGOING"
    by_event = end_of("regorafenib", doses, [action("DRUG WITHDRAWN", 15)], NO_END)
    assert (by_event.reason, by_event.alone) == ("ADVERSE EVENT", True)
    stated = Ending(day=None, reason=None, stated={"regorafenib": (DAY_ZERO + 25, "PATIENT WISH")})
    assert end_of("regorafenib", doses, [], stated).reason == "PATIENT WISH"


def test_a_short_wait_is_no_stop():
    doses = given(("Regorafenib", 0, 20, 80), *camrelizumab(0, 14, 28, 42))
    assert end_of("regorafenib", doses, [], NO_END).reason == "ONGOING"
    whole = Ending(day=DAY_ZERO + 44, reason="PROGRESSIVE DISEASE", stated={})
    end = end_of("regorafenib", doses, [], whole)
    assert (end.reason, end.day) == ("PROGRESSIVE DISEASE", DAY_ZERO + 44)


def test_planned_number_of_cycles_is_no_discontinuation():
    short = component("Camrelizumab", (200, "mg"), interval_days=14, n_cycles=2)
    doses = given(*camrelizumab(0, 14), protocol=of(short))
    assert end_of("camrelizumab", doses, [], NO_END).reason == "COMPLETED"


WINDOW = settled_safety(settled(safety__dlt_window_days=28))
PERSON = Subject(first=DAY_ZERO, seen=DAY_ZERO + 27, cutoff=DAY_ZERO + 27, toxic=False)
#: 21 days of 80 mg and two doses of 200 mg are planned within 28 days.
FULL = given(("Regorafenib", 0, 20, 80), *camrelizumab(0, 14))


@pytest.mark.parametrize(
    ("doses", "changes", "flag", "words"),
    [
        (FULL, {}, "Y", "Camrelizumab 100.0 %, Regorafenib 100.0 %"),
        # 17 of 21 days are 81.0 %; 16 are 76.2 %.
        (given(("Regorafenib", 0, 16, 80), *camrelizumab(0, 14)), {}, "Y", "Regorafenib 81.0 %"),
        (given(("Regorafenib", 0, 15, 80), *camrelizumab(0, 14)), {}, "N", "Regorafenib 76.2 %"),
        (given(("Regorafenib", 0, 20, 80), *camrelizumab(0)), {}, "N", "Camrelizumab 50.0 %"),
        (given(("Regorafenib", 0, 20, 80)), {}, "N", "Camrelizumab 0.0 %"),
        # A dose on the day after the window does not count.
        (given(("Regorafenib", 0, 20, 80), *camrelizumab(0, 28)), {}, "N", "Camrelizumab 50.0 %"),
        (FULL, {"cutoff": DAY_ZERO + 26}, "N", "not over at the data cut-off"),
        (FULL, {"seen": DAY_ZERO + 26}, "N", "not known alive"),
        (FULL, {"first": None}, "N", "not treated"),
        (given(*camrelizumab(0)), {"toxic": True, "seen": DAY_ZERO + 3}, "Y", "dose-limiting"),
    ],
)  # fmt: skip
def test_evaluable_for_dose_limiting_toxicity(doses, changes, flag, words):
    """S-7: the window finished with 80 % of the planned dose of every component, or toxicity."""
    protocol = of(CAMRELIZUMAB, REGORAFENIB)
    found, reason = toxicity_evaluable(protocol, replace(PERSON, **changes), doses, WINDOW)
    assert (found, words in reason) == (flag, True), reason


def test_exactly_the_least_share_is_enough():
    """S-7: 16 of 20 days are 80 %."""
    plan = component("Regorafenib", (80, "mg"), days_in_cycle=tuple(range(1, 21)),
                     cycle_length_days=28)  # fmt: skip
    doses = given(("Regorafenib", 0, 15, 80), protocol=of(plan))
    assert toxicity_evaluable(of(plan), PERSON, doses, WINDOW)[0] == "Y"


def test_an_unknown_dose_is_not_enough():
    doses = given(("Regorafenib", 0, 20, ""), *camrelizumab(0, 14))
    flag, reason = toxicity_evaluable(of(CAMRELIZUMAB, REGORAFENIB), PERSON, doses, WINDOW)
    assert flag == "N"
    assert "Regorafenib not known (a dose is not recorded)" in reason
