"""The three policies for ablated lesions (R-104) and conversion surgery (R-109), by hand.

Days from the first dose, which is the first ablation (day 0).
"""

from __future__ import annotations

import pytest

from support.derived import DAY_ZERO, Derived
from support.trial import Patient, on, sdtm_of

MWA = {"PRTRT": "MICROWAVE ABLATION", "PRCAT": "STUDY TREATMENT"}


def partly(*scans: tuple[int, object, object], sessions: tuple[int, ...] = (0,)) -> Patient:
    """T01 40 mm stays, T02 20 mm is ablated; the sum at baseline is 60 mm."""
    person = Patient().target("T01", "LIVER", 40).target("T02", "LIVER", 20)
    for day in sessions:
        person.add("PR", **MWA, PRLNKID="T02", PRSTDTC=on(day))
    for day, first, second in scans:
        person.scan(day, {"T01": first, "T02": second})
    return person


def under(policy: str, person: Patient, **more: object) -> Derived:
    return Derived(sdtm_of(person), response__ablated_lesions=policy, **more)


SCANS = ((30, 36, 30), (86, 25.2, 26), (142, 25.2, 24))


@pytest.mark.parametrize(
    ("policy", "expected", "best"),
    [
        # T02 is not evaluable; 36.0, 25.2 and 25.2 alone prove nothing against 60.0.
        ("exclude", ["NE", "NE", "NE"], ("NE", "NE")),
        # New baseline d30: 36.0. 25.2 is exactly 70 % of it.
        ("rebaseline", ["PR", "PR"], ("PR", "PR")),
        # T02 counts 0: 36.0 of 60.0 (-40.0 %), then 25.2.
        ("zero", ["PR", "PR", "PR"], ("PR", "PR")),
    ],
)
def test_r104_three_policies_side_by_side(policy, expected, best):
    found = under(policy, partly(*SCANS))
    assert found.responses() == expected
    assert found.best() == best


def test_r104_rebaseline_counts_from_the_new_scan():
    """Baseline 36.0 (T01 alone), time points d86 and d142; days still count from the first dose."""
    found = under("rebaseline", partly(*SCANS))
    assert found.points.targets.baseline[0] == 360
    assert found.days() == [86, 142]
    assert found.decisions.confirmed.day[0] - DAY_ZERO == 86
    lost = [row for frame in found.records.unused for row in frame.rows() if row[3] == "R-104"]
    assert len(lost) == 2  # T01 and T02 of the baseline before the ablation
    assert found.records.points["TP"].to_list() == [0, 1, 2]


def test_r104_rebaseline_one_tenth_above_the_limit():
    """25.3 of 36.0 is -29.7 %: SD."""
    scans = ((30, 36, 30), (86, 25.3, 26))
    assert under("rebaseline", partly(*scans)).responses() == ["SD"]


@pytest.mark.parametrize(("day", "base"), [(27, 300), (28, 360)])
def test_r104_the_new_baseline_lies_at_least_28_days_after_the_last_session(day, base):
    """Sessions d0 and d21: a scan on d48 (27 days) is too early, on d49 (28 days) it is taken."""
    scans = ((21 + day, 36, 30), (105, 30, 26), (161, 30, 24))
    found = under("rebaseline", partly(*scans, sessions=(0, 21)))
    assert found.points.targets.baseline[0] == base


@pytest.mark.parametrize(("day", "late"), [(42, False), (43, True)])
def test_r104_a_new_baseline_after_six_weeks_is_flagged(day, late):
    found = under("rebaseline", partly((day, 36, 30), (105, 30, 26)))
    assert ("later than 42 days" in found.messages()) == late


def test_r104_the_window_is_an_option():
    found = under(
        "rebaseline", partly(*SCANS), response__rebaseline_window_days=(56, 90)
    )  # first scan at least 56 days after d0: d86
    assert found.points.targets.baseline[0] == 252


def test_r104_nobody_ablated_keeps_the_ordinary_baseline():
    person = Patient().target("T01", "LIVER", 40).scan(56, {"T01": 28})
    for policy in ("exclude", "rebaseline", "zero"):
        found = under(policy, person)
        assert found.responses() == ["PR"]
        assert found.points.targets.baseline[0] == 400


