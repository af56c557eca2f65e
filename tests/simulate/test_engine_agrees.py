"""The records of a trial, derived by the engine, say what the arrays say and what a plain reading says."""

from __future__ import annotations

from functools import cache

import polars as pl
import pytest

from support.plain_reading import read_patients
from support.virtual_models import clocks_of
from support.virtual_trials import TRIALS, day, protocol_of, scenario_of, with_subjects
from trialwright.adam.derive import derive
from trialwright.simulate.scenario import Organ
from trialwright.simulate.trial import simulate_with_truth
from trialwright.simulate.virtual.block import virtual_trials
from trialwright.vocabulary.recist import NEVER, RESPONSE_TEXT

SEEDS = (1, 2)
cases = pytest.mark.parametrize(("trial", "seed"), [(t, s) for t in TRIALS for s in SEEDS])


@cache
def made(trial, seed):
    protocol, scenario = protocol_of(trial), scenario_of(trial)
    return simulate_with_truth(protocol, scenario, seed, clocks_of(protocol, scenario))


@cache
def derived(trial, seed):
    return derive(protocol_of(trial), made(trial, seed).sdtm)


def by_arrays(trial):
    """Best responses, PFS, whether dead, and the day of PD of each subject; a block of two trials."""
    model = trial.drawn.model
    found = virtual_trials(model, range(2))
    first, rows = {}, {}
    for at, cohort in enumerate(found.cohort):
        first.setdefault(int(cohort), at)
    for one in trial.truth:
        at = first[one.subject.setting.position - 1] + one.subject.number
        shown = int(found.pd_scan[0, at])
        rows[one.subject.usubjid] = (
            RESPONSE_TEXT[found.unconfirmed[0, at]],
            RESPONSE_TEXT[found.confirmed[0, at]],
            model.start + int(found.pfs_day[0, at]),
            bool(found.pfs_event[0, at]),
            bool(found.os_event[0, at]),
            model.start + int(found.os_day[0, at]) if found.os_event[0, at] else None,
            model.start + shown if shown != NEVER else None,
        )
    return rows


def by_records(adam):
    responses, times = adam["ADRS"], adam["ADTTE"]

    def column(frame, code, name):
        rows = frame.filter(pl.col("PARAMCD") == code)
        return dict(zip(rows["USUBJID"], rows[name], strict=True))

    def when(code):
        return {name: day(str(one)) for name, one in column(times, code, "ADT").items()}

    pfs, died = column(times, "PFS", "CNSR"), column(times, "OS", "CNSR")
    pfs_day, os_day = when("PFS"), when("OS")
    shown = responses.filter((pl.col("PARAMCD") == "OVR") & (pl.col("AVALC") == "PD"))
    first = shown.sort("USUBJID", "AVISITN").unique("USUBJID", keep="first")
    pd = {name: day(str(one)) for name, one in first.select("USUBJID", "ADT").iter_rows()}
    plain, held = column(responses, "BOR", "AVALC"), column(responses, "CBOR", "AVALC")
    return {
        one: (
            plain[one], held[one], pfs_day[one], pfs[one] == 0, died[one] == 0,
            os_day[one] if died[one] == 0 else None, pd.get(one),
        )
        for one in plain
    }  # fmt: skip


@cases
def test_the_records_say_what_the_arrays_say(trial, seed):
    """Best responses, PFS, death and the date of PD, subject by subject.

    Not where a target is irradiated outside the protocol: the records call it not evaluable from
    then on (R-103), the arrays only count the new therapy. Nor the day of a censored OS: the
    records have the last contact, the arrays the last day of sight.
    """
    whole = made(trial, seed)
    irradiated = {
        one.subject.usubjid for one in whole.truth if one.timeline.local_therapy is not None
    }
    expected, found = by_arrays(whole), by_records(derived(trial, seed))
    assert expected.keys() == found.keys()
    for name, row in expected.items():
        last = -1 if name in irradiated else None
        assert found[name][:last] == row[:last], name


