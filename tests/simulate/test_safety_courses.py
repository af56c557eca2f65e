"""Records of adverse events, doses, disposition and deaths tell one story, with rules and without."""

from __future__ import annotations

from collections import Counter
from functools import cache
from itertools import pairwise

import numpy as np
import pytest

from support.dose_plans import event
from support.virtual_trials import (
    by_subject,
    day,
    protocol_of,
    records_of,
    scenario_of,
)
from trialwright.adam.derive import derive
from trialwright.core.errors import ScenarioError
from trialwright.core.tables import Adam, Sdtm
from trialwright.protocol.model import Protocol
from trialwright.protocol.modification import DoseModification, TermRule
from trialwright.simulate.event_course import criteria_of, draw_steps, grade_at
from trialwright.simulate.safety import with_withdrawal
from trialwright.simulate.scenario import Conduct
from trialwright.simulate.trial import simulate_trial

SEEDS = (1, 2)
_ANTIBODY = DoseModification(
    hold_from_grade=3, resume_at_grade=1, stop_from_grade=4, max_delay_days=84, reducible=False,
    exceptions=(TermRule(terms=("hepatitis",), hold_from_grade=2, stop_from_grade=3),),
)  # fmt: skip
_KINASE = DoseModification(
    hold_from_grade=3, resume_at_grade=1, reduce_from_grade=3, stop_from_grade=4, max_delay_days=28,
    exceptions=(TermRule(terms=("palmar-plantar",), reduce_from_grade=2),),
)  # fmt: skip
_LOCAL = DoseModification(
    hold_from_grade=3, resume_at_grade=1, stop_from_grade=4, max_delay_days=56
)
_RULES = {
    "serplulimab": _ANTIBODY, "camrelizumab": _ANTIBODY, "bevacizumab": _ANTIBODY,
    "regorafenib": _KINASE, "infusion": _LOCAL, "haic": _LOCAL,
}  # fmt: skip


def protocol(trial: str, *, ruled: bool) -> Protocol:
    plain = protocol_of(trial)
    regimen = tuple(
        one.model_copy(update={"modification": _RULES.get(one.id) if ruled else None})
        for one in plain.regimen
    )
    return plain.model_copy(update={"regimen": regimen})


@cache
def data(trial: str, seed: int, *, ruled: bool) -> Sdtm:
    return simulate_trial(protocol(trial, ruled=ruled), scenario_of(trial), seed)


@cache
def derived(trial: str, seed: int, *, ruled: bool) -> Adam:
    return derive(protocol(trial, ruled=ruled), data(trial, seed, ruled=ruled))


RULED = [("000", 1, True), ("000", 2, True), ("002", 1, True), ("003", 1, True)]
every = pytest.mark.parametrize(
    ("trial", "seed", "ruled"), [*RULED, ("000", 1, False), ("002", 1, False)]
)


def doses_of(rows, name):
    """First and last day and dose of every record of a component, in order."""
    own = [
        (day(one["EXSTDTC"]), day(one["EXENDTC"]), float(one["EXDOSE"] or 0), one["EXADJ"])
        for one in rows
        if one["EXTRT"] == name
    ]
    return sorted(own, key=lambda one: one[0])


