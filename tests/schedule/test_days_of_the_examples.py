"""Day numbers of the three example trials, worked out by hand; first treatment is day 1."""

from __future__ import annotations

from datetime import date
from functools import cache
from pathlib import Path

import pytest
from icalendar import Calendar

import trialwright as tw
from trialwright.exchange.ics import calendar_bytes
from trialwright.schedule.activities import plan_activities
from trialwright.schedule.table import activity_table, schedule_tables

RECORDS = Path(__file__).parents[2] / "examples/records"
START = date(2026, 1, 5)


@cache
def settled(number):
    draft = tw.draft_protocol(tw.read_record(next(RECORDS.glob(f"{number}_*.txt"))))
    base = draft.protocol.model_copy(update={"id": f"TRIAL-{number}"})
    values = {
        "000": {"regimen.regorafenib.days_in_cycle": list(range(1, 22)),
                "regimen.serplulimab.interval_days": 14,
                "regimen.hepatic_artery_bicarbonate_infusion.interval_days": 28},
        "002": {"regimen.camrelizumab.interval_days": 21,
                "regimen.microwave_ablation.repeated": True},
        "003": {"regimen.haic.days_in_cycle": [2, 3], "regimen.haic.cycle_length_days": 21,
                "regimen.bevacizumab.interval_days": 21, "regimen.camrelizumab.interval_days": 21},
    }  # fmt: skip
    decided = tw.settle(base, values[number])
    return tw.accept_defaults(decided, draft.findings)


def days(plan, component):
    """Study days on which a component begins."""
    return [
        visit.study_day
        for visit in plan.visits
        if component in {one.activity for one in visit.planned}
    ]


def visit(plan, name):
    return next(one for one in plan.visits if one.id == name)


def test_three_clocks_of_infusion_antibody_and_tablets():
    plan = plan_activities(settled("000"))
    assert days(plan, "serplulimab")[:6] == [1, 15, 29, 43, 57, 71]
    assert days(plan, "regorafenib")[:4] == [1, 29, 57, 85]
    assert days(plan, "hepatic_artery_bicarbonate_infusion")[:4] == [1, 29, 57, 85]
    assert days(plan, "usual.scan")[1:4] == [57, 113, 169]
    assert [one.study_day for one in plan.visits if "after the procedure" in one.name][:2] == [
        8,
        36,
    ]
    marks = {one.activity: one.mark for one in visit(plan, "C1D1").planned}
    assert marks["regorafenib"].endswith("for 21 days")
    assert visit(plan, "C1D15").late == 2
    assert visit(plan, "W8").early == visit(plan, "W8").late == 7


def test_drugs_follow_an_ablation_by_a_week():
    plan = plan_activities(settled("002"))
    assert days(plan, "microwave_ablation") == [1]
    assert days(plan, "camrelizumab")[:4] == [8, 29, 50, 71]
    assert days(plan, "chemotherapy")[:3] == [8, 29, 50]
    assert visit(plan, "C1D1").study_day == 8
    local = visit(plan, "LOC")
    assert (local.study_day - local.early, local.study_day + local.late) == (29, 43)
    paths = {one.path for one in plan.missing}
    assert "regimen.microwave_ablation.repeated" in paths
    assert "regimen.chemotherapy.interval_days" in paths


def test_a_later_session_pushes_the_drugs_behind_it():
    """Due is the later of last dose + 21 days and session + 7 days: 8, 29, then 45 + 7 = 52."""
    plan = plan_activities(settled("002"), sessions={"microwave_ablation": [1, 22, 45]})
    assert days(plan, "microwave_ablation") == [1, 22, 45]
    assert days(plan, "camrelizumab")[:4] == [8, 29, 52, 73]
    source = visit(plan, "C1D1").planned[0].because
    assert source.kind in {"record", "user"}


def test_the_infusion_has_days_of_its_own_in_each_cycle():
    plan = plan_activities(settled("003"))
    assert days(plan, "bevacizumab")[:3] == days(plan, "camrelizumab")[:3] == [1, 22, 43]
    assert days(plan, "haic")[:3] == [2, 23, 44]
    assert visit(plan, "C1D2").days == 2
    assert [one.study_day for one in plan.visits if "after the procedure" in one.name][:2] == [
        10,
        31,
    ]


