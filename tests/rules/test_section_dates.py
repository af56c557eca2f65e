"""Dates, rules D-01 to D-08, from text to derived data; every value was worked by hand.

Day 0 is 2024-01-01, a leap year: d31 is 1 February, d59 is 29 February, d60 is 1 March.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from support.courses import course
from support.derived import DAY_ZERO, Derived
from support.readings import Reading, days_from_start, read, read_one
from support.rules import protocol
from support.trial import Patient, on, sdtm_of
from trialwright.adam.time_checks import time_queries
from trialwright.core.format import months
from trialwright.protocol.settled import settled_analysis, settled_response
from trialwright.safety.dates import impute_end, impute_start
from trialwright.subjects.milestones import Milestones
from trialwright.timetoevent.all_times import with_all_times

CUTOFF = {"analysis__data_cutoff": on(400)}
NACT = {"CMTRT": "OTHER", "CMCAT": "SUBSEQUENT CANCER THERAPY"}


def person(last_scan: int = 40, **more: int) -> Patient:
    """Last known alive on the day of the only scan."""
    return Patient(**more).target("T01", "LIVER", 40).scan(last_scan, {"T01": 40})


def milestones(one: Patient, cutoff: int = 400) -> tuple[dict[str, object], str]:
    """Dates as days, and what was said."""
    found = Derived(sdtm_of(one), analysis__data_cutoff=on(cutoff))
    row = found.milestones.frame.row(0, named=True)
    days = {k: v - DAY_ZERO if isinstance(v, int) else v for k, v in row.items()}
    return days, told(found.milestones)


def told(made: Milestones) -> str:
    """Rule, severity and message of every query."""
    rows = [row for frame in made.queries for row in frame.to_dicts()]
    return "\n".join(f"{r['RULEID']} {r['SEVERITY']}: {r['MESSAGE']}" for r in rows)


# ------------------------------------------------------------------------------ D-01 to D-03


def test_d01_one_day_is_added_and_months_are_30_4375_days():
    """D-01: enrolment d-3, PD d112: 116 days, 3.8 months; without the option 115 days."""
    one = course("SD 56,PD 112")
    assert read_one(one).rows("ADTTE", "PFS")[0]["AVAL"] == 116
    assert read_one(one, analysis__plus_one_day=False).rows("ADTTE", "PFS")[0]["AVAL"] == 115
    assert months(116) == "3.8"


def test_d01_a_date_before_the_origin_is_floored_and_listed():
    """D-01: death d20, enrolment d30: times of 1 day, an error for each of them."""
    made = read_one(person(10, enrolled_day=30).dies(20))
    for paramcd in ("PFS", "OS"):
        (row,) = made.rows("ADTTE", paramcd)
        assert (row["AVAL"], row["CNSR"], days_from_start(row["ADT"])) == (1, 0, 30)
        assert f"error: Death lies before the origin of {paramcd}" in made.said("D-01")


def test_d01_progression_before_the_origin_is_no_event_and_is_listed():
    """D-01, C-18: PD d56, enrolment d80, SD d112: censored on d112, and an error."""
    progressed = Patient(enrolled_day=80).target("T01", "LIVER", 40).scan(56, {"T01": 60})
    made = read_one(progressed.scan(112, {"T01": 40}))
    (row,) = made.rows("ADTTE", "PFS")
    assert (row["CNSR"], days_from_start(row["ADT"])) == (1, 112)
    assert "error: Progression is dated before the origin of PFS" in made.said("D-01")
    assert "Progression" not in read_one(person(56).scan(112, {"T01": 60})).said("D-01")


def test_d02_there_is_no_day_0():
    """D-02: the day before the first dose is -1, the first dose is day 1, d56 is day 57."""
    found = read({"P1": person(56, baseline_day=-1)})["P1"]
    rows = {row["AVISITN"]: row["ADY"] for row in found.rows("ADTR", "SUMDIAM")}
    assert rows == {0: -1, 1: 57}
    on_the_day = read({"P1": person(56, baseline_day=0)})["P1"]
    assert on_the_day.rows("ADTR", "SUMDIAM")[0]["ADY"] == 1


def test_d03_enrolment_is_not_consent():
    """D-03: eligibility met d-3 counts, consent d-20 does not; without it consent does, flagged."""
    one = person().add("DM", RFICDTC=on(-20))
    assert milestones(one)[0]["ENRLDT"] == -3
    one.enrolled_day = None
    found, said = milestones(one)
    assert found["ENRLDT"] == -20
    assert "D-03 warning: Enrolment date is the consent date" in said


# ------------------------------------------------------------------------------ D-04


@pytest.mark.parametrize(
    ("text", "end", "expected"),
    [
        ("2024-02", None, (31, "D")),
        ("2024-01", None, (4, "D")),
        ("2024-01", 2, (0, "D")),
        ("2024", None, (4, "M")),
        ("2023", None, (-365, "M")),
        ("", None, (4, "Y")),
        ("", 3, (None, "")),
        ("2024-02-29", None, (59, "")),
    ],
)
def test_d04_start_of_an_adverse_event(text, end, expected):
    """D-04: first dose d4; the first day allowed, the first dose in its own month or year."""
    day, flag = impute_start(text, DAY_ZERO + 4, None if end is None else DAY_ZERO + end)
    assert (None if day is None else day - DAY_ZERO, flag) == expected


@pytest.mark.parametrize(
    ("text", "death", "expected"),
    [
        ("2024-02", None, (59, "D")),
        ("2023-02", None, (-307, "D")),
        ("2024", None, (90, "M")),
        ("2024", 70, (70, "M")),
        ("2024-03", 70, (70, "D")),
        ("2024-05", None, (None, "")),
    ],
)
def test_d04_end_of_an_adverse_event(text, death, expected):
    """D-04, cut-off d90: last day of the month (29 February 2024, 28 February 2023) or the year."""
    dead = None if death is None else DAY_ZERO + death
    day, flag = impute_end(text, DAY_ZERO + 90, dead)
    assert (None if day is None else day - DAY_ZERO, flag) == expected


# ------------------------------------------------------------------------------ D-05


@pytest.mark.parametrize(
    ("text", "alive", "expected"),
    [
        ("2024-02", 40, (41, "D")),
        ("2024-02", 59, (59, "D")),
        ("2024-02", 58, (59, "D")),
        ("2024-03", 40, (60, "D")),
        ("2024", 40, (41, "M")),
        ("2025", 40, (366, "M")),
        ("2024-02-29", 40, (59, None)),
    ],
)
def test_d05_partial_death(text, alive, expected):
    """D-05: the day after last known alive, from the first to the last day that the text allows."""
    found, said = milestones(person(alive).add("DM", DTHDTC=text))
    assert (found["DTHDT"], found["DTHDTF"]) == expected
    assert ("D-05 warning: The partial date of death" in said) is (expected[1] is not None)


@pytest.mark.parametrize(("text", "alive"), [("2024-01", 40), ("2023", 40), ("2024-01", 31)])
def test_d05_alive_after_the_stated_month_is_an_error_and_no_event(text, alive):
    """D-05: not imputed: censored alive, with a query that is an error."""
    found, said = milestones(person(alive).add("DM", DTHDTC=text))
    assert (found["DTHDT"], found["LSTALVDT"]) == (None, alive)
    assert f'D-05 error: The partial date of death "{text}" is not imputed' in said
    assert f"known alive on {on(alive)}" in said


def test_d05_a_month_that_holds_the_cutoff():
    """D-05: last alive on the cut-off d45: death could only follow it; one day earlier it fits."""
    found, said = milestones(person(45).add("DM", DTHDTC="2024-02"), cutoff=45)
    assert (found["DTHDT"], found["LSTALVDT"]) == (None, 45)
    assert "D-05 error" in said
    assert "only lie after the data cut-off" in said
    found, said = milestones(person(44).add("DM", DTHDTC="2024-02"), cutoff=45)
    assert (found["DTHDT"], found["DTHDTF"]) == (45, "D")


def test_d05_d08_a_month_behind_the_cutoff_has_not_come():
    """D-05, D-08: death in March, or in February and alive after the cut-off d45: alive on d45."""
    for one in (
        person(40).add("DM", DTHDTC="2024-03"),
        person(50).add("DM", DTHDTC="2024-02"),
    ):
        found, said = milestones(one, cutoff=45)
        assert (found["DTHDT"], found["LSTALVDT"]) == (None, 45)
        assert "D-05" not in said


def test_d05_without_any_evidence_of_life():
    """D-05: first of the month, not before the origin; the origin here is evidence itself (d-3)."""
    bare = Patient(dose_day=None, enrolled_day=40)
    bare.add("DM", DTHDTC="2024-02")
    other = person()
    other.name = "P2"
    made = Derived(sdtm_of([bare, other]), analysis__data_cutoff=on(400))
    assert made.milestones.frame["DTHDT"][0] - DAY_ZERO == 41


# ------------------------------------------------------------------------------ D-06


@pytest.mark.parametrize(
    ("text", "last_dose", "expected"),
    [
        ("2024-03", 20, (60, "D")),
        ("2024-02", 50, (51, "D")),
        ("2024-02", 59, (59, "D")),
        ("2024-02", 58, (59, "D")),
        ("2024-02", 90, (59, "D")),
        ("2024", 20, (21, "M")),
        ("2025", 20, (366, "M")),
        ("2024-02-29", 90, (59, None)),
    ],
)
def test_d06_partial_new_therapy(text, last_dose, expected):
    """D-06: first of the month or 1 January, after the last dose, never after the last day."""
    one = person().add("EX", EXTRT="DRUG", EXSTDTC=on(0), EXENDTC=on(last_dose))
    found, said = milestones(one.add("CM", CMSTDTC=text, **NACT))
    assert (found["NACTDT"], found["NACTDTF"]) == expected
    assert ("D-06 warning: Start of new anticancer therapy was imputed" in said) is (
        expected[1] is not None
    )


def test_d06_doses_after_the_cutoff_do_not_move_the_start():
    """D-06: last dose d70, cut-off d65: last dose counts as d65, so March begins on d66: behind."""
    one = person().add("EX", EXTRT="DRUG", EXSTDTC=on(0), EXENDTC=on(70))
    found, said = milestones(one.add("CM", CMSTDTC="2024-03", **NACT), cutoff=65)
    assert found["NACTDT"] is None
    assert "D-06 warning: The partial start of new anticancer therapy falls after" in said


def test_d06_the_earliest_of_several_starts():
    """D-06: a complete start on d75 comes before one imputed to d91."""
    one = person().add("CM", CMSTDTC="2024-04", **NACT).add("CM", CMSTDTC=on(75), **NACT)
    found, _ = milestones(one)
    assert (found["NACTDT"], found["NACTDTF"], found["NACTSEQ"]) == (75, None, "2")


def test_d06_a_partial_dose_is_never_imputed():
    """D-06: dosing dates are not imputed: the last dose stays the last complete one."""
    one = person().add("EX", EXTRT="DRUG", EXSTDTC=on(0)).add("EX", EXTRT="DRUG", EXSTDTC="2024-02")
    assert milestones(one)[0]["TRTEDT"] == 0


# ------------------------------------------------------------------------------ D-07


ALIVE = {"SSTESTCD": "SURVSTAT", "SSSTRESC": "ALIVE"}


@pytest.mark.parametrize(
    ("domain", "record", "expected"),
    [
        ("SS", ALIVE | {"SSDTC": on(70)}, 70),
        ("SS", {"SSTESTCD": "SURVSTAT", "SSSTRESC": "UNKNOWN", "SSDTC": on(70)}, 40),
        ("LB", {"LBTESTCD": "ALT", "LBDTC": on(70)}, 70),
        ("LB", {"LBTESTCD": "ALT", "LBDTC": on(70), "LBSTAT": "NOT DONE"}, 40),
        ("SV", {"VISITNUM": "9", "SVSTDTC": on(70)}, 70),
        ("SV", {"VISITNUM": "9", "SVSTDTC": on(70), "SVOCCUR": "N"}, 40),
        ("EX", {"EXTRT": "DRUG", "EXSTDTC": on(70)}, 70),
        ("EX", {"EXTRT": "DRUG", "EXDOSE": "0", "EXSTDTC": on(70)}, 40),
        ("PR", {"PRTRT": "BIOPSY", "PRSTDTC": on(70)}, 70),
        ("CM", {"CMTRT": "PAIN KILLER", "CMSTDTC": on(70)}, 70),
        ("CM", {"CMTRT": "PAIN KILLER", "CMSTDTC": "2024-03"}, 40),
        ("AE", {"AETERM": "Rash", "AESTDTC": on(70)}, 70),
        ("AE", {"AETERM": "Rash", "AESTDTC": on(30), "AEENDTC": on(70)}, 40),
        ("DS", {"DSDECOD": "ADVERSE EVENT", "DSSCAT": "STUDY TREATMENT", "DSSTDTC": on(70)}, 70),
        ("DS", {"DSDECOD": "LOST TO FOLLOW-UP", "DSSTDTC": on(70)}, 40),
    ],
)  # fmt: skip
def test_d07_what_proves_life(domain, record, expected):
    """D-07: what was done or told on a complete date; nothing planned, not done or imputed."""
    assert milestones(person().add(domain, **record))[0]["LSTALVDT"] == expected


def test_d07_a_scan_that_cannot_be_read_proves_life():
    """D-07: every lesion not evaluable on d70: the patient was scanned on that day."""
    assert milestones(person().scan(70, {"T01": "NE"}))[0]["LSTALVDT"] == 70


def test_d07_an_early_contact_is_replaced_and_queried():
    """D-07: last contact d30, scan d40: the scan counts. On d40, or in the dead: no query."""
    found, said = milestones(person().add("SS", SSDTC=on(30), **ALIVE))
    assert (found["LSTALVDT"], found["ALVDOM"]) == (40, "TR")
    assert "D-07 note: The last survival contact lies before later evidence" in said
    assert "D-07" not in milestones(person().add("SS", SSDTC=on(40), **ALIVE))[1]
    dead = milestones(person().add("SS", SSDTC=on(30), **ALIVE).dies(50))[1]
    assert "D-07" not in dead


def test_d07_is_not_later_than_death():
    """D-07, R-143: a sample on d90 and death on d80: alive until d80 at most, an error."""
    found, said = milestones(person().dies(80).add("LB", LBTESTCD="ALT", LBDTC=on(90)))
    assert (found["LSTALVDT"], found["DTHDT"]) == (80, 80)
    assert "R-143 error: Records are dated after the date of death" in said


# ------------------------------------------------------------------------------ D-08


def test_d08_records_after_the_cutoff_only_prove_life():
    """D-08: PD d112, cut-off d100: censored at the scan of d56, not at d100; alive on d100."""
    made = read_one(course("SD 56,PD 112"), analysis__data_cutoff=on(100))
    assert made.time("PFS")[1:] == (56, False)
    assert made.time("OS")[1:] == (100, False)
    assert {rule for _, _, rule in made.unused} == {"D-08"}


def test_d08_a_scan_over_the_cutoff_keeps_its_earlier_half():
    """D-08: T01 read d98, T02 read d102, cut-off d100: T02 is not evaluable, so the sum is not."""
    one = Patient().target("T01", "LIVER", 40).target("T02", "LUNG", 40)
    one.scan(56, {"T01": 40, "T02": 40})
    one.scan(98, {"T01": 40}, visit=3).scan(102, {"T02": 40}, visit=3)
    assert read_one(one).responses == ["SD", "SD"]
    assert read_one(one, analysis__data_cutoff=on(100)).responses == ["SD", "NE"]


# ------------------------------------------------------------------------------ cross-checks


def contradictions() -> dict[str, Patient]:
    """A patient for each contradiction, and one without any."""
    dosed = course("SD 56").add("EX", EXTRT="DRUG", EXSTDTC=on(0))
    early = {"DSDECOD": "OTHER", "DSSCAT": "STUDY TREATMENT", "DSSTDTC": on(-2)}
    late = course("PR 56,PR 112")
    late.enrolled_day = 70
    return {
        "clean": course("SD 56"),
        "scan": course("SD 56,PD 112").dies(80),
        "dose": dosed.add("EX", EXTRT="DRUG", EXSTDTC=on(90)).dies(80),
        "late therapy": course("SD 56").add("CM", CMSTDTC=on(90), **NACT).dies(80),
        "early therapy": course("SD 56").add("CM", CMSTDTC=on(-20), **NACT),
        "stopped": course("SD 56").add("DS", **early),
        "consent": course("SD 56").add("DM", RFICDTC=on(5)),
        "response after death": course("PR 56,PR 112").dies(40),
        "response before the origin": late,
    }


@pytest.fixture(scope="module")
def contradicting() -> dict[str, Reading]:
    return read(contradictions(), **CUTOFF)


@pytest.mark.parametrize(
    ("name", "rule", "words"),
    [
        ("scan", "R-143", "A scan is dated after death"),
        ("dose", "R-143", "Treatment is dated after death"),
        ("late therapy", "C-04", "New anticancer therapy is dated after death"),
        ("early therapy", "C-04", "New anticancer therapy is dated before the start of the trial"),
        ("stopped", "D-02", "Treatment was stopped before it began"),
        ("consent", "D-03", "Consent is dated after enrolment"),
        ("response after death", "R-073", "The response starts after death"),
        ("response before the origin", "E-05", "The response starts before the origin of PFS"),
    ],
)
def test_dates_that_contradict_each_other_are_errors(name, rule, words, contradicting):
    """R-143, R-073, C-04, D-02, D-03, E-05: checked in every derivation."""
    assert f"error: {words}" in contradicting[name].said(rule)
    assert "error" not in {q["SEVERITY"] for q in contradicting["clean"].queries}


@pytest.mark.parametrize(
    ("days", "rule", "words"),
    [
        ({"PFS": 90}, "C-20", "The event of PFS lies after death"),
        ({"PFS": 90, "alive": 80}, "C-20", "The event of PFS lies after the last day known alive"),
        ({"TTP": 401}, "D-08", "A time to event ends after the data cut-off"),
        ({"PFSNACT": 401}, "D-08", "A time to event ends after the data cut-off"),
        ({"PFS": 80}, "", ""),
        ({"PFSSCHD": 401}, "", ""),
    ],
)
def test_times_that_contradict_each_other_are_errors(days, rule, words):
    """C-20: PFS is never longer than survival; D-08: nothing ends after the cut-off but C-13.

    The engine cannot produce these ends, so they are put into its decisions: death d80.
    """
    settled = protocol(**CUTOFF)
    found = Derived(sdtm_of(course("SD 56").dies(80)), **CUTOFF)
    rules = settled_response(settled), settled_analysis(settled)
    decisions = with_all_times(settled, found.decisions, found.milestones.frame, rules)
    times = dict(decisions.times)
    for paramcd, day in days.items():
        if paramcd != "alive":
            end = np.array([DAY_ZERO + day], np.int32)
            times[paramcd] = replace(times[paramcd], day=end, event=np.array([True]))
        else:
            times["OS"] = replace(times["OS"], event=np.array([False]))
    frames = time_queries(found.milestones, replace(decisions, times=times))
    said = [(r["RULEID"], r["MESSAGE"]) for frame in frames for r in frame.to_dicts()]
    assert [one for one, _ in said] == ([rule] if rule else [])
    assert all(message.startswith(words) for _, message in said)


@pytest.mark.parametrize(
    ("category", "asked"),
    [
        ("ANTICANCER THERAPY", True), ("PRIOR CANCER THERAPY", False),
        ("SUBSEQUENT CANCER THERAPY", False), ("CONCOMITANT MEDICATION", False),
    ],
)  # fmt: skip
def test_r142_anticancer_medication_that_is_called_neither_prior_nor_subsequent_is_asked_of(
    category, asked
):
    """R-142: only a category that says subsequent is new therapy; the silence of another is told."""
    patient = Patient("P1").target("T01", "LIVER", 40).scan(56, {"T01": 40})
    patient.add("CM", CMTRT="OTHER", CMCAT=category, CMSTDTC=on(80))
    assert ("neither prior nor" in Derived(sdtm_of(patient)).messages()) is asked