def test_r104_without_a_scan_after_ablation_nothing_is_estimable():
    """Only a scan 14 days after the ablation: no new baseline, BOR NE, flagged."""
    found = under("rebaseline", partly((14, 20, 30)))
    assert found.responses() == []
    assert found.best() == ("NE", "NE")
    assert "not estimable" in found.messages()


def test_r104_a_remaining_target_not_evaluable_moves_the_baseline_on():
    found = under("rebaseline", partly((30, "NE", 30), (86, 30, 26), (142, 20, 20)))
    assert found.points.targets.baseline[0] == 300
    assert found.responses() == ["PR"]


def test_r108_progression_before_the_new_baseline_is_kept():
    """N1 (lung) certain d14, scan d30: PD on d14 from the ordinary baseline, flagged."""
    person = partly()
    person.scan(14, {"T01": 40, "T02": 30}, new={"N1": ("LUNG", "UNEQUIVOCAL")})
    person.scan(30, {"T01": 36, "T02": 30}).scan(86, {"T01": 20, "T02": 30})
    found = under("rebaseline", person)
    assert found.responses() == ["PD", "NE", "NE"]
    assert found.days()[0] == 14
    assert f"Progression on {on(14)} by a new lesion" in found.messages()


def test_r106_the_scan_before_the_new_baseline_still_counts_as_the_first():
    """Zone T02 clean d30 (the new baseline); N1 at T02 on d86 is local progression, not residual."""
    person = partly((30, 36, 30))
    person.scan(86, {"T01": 36, "T02": 30}, new={"N1": ("LIVER", "UNEQUIVOCAL")})
    person.rows["TU"][-1]["TUGRPID"] = "T02"
    for policy in ("exclude", "rebaseline", "zero"):
        found = under(policy, person)
        assert found.responses()[-1] == "PD", policy
        assert "local tumour progression" in found.messages()


def test_r104_zero_needs_complete_ablation():
    """Residual tumour at T02 on d30: T02 is not evaluable there; ablated again d37, then 0."""
    person = partly(sessions=(0, 37))
    person.scan(30, {"T01": 36, "T02": 30}, new={"N1": ("LIVER", "UNEQUIVOCAL")})
    person.rows["TU"][-1]["TUGRPID"] = "T02"
    person.scan(86, {"T01": 36, "T02": 26}, new={"N1": ("LIVER", "ABSENT")})
    found = under("zero", person)
    assert found.responses() == ["NE", "PR"]
    assert found.points.targets.total[0, 1] == 360


def test_r104_zero_keeps_not_evaluable():
    assert under("zero", partly((30, 36, "NE"))).responses() == ["NE"]


def test_r104_zero_is_complete_response_by_construction():
    """Everything ablated: 0 mm, CR; that is why it is sensitivity only. Exclude: not evaluable."""
    person = Patient().target("T01", "LIVER", 30)
    person.add("PR", **MWA, PRLNKID="T01", PRSTDTC=on(0)).scan(30, {"T01": 40})
    assert under("zero", person).responses() == ["CR"]
    assert under("exclude", person).responses() == ["NE"]
    assert under("rebaseline", person).responses() == []


def test_r105_all_ablated_is_followed_by_non_target_disease():
    """T01 ablated, NT01 stays: after re-baselining NT only, NON-CR/NON-PD; progression d142."""
    person = Patient().target("T01", "LIVER", 30).non_target("NT01", "LUNG")
    person.add("PR", **MWA, PRLNKID="T01", PRSTDTC=on(0))
    for day, state in ((30, "PRESENT"), (86, "PRESENT"), (142, "UNEQUIVOCAL PROGRESSION")):
        person.scan(day, {"T01": 40}, {"NT01": state})
    found = under("rebaseline", person)
    assert found.responses() == ["NON-CR/NON-PD", "PD"]
    assert "R-105" in found.messages()


def operated(**more: str) -> Patient:
    """PR d56 and d112 (28 of 40 mm), resected d120, gone d168 and d224, recurrence d280."""
    person = Patient().target("T01", "LIVER", 40)
    person.scan(56, {"T01": 28}).scan(112, {"T01": 28})
    record = {"PRTRT": "HEPATECTOMY", "PRCAT": "CONVERSION SURGERY", "PRLNKID": "T01"} | more
    person.add("PR", **record, PRSTDTC=on(120))
    person.scan(168, {"T01": 0}).scan(224, {"T01": 0})
    return person.scan(280, {"T01": 0}, new={"N1": ("LUNG", "UNEQUIVOCAL")})


