"""Loading doses, day lists, anchors and limits: days worked out by hand."""

from __future__ import annotations

from pathlib import Path

import pytest

import trialwright as tw
from trialwright.protocol.base import Source
from trialwright.protocol.document import with_sources
from trialwright.protocol.model import (
    Anchor,
    Arm,
    Component,
    DoseLevel,
    LoadingDose,
    Population,
    Protocol,
    TreatmentPlan,
)
from trialwright.protocol.rules import (
    AnalysisRule,
    EndpointDefinition,
    ResponseRule,
    SafetyRule,
)
from trialwright.schedule.activities import plan_activities
from trialwright.schedule.table import activity_table


def mg(value):
    return (DoseLevel(value=value, unit="mg/kg"),)


def protocol(*regimen, **more):
    return with_sources(
        Protocol(
            id="P", title="A trial", regimen=regimen,
            response=ResponseRule(interval_weeks=8, window_days=7, response_ref="first_dose"),
            safety=SafetyRule(te_window_days=30, te_window_serious_days=90),
            analysis=AnalysisRule(contact_months=3), **more,
        )
    )  # fmt: skip


def given(plan, component):
    return [
        (visit.study_day, planned.mark)
        for visit in plan.visits
        for planned in visit.planned
        if planned.activity == component
    ]


def test_a_loading_dose_comes_first():
    drug = Component(id="trastuzumab", name="T", dose=mg(6), interval_days=21,
                     loading_dose=LoadingDose(dose=mg(8), doses=1))  # fmt: skip
    plan = plan_activities(protocol(drug), weeks=9)
    assert given(plan, "trastuzumab") == [
        (1, "8 mg/kg, loading"), (22, "6 mg/kg"), (43, "6 mg/kg"), (64, "6 mg/kg"),
    ]  # fmt: skip


def test_day_lists_of_a_cycle():
    drug = Component(id="paclitaxel", name="P", days_in_cycle=(1, 8, 15), cycle_length_days=28)
    plan = plan_activities(protocol(drug), weeks=6)
    assert [day for day, _ in given(plan, "paclitaxel")] == [1, 8, 15, 29, 36, 43]
    assert [one.id for one in plan.visits if one.id.startswith("C2")] == ["C2D1", "C2D8", "C2D15"]


def test_tablets_twice_a_day_for_two_of_three_weeks():
    drug = Component(id="capecitabine", name="C", frequency="BID", days_in_cycle=tuple(range(1, 15)),
                     cycle_length_days=21)  # fmt: skip
    plan = plan_activities(protocol(drug), weeks=6)
    assert given(plan, "capecitabine") == [
        (1, "twice daily, for 14 days"), (22, "twice daily, for 14 days"),
        (43, "twice daily, for 14 days"),
    ]  # fmt: skip


def test_a_run_that_begins_in_time_is_shown_whole():
    drug = Component(id="x", name="X", days_in_cycle=tuple(range(1, 22)), cycle_length_days=28)
    assert given(plan_activities(protocol(drug), weeks=4), "x")[-1] == (29, "for 21 days")


@pytest.mark.parametrize(
    ("limit", "days"),
    [({"n_cycles": 2}, [1, 22]), ({"n_doses": 3}, [1, 22, 43]), ({"duration_days": 30}, [1, 22])],
)
def test_limits_end_the_doses(limit, days):
    drug = Component(id="x", name="X", interval_days=21, **limit)
    plan = plan_activities(protocol(drug))
    assert [day for day, _ in given(plan, "x")] == days
    assert not plan.open_ended


def test_a_drug_a_fixed_time_after_each_session():
    procedure = Component(id="tace", name="TACE", kind="procedure", reach="liver", interval_days=42)
    drug = Component(
        id="drug", name="D",
        anchors=(Anchor(event="tace", relation="after", offset_days=3, each=True),),
    )  # fmt: skip
    plan = plan_activities(protocol(procedure, drug), weeks=10)
    assert [day for day, _ in given(plan, "tace")] == [1, 43]
    assert [day for day, _ in given(plan, "drug")] == [4, 46]