@every
def test_actions_and_doses_agree(trial, seed, ruled):
    """A reduction lowers a later dose and says why; a stop is the last; nothing else lowers one."""
    sdtm = data(trial, seed, ruled=ruled)
    doses, events, ends = by_subject(sdtm, "EX"), by_subject(sdtm, "AE"), by_subject(sdtm, "DS")
    for person in sdtm["DM"]["USUBJID"]:
        stops = [one for one in ends[person] if one["DSSCAT"] == "STUDY TREATMENT"]
        for at, one in enumerate(protocol(trial, ruled=ruled).regimen, start=1):
            given = doses_of(doses[person], one.name)
            falls = [b[0] for a, b in pairwise(given) if b[2] < a[2]]
            assert all(b[2] <= a[2] for a, b in pairwise(given))
            assert all((b[3] is not None) == (b[2] < given[0][2]) for b in given)
            said = [(day(row["AESTDTC"]), row[f"AEACN{at}"]) for row in events[person]]
            lowered = [start for start, action in said if action == "DOSE REDUCED"]
            assert all(any(fall > start for fall in falls) for start in lowered)
            assert all(any(start < fall for start in lowered) for fall in falls)
            own = [row for row in ends[person] if row["DSSCAT"] == one.name]
            stopped = [row for row in own if row["DSDECOD"] == "ADVERSE EVENT"]
            assert len(own) <= 1
            if stopped:
                assert any(action == "DRUG WITHDRAWN" for _, action in said)
                assert max(row[1] for row in given) < day(stopped[0]["DSSTDTC"])
            if "DRUG WITHDRAWN" in {action for _, action in said}:
                assert stopped or stops


@pytest.mark.parametrize(("trial", "seed", "ruled"), [*RULED[:2], ("002", 1, False)])
def test_the_exposure_of_the_datasets_finds_no_contradiction(trial, seed, ruled):
    """Queries of rule A-12: none of a dose without reason, hardly one of a hold never resumed."""
    asked = [
        row["MESSAGE"]
        for row in derived(trial, seed, ruled=ruled).queries.iter_rows(named=True)
        if row["RULEID"] == "A-12"
    ]
    assert not [one for one in asked if "no adverse event says why" in one]
    assert not [one for one in asked if "no reason recorded" in one or "dose records go on" in one]
    assert not [one for one in asked if "show no lower dose" in one]
    assert sum("left out or late" in one for one in asked) <= 1


@every
def test_serious_events_have_their_criteria(trial, seed, ruled):
    for one in records_of(data(trial, seed, ruled=ruled), "AE"):
        criteria = [one[name] for name in ("AESDTH", "AESLIFE", "AESHOSP", "AESMIE")]
        assert ("Y" in criteria) == (one["AESER"] == "Y")
        assert (one["AESLIFE"] == "Y") == (one["AESER"] == "Y" and one["AETOXGR"] == "4")
        assert (one["AESDTH"] == "Y") == (one["AEOUT"] == "FATAL") == (one["AETOXGR"] == "5")


def test_rules_stop_single_components_while_others_go_on():
    """000-14; ADEX has the reason from the disposition of the component."""
    adex = [
        row
        for seed in SEEDS
        for row in derived("000", seed, ruled=True).datasets["ADEX"].iter_rows(named=True)
    ]
    ends = Counter((row["EXCOMP"], row["AVALC"]) for row in adex if row["PARAMCD"] == "END")
    assert ends["regorafenib", "ADVERSE EVENT"] >= 5
    alone = Counter(
        row["EXCOMP"] for row in adex if row["PARAMCD"] == "ALONE" and row["AVALC"] == "1"
    )
    assert alone["regorafenib"] >= 5
    doses = [row for seed in SEEDS for row in records_of(data("000", seed, ruled=True), "EX")]
    assert {row["EXDOSE"] for row in doses if row["EXTRT"] == "Regorafenib"} == {"120", "80"}
    assert {row["EXDOSE"] for row in doses if row["EXTRT"] == "Serplulimab"} == {"3"}


def test_what_begins_long_after_a_stop_is_not_related_to_the_component():
    late = 0
    for seed in SEEDS:
        sdtm = data("000", seed, ruled=True)
        doses, ends = by_subject(sdtm, "EX"), by_subject(sdtm, "DS")
        for one in records_of(sdtm, "AE"):
            person = one["USUBJID"]
            own = [r for r in ends[person] if r["DSSCAT"] == "Regorafenib"]
            if not own or day(one["AESTDTC"]) <= day(own[0]["DSSTDTC"]):
                continue
            assert one["AEACN2"] == "NOT APPLICABLE"
            last = max(row[1] for row in doses_of(doses[person], "Regorafenib"))
            if day(one["AESTDTC"]) > last + 30:
                assert one["AEREL2"] == "N"
                late += 1
    assert late > 0


