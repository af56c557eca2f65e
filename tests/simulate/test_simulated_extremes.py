"""Scenarios at their limits give a trial all the same, or a plain refusal."""

from __future__ import annotations

import pytest

from support.virtual_models import simulated_roughly
from support.virtual_trials import TRIALS, day, protocol_of, records_of, scenario_of
from trialwright.core.errors import ScenarioError
from trialwright.simulate.scenario import Organ
from trialwright.simulate.trial import simulate_trial


def changed(trial, part, **values):
    scenario = scenario_of(trial)
    new = getattr(scenario, part).model_copy(update=values)
    return scenario.model_copy(update={part: new})


def without_response(scenario):
    """Nobody responds, in no subgroup either."""
    values = {"response_rate": 0.0, "sensitive_share": None, "sensitive_response_rate": None}
    cohorts = tuple(one.model_copy(update=values) for one in scenario.cohorts)
    return scenario.model_copy(update={"cohorts": cohorts})


@pytest.mark.parametrize("trial", TRIALS)
def test_a_cutoff_right_after_the_last_entry(trial):
    scenario = scenario_of(trial).model_copy(update={"follow_up_months": 0.1})
    sdtm = simulated_roughly(protocol_of(trial), scenario, 1)
    assert sdtm.subjects == scenario.subjects
    assert max(sdtm["SV"]["SVSTDTC"]) <= (sdtm.parameter("DCUTDTC") or "")


def test_nobody_is_treated():
    sdtm = simulated_roughly(
        protocol_of("003"), changed("003", "conduct", never_treated_share=1.0), 1
    )
    assert sdtm["EX"].height == sdtm["PR"].height == sdtm["AE"].height == 0
    assert sdtm["DM"]["RFXSTDTC"].null_count() == 48
    assert {float(one) for one in sdtm["TR"]["VISITNUM"]} == {1.0}


@pytest.mark.parametrize("trial", ["000", "003"])
def test_without_scans_nobody_is_seen_to_progress(trial):
    scenario = changed(trial, "scans", missed_share=0.999, unscheduled_share=0.0)
    sdtm = simulated_roughly(protocol_of(trial), without_response(scenario), 1)
    assert "PROGRESSIVE DISEASE" not in set(sdtm["DS"]["DSDECOD"])


def test_every_lesion_is_unreadable():
    scenario = changed("000", "scans", not_evaluable_share=1.0)
    scenario = scenario.model_copy(
        update={"progression": scenario.progression.model_copy(
            update={"new_lesion_share": 0.0, "target_share": 1.0, "nontarget_share": 0.0,
                    "false_equivocal_per_scan": 0.0})}
    )  # fmt: skip
    rows = records_of(simulated_roughly(protocol_of("000"), scenario, 1), "TR")
    later = [one for one in rows if one["VISITNUM"] != "1" and one["TRLNKID"][:3] != "NEW"]
    assert later
    assert {one["TRSTAT"] for one in later} == {"NOT DONE"}


def test_everybody_leaves_soon():
    """With 99.9 % withdrawn in a year few stay a month; nothing of them follows the withdrawal."""
    scenario = changed("000", "conduct", withdrawal_12_months=0.999)
    sdtm = simulated_roughly(protocol_of("000"), without_response(scenario), 1)
    left = {
        one["USUBJID"]: day(one["DSSTDTC"])
        for one in records_of(sdtm, "DS")
        if one["DSSCAT"] == "STUDY PARTICIPATION" and one["DSDECOD"] == "WITHDRAWAL BY SUBJECT"
    }
    assert len(left) > 20
    for code, name in (("TR", "TRDTC"), ("EX", "EXENDTC"), ("AE", "AESTDTC"), ("SS", "SSDTC")):
        for one in records_of(sdtm, code):
            if one["USUBJID"] in left:
                assert (day(one[name]) or 0) <= (left[one["USUBJID"]] or 0)


def test_disease_of_nodes_only():
    """Short axes throughout, no ablation possible, targets of at least 15 mm."""
    scenario = scenario_of("002")
    disease = scenario.disease.model_copy(
        update={
            "core": (scenario.disease.core[0].model_copy(
                update={"organs": ("LYMPH NODE",), "share": 1.0}),),
            "organs": (Organ(id="LYMPH NODE", median_mm=20, node=True),),
        }
    )  # fmt: skip
    events = tuple(one for one in scenario.adverse_events if one.organ is None)
    scenario = scenario.model_copy(update={"disease": disease, "adverse_events": events})
    sdtm = simulated_roughly(protocol_of("002"), scenario, 1)
    assert "LDIAM" not in set(sdtm["TR"]["TRTESTCD"])
    assert "STUDY TREATMENT" not in set(sdtm["PR"]["PRCAT"])


def test_numbers_that_nobody_stays_to_see_are_refused():
    scenario = changed("000", "conduct", withdrawal_12_months=0.999)
    with pytest.raises(ScenarioError, match=r"The median OS of 12\.0 months contradicts"):
        simulate_trial(protocol_of("000"), scenario, 1)


def test_partial_dates_only_when_the_scenario_says_so():
    whole = simulated_roughly(protocol_of("000"), scenario_of("000"), 1)["CM"]["CMSTDTC"]
    partial = simulated_roughly(
        protocol_of("000"), changed("000", "conduct", partial_dates=1.0), 1
    )["CM"]["CMSTDTC"]  # fmt: skip
    assert set(whole.str.len_chars()) == {10}
    assert set(partial.str.len_chars()) == {7}