@pytest.mark.parametrize(
    ("anchor", "words"),
    [
        (Anchor(event="surgery", relation="after", offset_days=28), "surgery"),
        (Anchor(event="tace", relation="after", offset_days=7), "each time or once"),
        (Anchor(event="tace", relation="after", each=True), "a time that is open"),
        (Anchor(event="tace", relation="between"), "no day"),
    ],
)
def test_an_anchor_that_says_too_little_is_not_planned(anchor, words):
    procedure = Component(id="tace", name="TACE", kind="procedure", reach="liver", interval_days=42)
    drug = Component(id="drug", name="D", interval_days=21, anchors=(anchor,))
    plan = plan_activities(protocol(procedure, drug))
    assert given(plan, "drug") == []
    [missing] = [one for one in plan.missing if one.path == "regimen.drug.anchors"]
    assert words in missing.message


def test_a_part_of_the_trial_without_a_start_is_not_planned_but_an_arm_is():
    later = Component(id="m", name="M", part="maintenance", interval_days=21)
    armed = Component(id="a", name="A", part="Arm A", interval_days=21)
    plan = plan_activities(protocol(later, armed, arms=(Arm(id="A", name="Arm A"),)), weeks=3)
    assert given(plan, "m") == []
    assert [day for day, _ in given(plan, "a")] == [1, 22]
    assert "regimen.m.part" in {one.path for one in plan.missing}


def test_neoadjuvant_doses_before_surgery_begin_on_day_1():
    drug = Component(id="x", name="X", interval_days=21, n_cycles=4,
                     anchors=(Anchor(event="surgery", relation="before"),))  # fmt: skip
    plan = plan_activities(protocol(drug))
    assert [day for day, _ in given(plan, "x")] == [1, 22, 43, 64]


def test_scans_from_enrolment_wait_for_its_date():
    base = protocol(Component(id="x", name="X", interval_days=21))
    rule = base.response.model_copy(update={"response_ref": "enrolment"})
    plan = plan_activities(base.model_copy(update={"response": rule}), weeks=9)
    [scan] = [one for one in plan.visits if one.id == "W8"]
    assert (scan.anchor, scan.offset, scan.study_day) == ("enrolment", 56, None)
    assert scan.day_words() == "+56 after enrolment"


def test_the_longest_treatment_is_not_passed():
    drug = Component(id="x", name="X", interval_days=21)
    plan = plan_activities(protocol(drug, treatment=TreatmentPlan(max_duration_days=50)))
    assert [day for day, _ in given(plan, "x")] == [1, 22, 43]
    assert not plan.open_ended


def test_rows_that_do_not_apply_are_named():
    plan = plan_activities(protocol(Component(id="cisplatin", name="cisplatin", interval_days=21)))
    assert not [one for one in plan.activities if one.id == "usual.immune"]
    assert any("SA-06" in note for note in plan.notes)


def test_a_calendar_that_changes_over_time():
    base = protocol(Component(id="x", name="X", interval_days=21))
    rule = base.response.model_copy(update={"interval_weeks": ((12, 6), (52, 9))})
    plan = plan_activities(base.model_copy(update={"response": rule}), weeks=30)
    assert [one.study_day for one in plan.visits if one.id.startswith("W")] == [43, 85, 148, 211]


def drafted(name):
    path = Path(__file__).parents[1] / "registry/records" / f"{name}.txt"
    return tw.draft_protocol(tw.read_record(path)).protocol


def test_a_record_with_loading_dose_and_day_list():
    """Every 3 weeks from day 1, beside days 1, 8, 15 of 28."""
    plan = plan_activities(drafted("schedule_loading_lists"), weeks=9)
    assert given(plan, "trastuzumab") == [
        (1, "8 mg/kg, loading"), (22, "6 mg/kg"), (43, "6 mg/kg"), (64, "6 mg/kg"),
    ]  # fmt: skip
    assert [day for day, _ in given(plan, "paclitaxel")] == [1, 8, 15, 29, 36, 43, 57, 64]