def test_the_end_of_every_component_is_the_end_of_treatment():
    """Every related grade 1 ends its component at once."""
    at_once = DoseModification(stop_from_grade=1)
    plain = protocol_of("000")
    regimen = tuple(one.model_copy(update={"modification": at_once}) for one in plain.regimen)
    scenario = scenario_of("000")
    events = tuple(
        one.model_copy(update={"any": 1.0, "related_share": 1.0}) for one in scenario.adverse_events
    )
    sdtm = simulate_trial(
        plain.model_copy(update={"regimen": regimen}),
        scenario.model_copy(update={"adverse_events": events}),
        1,
    )
    stops = [one for one in records_of(sdtm, "DS") if one["DSSCAT"] == "STUDY TREATMENT"]
    assert sum(one["DSDECOD"] == "ADVERSE EVENT" for one in stops) > 0.8 * sdtm.subjects
    last = {
        name: max(day(r["EXENDTC"]) for r in rows)
        for name, rows in by_subject(sdtm, "EX").items()
        if rows
    }
    assert all(last[one["USUBJID"]] < day(one["DSSTDTC"]) for one in stops)


def test_a_fatal_event_is_the_cause_of_the_death():
    """Every death on treatment without progression after a severe event is put down to it."""
    scenario = scenario_of("003")
    events = tuple(
        one.model_copy(update={"any": 1.0, "grade3plus": 1.0, "highest_grade": 5})
        for one in scenario.adverse_events
    )
    conduct = scenario.conduct.model_copy(update={"death_by_event_share": 1.0})
    sdtm = simulate_trial(
        protocol_of("003"),
        scenario.model_copy(update={"adverse_events": events, "conduct": conduct}),
        1,
    )
    fatal = [one for one in records_of(sdtm, "AE") if one["AETOXGR"] == "5"]
    deaths = {one["USUBJID"]: one["DTHDTC"] for one in records_of(sdtm, "DM")}
    told = {
        one["USUBJID"]: one["DSTERM"]
        for one in records_of(sdtm, "DS")
        if one["DSDECOD"] == "DEATH" and one["DSSCAT"] == "STUDY PARTICIPATION"
    }
    assert fatal
    for one in fatal:
        assert one["AEENDTC"] == deaths[one["USUBJID"]] is not None
        assert (one["AEOUT"], one["AESDTH"], one["AESER"]) == ("FATAL", "Y", "Y")
        assert told[one["USUBJID"]] == "ADVERSE EVENT"
    assert len({one["USUBJID"] for one in fatal}) == len(fatal) < len(told)
    causes = derive(protocol_of("003"), sdtm).datasets["ADSL"].select("USUBJID", "DTHCAUS").rows()
    by_event = {name for name, cause in causes if cause == "ADVERSE EVENT"}
    assert by_event == {one["USUBJID"] for one in fatal}
    assert ("PROGRESSION" in {cause for _, cause in causes}) == (
        "PROGRESSIVE DISEASE" in told.values()
    )


def test_the_grades_of_an_event_fall_step_by_step():
    """Grade 3 for half of 12 days, then 2 and 1 for three days each; or one lower on the first day."""
    profile = scenario_of("000").adverse_events[0]
    rng = np.random.default_rng(1)
    straight = Conduct(event_worsens_share=0.0)
    assert draw_steps(rng, (3, 100, 112), profile, straight) == (
        (100, 3), (106, 2), (109, 1), (112, 0),
    )  # fmt: skip
    rising = draw_steps(rng, (3, 100, 112), profile, Conduct(event_worsens_share=1.0))
    assert rising[0] == (100, 2)
    assert [grade for _, grade in rising[1:]] == [3, 2, 1, 0]
    assert 101 <= rising[1][0] <= 103
    assert draw_steps(rng, (1, 100, 101), profile, straight) == ((100, 1), (101, 0))
    for_good = profile.model_copy(update={"persistent_share": 1.0})
    assert draw_steps(rng, (2, 100, 110), for_good, straight) == ((100, 2), (105, 1))
    assert [grade_at(rising, at) for at in (99, 100, 112)] == [0, 2, 0]