@cases
def test_progression_free_survival_agrees_with_a_plain_reading(trial, seed):
    """Event or censoring, and the day: FDA rules of C-18, PD dated by R-054, plus one day (D-01)."""
    rows = derived(trial, seed)["ADTTE"].filter(pl.col("PARAMCD") == "PFS")
    engine = {one["USUBJID"]: (one["AVAL"], one["CNSR"] == 0) for one in rows.to_dicts()}
    plain = {
        one.usubjid: (one.pfs[0] + 1, one.pfs[1]) for one in read_patients(made(trial, seed).sdtm)
    }
    assert engine == plain
    assert len(engine) >= 30


@pytest.mark.parametrize("trial", TRIALS)
def test_no_record_is_left_unused(trial):
    assert derived(trial, 1).unused.height == 0


def changed(scenario, **parts):
    """The scenario with other values in some of its parts."""
    new = {name: getattr(scenario, name).model_copy(update=one) for name, one in parts.items()}
    return scenario.model_copy(update=new)


def without_response(scenario):
    """Nobody responds, in no subgroup either."""
    values = {"response_rate": 0.0, "sensitive_share": None, "sensitive_response_rate": None}
    cohorts = tuple(one.model_copy(update=values) for one in scenario.cohorts)
    return scenario.model_copy(update={"cohorts": cohorts})


def nodes_only(scenario):
    core = scenario.disease.core[0].model_copy(update={"organs": ("LYMPH NODE",), "share": 1.0})
    organs = (Organ(id="LYMPH NODE", median_mm=20, node=True),)
    events = tuple(one for one in scenario.adverse_events if one.organ is None)
    scenario = changed(scenario, disease={"core": (core,), "organs": organs})
    return scenario.model_copy(update={"adverse_events": events})


EXTREMES = {
    "nearly every scan is missed": ("003", lambda one: changed(
        without_response(one), scans={"missed_share": 0.9, "unscheduled_share": 0.0})),
    "no noise": ("000", lambda one: changed(one, scans={
        "measurement_sd": 0.0, "missed_share": 0.0, "late_share": 0.0, "two_days_share": 0.0,
        "not_evaluable_share": 0.0, "unscheduled_share": 0.0})),
    "much noise, half unread": ("003", lambda one: changed(one, scans={
        "measurement_sd": 0.3, "not_evaluable_share": 0.4, "two_days_share": 1.0})),
    "everything is doubtful": ("000", lambda one: changed(
        one, scans={"not_evaluable_share": 0.2},
        progression={"equivocal_first_share": 1.0, "false_equivocal_per_scan": 0.5,
                     "new_lesion_share": 0.3, "target_share": 0.3, "nontarget_share": 0.4})),
    "all responses are complete": ("003", lambda one: changed(
        one, growth={"complete_share": 1.0}, scans={"not_evaluable_share": 0.2},
        disease={"nontarget_counts": (0.0, 0.3, 0.7)})),
    "every lesion is ablated": ("002", lambda one: changed(
        one, ablation={"all_ablated_share": 1.0, "lesions_per_session": 1, "complete_share": 0.5})),
    "nodes only": ("002", nodes_only),
    "half are never treated, others stop early": ("000", lambda one: changed(one, conduct={
        "never_treated_share": 0.5, "stop_for_toxicity_12_months": 0.9,
        "new_therapy_without_progression": 1.0})),
}  # fmt: skip


@pytest.mark.parametrize("name", EXTREMES)
def test_records_and_arrays_agree_in_extreme_trials(name):
    code, change = EXTREMES[name]
    protocol, scenario = (
        protocol_of(code),
        change(with_subjects(scenario_of(code), 6 if code == "003" else 16)),
    )
    whole = simulate_with_truth(protocol, scenario, 2, clocks_of(protocol, scenario))
    expected, found = by_arrays(whole), by_records(derive(protocol, whole.sdtm))
    irradiated = {one.subject.usubjid for one in whole.truth if one.timeline.local_therapy}
    assert {one: row for one, row in expected.items() if one not in irradiated} == {
        one: row for one, row in found.items() if one not in irradiated
    }