def test_a_record_with_a_drug_after_a_session():
    """Ten days after day 1 is day 11, then every 21 days."""
    plan = plan_activities(drafted("schedule_after_session"), weeks=9)
    assert [day for day, _ in given(plan, "cryoablation")] == [1]
    assert [day for day, _ in given(plan, "sintilimab")] == [11, 32, 53]
    assert "response.response_ref" in {one.path for one in plan.missing}


def test_two_safety_windows_of_one_length_are_one_visit():
    base = protocol(Component(id="x", name="X", interval_days=21))
    rule = base.safety.model_copy(update={"te_window_serious_days": 30})
    plan = plan_activities(base.model_copy(update={"safety": rule}))
    [visit] = [one for one in plan.visits if one.id.startswith("FU")]
    assert "usual.exam" in {one.activity for one in visit.planned}
    assert len({one.id for one in plan.visits}) == len(plan.visits)


def test_the_source_of_a_row_names_the_dose_and_the_days():
    base = protocol(Component(id="a", name="A", dose=mg(3), interval_days=14))
    sources = tuple(
        Source(path=f"regimen.a.{name}", kind=kind, reason=reason)
        for name, kind, reason in (
            ("dose", "default", "a published dose"),
            ("interval_days", "inferred", "every two weeks"),
        )
    )
    plan = plan_activities(base.model_copy(update={"sources": sources}))
    first = next(one for one in plan.visits if one.study_day == 1)
    [because] = [one.because for one in first.planned if one.activity == "a"]
    assert because.kind == "default"
    assert "dose, default: a published dose; days, inferred: every two weeks" in str(because)


@pytest.mark.parametrize(
    ("conditions", "scans"),
    [(("Acute Myeloid Leukemia", "MDS"), False), (("Multiple Myeloma",), False),
     (("Leukemia", "Lymphoma"), True), (("CLL",), True), (("Gastric Cancer",), True)],
)  # fmt: skip
def test_blood_cancers_have_no_scans(conditions, scans):
    base = protocol(
        Component(id="x", name="X", interval_days=21), population=Population(conditions=conditions)
    )
    plan = plan_activities(base, weeks=9)
    assert any(one.id == "W8" for one in plan.visits) is scans
    assert any("SA-09" in note for note in plan.notes) is not scans


@pytest.mark.parametrize(
    ("title", "markers"),
    [("CD22 Redirected T Cells", False), ("Delivery to Mobile Patients, Corrected", False),
     ("Cancer of the Rectum", True), ("Colorectal Cancer", True), ("Bile Duct Cancer", True),
     ("Gastroesophageal Junction", True)],
)  # fmt: skip
def test_digestive_tumours_are_told_by_words(title, markers):
    base = protocol(Component(id="x", name="X", interval_days=21))
    plan = plan_activities(base.model_copy(update={"title": title}))
    assert any(one.id == "usual.markers" for one in plan.activities) is markers


def test_arms_are_told_apart():
    drugs = (
        Component(id="x", name="X", interval_days=21),
        Component(id="y", name="Y", interval_days=21),
    )
    arms = (Arm(id="A", name="Arm A", components=("x",)),
            Arm(id="B", name="Arm B", components=("x", "y")))  # fmt: skip
    plan = plan_activities(protocol(*drugs, arms=arms))
    assert [one.name for one in plan.activities[:2]] == ["X", "Y (only Arm B)"]
    assert any("those of one arm" in note for note in plan.notes)
    unclear = plan_activities(protocol(*drugs, arms=(Arm(id="A", name="A"), Arm(id="B", name="B"))))
    assert "arms" in {one.path for one in unclear.missing}


def test_without_cycles_what_waits_for_them_is_open():
    plan = plan_activities(protocol(Component(id="x", name="X", interval_days=21)))
    [missing] = [one for one in plan.missing if one.path == "treatment.cycle_length_days"]
    assert "Urine protein" in missing.message


def test_an_end_that_is_open_is_not_the_first_of_the_regimen():
    plan = plan_activities(protocol(Component(id="x", name="X", interval_days=21)))
    [end] = [one for one in plan.visits if one.id == "EOT"]
    assert "what ends it is open" in str(end.because)