def pfs(found: Derived) -> tuple[int, bool]:
    decided = found.decisions.times["PFS"]
    return int(decided.day[0]) - DAY_ZERO, bool(decided.event[0])


@pytest.mark.parametrize(
    "record",
    [
        {},
        {"PRCAT": "STUDY TREATMENT", "PRTRT": "Liver resection"},
        {"PRCAT": "SURGERY", "PRSCAT": "CONVERSION SURGERY"},
        {"PRTRT": "OPERATION", "PRDECOD": "METASTASECTOMY"},
        {"PRTRT": "LIVER TRANSPLANTATION"},
    ],
)
def test_r109_surgery_fixes_the_best_response(record):
    """CR after the knife is no response: BOR PR dated d56; not NACT; the target stays evaluable."""
    found = Derived(sdtm_of(operated(**record)))
    assert found.responses() == ["PR", "PR", "CR", "CR", "PD"]
    assert found.best() == ("PR", "PR")
    assert found.milestones.frame["SURGDT"][0] - DAY_ZERO == 120
    assert found.milestones.frame["NACTDT"][0] is None
    assert pfs(found) == (280, True)


@pytest.mark.parametrize("pfs_rule", ["FDA", "EMA"])
def test_r109_censor_ends_follow_up_at_the_last_scan_before_surgery(pfs_rule):
    """Last adequate time point before d120: d112, censored, rule R-109; DOR likewise."""
    found = Derived(
        sdtm_of(operated()), response__conversion_surgery="censor", analysis__pfs_rule=pfs_rule
    )
    assert pfs(found) == (112, False)
    assert int(found.decisions.times["PFS"].rule[0]) == 12
    assert int(found.decisions.times["DOR"].day[0]) - DAY_ZERO == 112


def test_r109_progression_before_surgery_is_an_event():
    """PD d112, resected d120: event on d112 under censor too."""
    person = Patient().target("T01", "LIVER", 40).scan(56, {"T01": 28}).scan(112, {"T01": 40})
    person.add("PR", PRTRT="HEPATECTOMY", PRCAT="CONVERSION SURGERY", PRSTDTC=on(120))
    person.scan(168, {"T01": 0})
    found = Derived(sdtm_of(person), response__conversion_surgery="censor")
    assert pfs(found) == (112, True)


def test_r109_the_earliest_censoring_date_counts_and_surgery_is_named_on_a_tie():
    """New therapy d60 gives d56 (C-04, earlier than d112); new therapy d115 gives d112: surgery."""
    for start, day, rule in ((60, 56, 5), (115, 112, 12)):
        person = operated()
        person.add("CM", CMTRT="X", CMCAT="SUBSEQUENT CANCER THERAPY", CMSTDTC=on(start))
        found = Derived(sdtm_of(person), response__conversion_surgery="censor")
        assert pfs(found) == (day, False)
        assert int(found.decisions.times["PFS"].rule[0]) == rule


@pytest.mark.parametrize(
    "record",
    [
        {"PRTRT": "LAPAROSCOPY"},
        {"PRCAT": "LOCAL THERAPY NOT PER PROTOCOL"},
        {"PRCAT": "PRIOR LOCAL THERAPY"},
    ],
)
def test_r109_what_is_no_conversion_surgery(record):
    found = Derived(sdtm_of(operated(**record)))
    assert found.milestones.frame["SURGDT"][0] is None


def test_r109_a_resection_on_the_first_day_is_no_conversion():
    """Debulking as the first treatment: nothing was there to convert; responses after it count."""
    person = Patient().target("T01", "LIVER", 40)
    person.add("PR", PRTRT="HEPATECTOMY", PRCAT="STUDY TREATMENT", PRSTDTC=on(0))
    person.scan(56, {"T01": 28}).scan(112, {"T01": 28})
    found = Derived(sdtm_of(person))
    assert found.best() == ("PR", "PR")
    assert "does not lie after first treatment" in found.messages()