@pytest.mark.parametrize(
    ("grade", "in_hospital", "criteria"),
    [(3, True, ("AESHOSP",)), (3, False, ("AESMIE",)), (4, True, ("AESLIFE", "AESHOSP")),
     (4, False, ("AESLIFE",)), (5, False, ("AESDTH",))],
)  # fmt: skip
def test_criteria_of_serious_events(grade, in_hospital, criteria):
    assert criteria_of(grade, serious=True, in_hospital=in_hospital) == criteria
    assert criteria_of(grade, serious=False, in_hospital=in_hospital) == ()


def test_the_event_that_ends_treatment_is_not_over_before_it():
    """Grade 3 on day 10, over on day 20, treatment ended on day 40: it came down 20 days later."""
    found = with_withdrawal([event((10, 3), (16, 1), (20, 0))], (40, "ADVERSE EVENT"))
    assert found[0].actions == ("DRUG WITHDRAWN",)
    assert (found[0].end, found[0].steps) == (40, ((10, 3), (36, 1), (40, 0)))
    lasting = event((10, 3), (16, 1), (50, 0))
    assert with_withdrawal([lasting], (40, "ADVERSE EVENT"))[0].steps == lasting.steps
    assert with_withdrawal([lasting], (40, "DEATH")) == (lasting,)


def changed(part: str, **values: object) -> Sdtm:
    """The first trial with other numbers in one part of its scenario."""
    scenario = scenario_of("000")
    new = getattr(scenario, part).model_copy(update=values)
    return simulate_trial(protocol_of("000"), scenario.model_copy(update={part: new}), 1)


def test_a_component_that_is_complete_says_so():
    """Two infusions are the plan of the scenario, which the protocol does not know."""
    sdtm = changed("conduct", local_doses_max=2)
    doses = by_subject(sdtm, "EX")
    told = [one for one in records_of(sdtm, "DS") if "Infusion" in (one["DSSCAT"] or "")]
    assert len(told) > 10
    for one in told:
        given = [row[1] for row in doses_of(doses[one["USUBJID"]], one["DSSCAT"])]
        assert (len(given), max(given)) == (2, day(one["DSSTDTC"]))
        assert one["DSDECOD"] == "COMPLETED"


def test_liver_values_rise_after_progression_only():
    """Alkaline phosphatase doubles each month: equal up to the end of treatment, higher after it."""
    still, rising = (changed("laboratory", liver_drift_per_month=rate) for rate in (0.0, 1.0))
    ends = {
        one["USUBJID"]: day(one["DSSTDTC"])
        for one in records_of(still, "DS")
        if (one["DSDECOD"], one["DSSCAT"]) == ("PROGRESSIVE DISEASE", "STUDY TREATMENT")
    }
    later = 0
    pairs = zip(records_of(still, "LB"), records_of(rising, "LB"), strict=True)
    for one, other in pairs:
        if one["LBTESTCD"] != "ALP" or one["USUBJID"] not in ends:
            continue
        wait = day(one["LBDTC"]) - ends[one["USUBJID"]]
        values = float(one["LBSTRESN"]), float(other["LBSTRESN"])
        assert values[0] == values[1] if wait < -5 else values[0] <= values[1]
        later += wait > 20 and values[1] > 1.3 * values[0]
    assert later > 5


def test_rules_for_sessions_of_an_ablation_are_refused():
    plain = protocol_of("002")
    regimen = tuple(one.model_copy(update={"modification": _LOCAL}) for one in plain.regimen)
    with pytest.raises(ScenarioError, match=r"regimen\.ablation\.modification"):
        simulate_trial(plain.model_copy(update={"regimen": regimen}), scenario_of("002"), 1)