def test_a_visit_is_never_so_early_that_it_passes_the_one_before():
    drugs = (Component(id="x", name="X", interval_days=21),
             Component(id="h", name="H", kind="procedure", days_in_cycle=(2, 3), cycle_length_days=21))  # fmt: skip
    plan = plan_activities(protocol(*drugs), weeks=5)
    windows = {one.id: one.window_words() for one in plan.visits}
    assert windows["C1D2"] == windows["C2D2"] == "0 to +3"
    assert windows["C2D1"] == "±3"


def with_default_scans(*kinds_and_measures):
    """A drug every 21 days; the interval of scans is a default that nobody asked for."""
    ends = tuple(
        EndpointDefinition(id=f"E{n}", kind=kind, role="secondary", measure=measure)
        for n, (kind, measure) in enumerate(kinds_and_measures)
    )
    made = protocol(Component(id="x", name="X", interval_days=21), endpoints=ends)
    sources = tuple(
        one.model_copy(update={"kind": "default", "reason": "advanced disease"})
        if one.path == "response.interval_weeks"
        else one
        for one in made.sources
    )
    return made.model_copy(update={"sources": sources})


@pytest.mark.parametrize(
    ("kind", "measure", "scans"),
    [
        ("ORR", "Objective response rate", True),
        ("PFS", "Progression free survival", True),
        ("TTP", "Time to progression", True),
        ("LOCAL_CONTROL", "Local control", True),
        ("DFS", "Disease free survival", True),
        ("QOL", "Erectile function by questionnaire", False),
        ("OS", "Overall survival", False),
        ("PFS", "Biochemical progression free survival", False),
        ("TTP", "Time to local recurrence", False),
        ("RFS", "Metastasis-free survival and time to PSA progression", True),
    ],
)
def test_scans_are_planned_where_an_endpoint_is_read_from_them(kind, measure, scans):
    made = with_default_scans((kind, measure), ("AE", "Toxicity"))
    plan = plan_activities(made, weeks=9)
    assert any(one.id == "W8" for one in plan.visits) is scans
    scanned = [one.mark for v in plan.visits for one in v.planned if one.activity == "usual.scan"]
    assert bool(scanned) is scans
    assert any("no endpoint is read from scans" in note for note in plan.notes) is not scans
    # An interval that a person gives is planned whatever the endpoints are.
    asked = plan_activities(tw.settle(made, {"response.interval_weeks": 6}), weeks=9)
    assert any(one.id == "W6" for one in asked.visits)


def test_nothing_is_said_of_doses_and_scans_that_there_are_not():
    undated = Component(id="x", name="X")
    plan = plan_activities(protocol(undated))
    assert "Scans are laid out until study day 169." in plan.notes
    base = with_default_scans(("QOL", "Quality of life"))
    bare = plan_activities(base.model_copy(update={"regimen": (undated,)}))
    assert not any("laid out" in note or "Scans keep" in note for note in bare.notes)
    only = plan_activities(base, weeks=3)
    assert any(note.startswith("Doses are laid out until study day 22") for note in only.notes)


def test_the_legend_names_visits_that_there_are():
    drug = Component(id="x", name="X", interval_days=21)
    plan = plan_activities(protocol(drug, treatment=TreatmentPlan(cycle_length_days=21)), weeks=9)
    legend = activity_table(plan).footnotes[0]
    there = {one.id for one in plan.visits}
    named = [one.partition(":")[0] for one in legend.rstrip(".").split("; ")]
    assert set(named) - {"X"} <= there
    assert {"SCR", "C1D1", "W8", "EOT", "FU30", "SURV"} <= set(named)
    bare = plan_activities(with_default_scans(("QOL", "Q")).model_copy(update={"regimen": ()}))
    assert "W8" not in activity_table(bare).footnotes[0]
    assert "C1D1" not in activity_table(bare).footnotes[0]


def test_follow_up_is_named_and_dated_by_the_last_dose():
    plan = plan_activities(protocol(Component(id="x", name="X", interval_days=21)))
    [safety] = [one for one in plan.visits if one.id == "FU30"]
    assert safety.name == "Safety, 30 days after the last dose"
    assert safety.day_words() == "+30 after last dose"