@pytest.mark.parametrize("number", ["000", "002", "003"])
def test_follow_up_counts_from_the_end_of_treatment(number):
    plan = plan_activities(settled(number))
    after = {one.id: one.offset for one in plan.visits if one.anchor == "end_of_treatment"}
    assert after == {"EOT": 0, "FU30": 30, "FU90": 90, "SURV": 182}
    assert visit(plan, "SCR").day_words() == "-28 to -1"
    assert plan.open_ended


@pytest.mark.parametrize("number", ["000", "002", "003"])
def test_everything_planned_says_why(number):
    plan = plan_activities(settled(number))
    for one in plan.visits:
        assert one.because.reason
        for planned in one.planned:
            assert planned.because.kind in {"record", "inferred", "default", "user"}
            assert planned.because.reason
    kinds = {one.because.kind for v in plan.visits for one in v.planned if "usual." in one.activity}
    assert kinds == {"default"}


def test_an_unsettled_protocol_says_what_is_missing():
    draft = tw.draft_protocol(tw.read_record(next(RECORDS.glob("003_*.txt"))))
    empty = [
        one.model_copy(update={"interval_days": None, "days_in_cycle": None, "frequency": None})
        for one in draft.protocol.regimen
    ]
    plan = plan_activities(draft.protocol.model_copy(update={"regimen": tuple(empty)}))
    paths = {one.path for one in plan.missing}
    assert {"regimen.haic", "regimen.camrelizumab", "response.interval_weeks",
            "safety.te_window_days"} <= paths  # fmt: skip
    assert not [one for one in plan.visits if one.epoch == "treatment"]


@pytest.mark.parametrize("number", ["000", "002", "003"])
def test_the_calendar_reads_back(number):
    plan = plan_activities(settled(number))
    starts = {"first_treatment": START}
    data = calendar_bytes(plan, starts)
    assert data == calendar_bytes(plan, starts)
    assert all(len(line) <= 75 for line in data.split(b"\r\n"))
    events = Calendar.from_ical(data).walk("VEVENT")
    assert len(events) == sum(one.anchor == "first_treatment" for one in plan.visits)
    assert len({str(one["UID"]) for one in events}) == len(events)
    first = {str(one["SUMMARY"]).partition(":")[0]: one for one in events}
    assert first["SCR"]["DTSTART"].dt == date(2025, 12, 8)
    assert first["SCR"]["DTEND"].dt == START
    assert first["W8"]["DTSTART"].dt == date(2026, 3, 2)
    assert "Window: 2026-02-23 to 2026-03-09" in str(first["W8"]["DESCRIPTION"])
    assert all(type(one["DTSTART"].dt) is date for one in events)
    assert {one["DTSTAMP"].dt.date() for one in events} == {START}


def test_a_stay_of_two_days_is_one_event_of_two_days():
    plan = plan_activities(settled("003"))
    events = Calendar.from_ical(calendar_bytes(plan, {"first_treatment": START})).walk("VEVENT")
    stay = next(one for one in events if str(one["SUMMARY"]).startswith("C1D2:"))
    assert (stay["DTSTART"].dt, stay["DTEND"].dt) == (date(2026, 1, 6), date(2026, 1, 8))


def test_follow_up_gets_dates_once_treatment_has_ended():
    plan = plan_activities(settled("000"))
    starts = {"first_treatment": START, "end_of_treatment": date(2026, 6, 1)}
    events = Calendar.from_ical(calendar_bytes(plan, starts)).walk("VEVENT")
    found = {str(one["SUMMARY"]).partition(":")[0]: one["DTSTART"].dt for one in events}
    assert found["FU30"] == date(2026, 7, 1)
    assert found["FU90"] == date(2026, 8, 30)


def test_visits_with_the_same_content_share_a_column():
    plan = plan_activities(settled("000"))
    table = activity_table(plan)
    assert "C1D15, C2D15, C3D15 ... C6D15" in table.columns
    assert all(len(row) == len(table.columns) for row in table.rows)
    activities, visits = schedule_tables(plan, {"first_treatment": START})
    assert len(visits.rows) == len(plan.visits)
    assert activities == table
