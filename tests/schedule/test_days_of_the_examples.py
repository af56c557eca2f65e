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


def events_of(plan, starts, **more):
    return Calendar.from_ical(calendar_bytes(plan, starts, **more)).walk("VEVENT")


@pytest.mark.parametrize(
    ("number", "scan", "day", "window"),
    [
        ("000", "W8", date(2026, 3, 2), "2026-02-23 to 2026-03-09"),
        ("002", "W9", date(2026, 3, 9), "2026-03-02 to 2026-03-16"),
        ("003", "W6", date(2026, 2, 16), "2026-02-09 to 2026-02-23"),
    ],
)
def test_the_calendar_reads_back(number, scan, day, window):
    """From 5 January: 8 weeks are 56 days, 2 March; 9 are 63, 9 March; 6 are 42, 16 February."""
    plan = plan_activities(settled(number))
    starts = {"first_treatment": START}
    data = calendar_bytes(plan, starts)
    assert data == calendar_bytes(plan, starts)
    assert all(len(line) <= 75 for line in data.split(b"\r\n"))
    events = Calendar.from_ical(data).walk("VEVENT")
    doses = {one.id for one in plan.activities if one.component}
    given = [[one for one in v.planned if one.activity in doses] for v in plan.visits]
    dated = [len(one) for v, one in zip(plan.visits, given, strict=True)
             if v.anchor == "first_treatment"]  # fmt: skip
    assert len(events) == sum(max(1, one) for one in dated)
    assert len({str(one["UID"]) for one in events}) == len(events)
    first = {str(one["SUMMARY"]).partition(":")[0]: one for one in events}
    assert first["SCR"]["DTSTART"].dt == date(2025, 12, 8)
    assert first["SCR"]["DTEND"].dt == START
    assert first[scan]["DTSTART"].dt == day
    assert f"Window: {window}" in str(first[scan]["DESCRIPTION"])
    assert all(type(one["DTSTART"].dt) is date for one in events)
    assert {one["DTSTAMP"].dt.date() for one in events} == {START}


def test_scans_fall_on_whole_cycles_of_three_weeks():
    """002: every 63 days. 003: every 42 days to week 24, then every 63: weeks 33 and 42."""
    two = plan_activities(settled("002"), weeks=36)
    assert days(two, "usual.scan")[1:5] == [64, 127, 190, 253]
    three = plan_activities(settled("003"), weeks=45)
    assert days(three, "usual.scan")[1:7] == [43, 85, 127, 169, 232, 295]


def test_a_moved_session_replaces_the_dosing_days_it_moved():
    """Camrelizumab 2 of 002 moves from day 29, 2 February, to 25 + 7 = 32, 5 February."""
    starts = {"first_treatment": START}
    before = plan_activities(settled("002"), weeks=9)
    after = plan_activities(settled("002"), 9, {"microwave_ablation": [1, 25]})
    old = {str(one["UID"]): one for one in events_of(before, starts, subject="01-004")}
    new = {str(one["UID"]): one for one in events_of(after, starts, subject="01-004", sequence=1)}
    assert set(old) < set(new)
    moved = {
        uid: (old[uid]["DTSTART"].dt, new[uid]["DTSTART"].dt)
        for uid in old
        if old[uid]["DTSTART"].dt != new[uid]["DTSTART"].dt
    }
    second = (date(2026, 2, 2), date(2026, 2, 5))
    assert sorted(moved.values())[:2] == [second, second]
    told = {str(old[uid]["SUMMARY"]).partition(": ")[2] for uid in moved}
    assert {"Camrelizumab 200 mg", "chemotherapy"} <= told
    assert {one["SEQUENCE"] for one in old.values()} == {0}
    assert {one["SEQUENCE"] for one in new.values()} == {1}


def test_a_moved_start_of_one_patient_moves_every_event():
    plan = plan_activities(settled("003"))
    later = {"first_treatment": date(2026, 1, 12)}
    first = events_of(plan, {"first_treatment": START}, subject="01-004")
    second = events_of(plan, later, subject="01-004", sequence=2)
    assert [one["UID"] for one in first] == [one["UID"] for one in second]
    gaps = {b["DTSTART"].dt - a["DTSTART"].dt for a, b in zip(first, second, strict=True)}
    assert [one.days for one in gaps] == [7]


def test_two_patients_share_no_event_when_they_are_named():
    plan, starts = plan_activities(settled("000")), {"first_treatment": START}
    one, other = (events_of(plan, starts, subject=name) for name in ("01-004", "01-005"))
    nobody = events_of(plan, starts)
    known = [{str(event["UID"]) for event in events} for events in (one, other, nobody)]
    assert not known[0] & known[1]
    assert not known[2] & (known[0] | known[1])
    assert all(str(event["SUMMARY"]).startswith("01-004, ") for event in one)
    assert not any("No subject is named" in str(event["DESCRIPTION"]) for event in one)
    assert all("No subject is named" in str(event["DESCRIPTION"]) for event in nobody)


@pytest.mark.parametrize(
    "wrong", [{"subject": " "}, {"subject": "a\nb"}, {"subject": ""}, {"sequence": -1}]
)
def test_a_subject_or_sequence_that_is_none_is_refused(wrong):
    plan = plan_activities(settled("000"))
    with pytest.raises(tw.TrialwrightError, match="calendar"):
        calendar_bytes(plan, {"first_treatment": START}, **wrong)


def test_an_infusion_without_a_number_of_cycles_says_so():
    """003 gives no number and its reasons to end are a default; 000 says until progression."""
    [told] = [one for one in plan_activities(settled("003")).missing if "n_cycles" in one.path]
    assert told.path == "regimen.haic.n_cycles"
    assert "no number of cycles is given" in told.message
    assert not [one for one in plan_activities(settled("000")).missing if "n_cycles" in one.path]
    eight = tw.settle(settled("003"), {"regimen.haic.n_cycles": 6})
    plan = plan_activities(eight)
    assert days(plan, "haic") == [2, 23, 44, 65, 86, 107]
    assert not [one for one in plan.missing if "n_cycles" in one.path]


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
