"""Censoring, rules C-01 to C-21, through SDTM to ADTTE; every value was worked by hand.

Scans every 8 weeks +/- 7 days: due days 56, 112, 168, 224 ..., longest gap believed 126 days.
Enrolment and first dose are day 0, so a time is the day plus one.
"""

from __future__ import annotations

from functools import cache

import pytest

from support.adam_frames import Person, adam_of
from support.courses import course
from support.readings import Reading, read
from support.rules import protocol
from support.trial import Patient, on
from trialwright.endpoints.overall_survival import estimate_overall_survival

NACT = {"CMTRT": "OTHER", "CMCAT": "SUBSEQUENT CANCER THERAPY"}
ORIGIN = {"enrolled_day": 0}


def followed(text: str, **more: int) -> Patient:
    """A patient by words; `nact`, `death`, `lost`, `withdrew`, `stopped` and `alive` are days."""
    person = course(text, **ORIGIN)
    if "nact" in more:
        person.add("CM", CMSTDTC=on(more["nact"]), **NACT)
    if "death" in more:
        person.dies(more["death"])
    ends = {"lost": "LOST TO FOLLOW-UP", "withdrew": "WITHDRAWAL BY SUBJECT"}
    for name, word in ends.items():
        if name in more:
            person.add("DS", DSDECOD=word, DSSTDTC=on(more[name]), DSSCAT="STUDY PARTICIPATION")
    for name, word in (("stopped", "ADVERSE EVENT"), ("clinical", "CLINICAL PROGRESSION")):
        if name in more:
            person.add("DS", DSDECOD=word, DSSTDTC=on(more[name]), DSSCAT="STUDY TREATMENT")
    if "alive" in more:
        person.add("SS", SSTESTCD="SURVSTAT", SSSTRESC="ALIVE", SSDTC=on(more["alive"]))
    return person


#: Every patient of this file: course, dates.
PEOPLE: dict[str, tuple[str, dict[str, int]]] = {
    "gap 127": ("SD 56,NE 112,NE 168,PD 183", {}),
    "gap 126": ("SD 56,NE 112,NE 168,PD 182", {}),
    "therapy before PD": ("SD 56,PD 112", {"nact": 80}),
    "therapy on PD": ("SD 56,PD 112", {"nact": 112}),
    "no scan, dead 126": ("", {"death": 126}),
    "no scan, dead 127": ("", {"death": 127}),
    "therapy before death": ("SD 56", {"nact": 300, "death": 310}),
    "dead 100": ("SD 56", {"death": 100}),
    "PD and death": ("SD 56,PD 112", {"death": 112}),
    "no scan": ("", {}),
    "withdrew": ("SD 56", {"withdrew": 80}),
    "lost": ("SD 56", {"lost": 80}),
    "lost 240": ("SD 56,SD 112,NE 168", {"lost": 240}),
    "lost unseen": ("", {"lost": 30}),
    "lost at the end": ("SD 56,SD 392", {"lost": 395}),
    "stopped": ("SD 56", {"stopped": 70}),
    "followed": ("SD 56,SD 112", {}),
    "deteriorated": ("SD 56", {"clinical": 70}),
    "deteriorated, died": ("SD 56", {"clinical": 70, "death": 120}),
    "deteriorated on the day of death": ("SD 56", {"clinical": 90, "death": 90}),
    "deteriorated after a gap": ("SD 56", {"clinical": 183}),
    "deteriorated after therapy": ("SD 56", {"clinical": 90, "nact": 80}),
    "progressed, then stopped": ("SD 56,PD 112", {"clinical": 115}),
    "early PD": ("SD 56,PD 106", {}),
    "late PD": ("SD 56,PD 117", {}),
    "unscheduled PD": ("SD 56,PD 75", {}),
    "first PD unscheduled": ("PD 27", {}),
    "unscheduled PD, died": ("SD 56,PD 75", {"death": 90}),
    "halfway": ("SD 56,PD 84", {}),
    "late scan": ("SD 61", {}),
    "gap, dead": ("SD 56", {"death": 200}),
    "scan 85, gap, PD": ("SD 85,PD 300", {}),
    "response": ("PR 56,PR 112,PD 168", {}),
    "response, therapy": ("PR 56,PR 112,PD 168", {"nact": 130}),
    "response, gap": ("PR 56,PR 112,PD 400", {}),
    "alive": ("SD 56", {"alive": 300}),
    "therapy, alive": ("SD 56", {"nact": 60, "alive": 200}),
    "dead after the cut-off": ("SD 56", {"death": 450}),
}  # fmt: skip
CUTOFF = {"analysis__data_cutoff": on(400)}


@cache
def trial(pfs_rule: str = "FDA", same_day: str = "include") -> dict[str, Reading]:
    """Everybody derived once under the rules."""
    people = {name: followed(text, **more) for name, (text, more) in PEOPLE.items()}
    options = {"analysis__pfs_rule": pfs_rule, "response__nact_same_day": same_day}
    return read(people, **CUTOFF, **options)


def ended(name: str, paramcd: str = "PFS", **rules: str) -> tuple[int, str]:
    """Day of the end (negative when censored) and the ids of the rules."""
    (row,) = trial(**rules)[name].rows("ADTTE", paramcd)
    start, end, event = trial(**rules)[name].time(paramcd)
    assert row["AVAL"] == end - start + 1
    return (end if event else -end), row["RULEID"]


# ------------------------------------------------------------------------------ main analysis


@pytest.mark.parametrize(
    ("name", "pfs_rule", "same_day", "expected"),
    [
        ("gap 127", "FDA", "include", (-56, "C-06")),
        ("gap 126", "FDA", "include", (182, "C-01")),
        ("therapy before PD", "FDA", "include", (-56, "C-04")),
        ("therapy before PD", "EMA", "include", (112, "C-01")),
        ("therapy on PD", "FDA", "include", (112, "C-01")),
        ("therapy on PD", "FDA", "exclude", (-56, "C-04")),
        ("no scan, dead 126", "FDA", "include", (126, "C-03b")),
        ("no scan, dead 127", "FDA", "include", (0, "C-06")),
        ("therapy before death", "FDA", "include", (-56, "C-04")),
    ],
)
def test_c18_examples(name, pfs_rule, same_day, expected):
    """C-18: each example, from lesions and dates to ADTTE."""
    assert ended(name, pfs_rule=pfs_rule, same_day=same_day) == expected


def test_c18_example_without_a_scan_is_censored_at_its_first_day():
    """C-18, C-06: death d127 and no time point: time 1, not an event."""
    (row,) = trial()["no scan, dead 127"].rows("ADTTE", "PFS")
    assert (row["AVAL"], row["CNSR"], row["CNSDTDSC"]) == (1, 1, "Origin")


@pytest.mark.parametrize(
    ("rule", "name", "expected"),
    [
        ("C-01", "early PD", 106),
        ("C-02", "dead 100", 100),
        ("C-03", "no scan", 0),
        ("C-03b", "no scan, dead 126", 126),
        ("C-04", "therapy before PD", -56),
        ("C-05", "withdrew", -56),
        ("C-05", "lost", -56),
        ("C-06", "gap, dead", -56),
        ("C-07", "stopped", -56),
        ("C-08", "followed", -112),
    ],
)
def test_c01_to_c08_by_table(rule, name, expected):
    """C-01, C-02, C-03, C-03b, C-04, C-05, C-06, C-07, C-08: date and status of table C-A."""
    assert ended(name) == (expected, rule)


def test_c04b_the_day_of_new_therapy_is_run_both_ways():
    """C-04b: PFSSAME has the other option; the two options change places."""
    assert ended("therapy on PD", "PFSSAME") == (-56, "C-04 C-04b")
    assert ended("therapy on PD", "PFSSAME", same_day="exclude") == (112, "C-01 C-04b")
    assert ended("therapy before PD", "PFSSAME") == (-56, "C-04 C-04b")


def test_c09_earliest_censoring_and_ties():
    """C-09: PD and death on one day is PD; new therapy is named before missed scans."""
    assert ended("PD and death") == (112, "C-01")
    assert ended("therapy before death") == (-56, "C-04")


# ------------------------------------------------------------------------------ sensitivity


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("gap 127", (183, "C-01 C-10")),
        ("therapy before PD", (112, "C-01 C-10")),
        ("therapy before death", (310, "C-02 C-10")),
        ("no scan, dead 127", (127, "C-03b C-10")),
        ("lost", (-56, "C-05 C-10")),
    ],
)
def test_c10_every_event_at_its_date(name, expected):
    """C-10: new therapy and missed visits are ignored."""
    assert ended(name, "PFSEMA") == expected


def test_c10_the_other_rule_stands_beside_the_main_one():
    """C-10: where the protocol says EMA, the FDA analysis is the sensitivity, for DOR too."""
    assert ended("therapy before PD", "PFSFDA", pfs_rule="EMA") == (-56, "C-04 C-10")
    assert ended("response, therapy", "DORFDA", pfs_rule="EMA") == (-112, "C-04 C-10")
    assert ended("response, therapy", "DOREMA") == (168, "C-01 C-10")
    assert trial()["lost"].rows("ADTTE", "PFSFDA") == []


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("therapy before PD", (80, "C-11")),
        ("therapy on PD", (112, "C-01 C-11")),
        ("therapy before death", (300, "C-11")),
        ("therapy, alive", (60, "C-11")),
        ("gap 127", (-56, "C-06 C-11")),
        ("lost", (-56, "C-05 C-11")),
    ],
)
def test_c11_new_therapy_is_an_event(name, expected):
    """C-11: at its start when that lies before PD and death; missed scans do not undo it."""
    assert ended(name, "PFSNACT") == expected


def test_c11_names_the_record_of_the_therapy():
    """C-11: the source is the medication."""
    (row,) = trial()["therapy before PD"].rows("ADTTE", "PFSNACT")
    assert (row["SRCDOM"], row["SRCSEQ"], row["CNSR"]) == ("CM", "1", 0)
    assert "New anticancer therapy" in row["EVNTDESC"]
    assert ended("response, therapy", "DORNACT") == (130, "C-11")


@pytest.mark.parametrize(
    ("name", "main", "expected"),
    [
        ("deteriorated", (-56, "C-07"), (70, "C-12")),
        ("deteriorated, died", (120, "C-02"), (70, "C-12")),
        ("deteriorated on the day of death", (90, "C-02"), (90, "C-02 C-12")),
        ("deteriorated after a gap", (-56, "C-07"), (-56, "C-06 C-12")),
        ("deteriorated after therapy", (-56, "C-04"), (-56, "C-04 C-12")),
        ("progressed, then stopped", (112, "C-01"), (112, "C-01 C-12")),
        ("stopped", (-56, "C-07"), (-56, "C-07 C-12")),
    ],
)
def test_c12_clinical_progression_is_an_event(name, main, expected):
    """C-12: on the day of the decision, censored by new therapy and missed scans like PD."""
    assert ended(name) == main
    assert ended(name, "PFSCLIN") == expected


@pytest.mark.parametrize(
    ("record", "counts"),
    [
        ({"DSDECOD": "PROGRESSIVE DISEASE"}, True),
        ({"DSDECOD": "OTHER", "DSTERM": "Symptomatic deterioration, no scan"}, True),
        ({"DSDECOD": "OTHER", "DSTERM": "No evidence of disease progression"}, False),
        ({"DSDECOD": "LACK OF EFFICACY"}, False),
        ({"DSDECOD": "PHYSICIAN DECISION"}, False),
        ({"DSDECOD": "COMPLETED", "DSTERM": "Completed without disease progression"}, False),
        ({"DSDECOD": "PROGRESSIVE DISEASE", "DSSTDTC": "2024-03"}, False),
    ],
)
def test_c12_which_terms_count(record, counts):
    """C-12: progression in the decoded term or in the words of the site, with a complete date."""
    person = course("SD 56").add(
        "DS", **({"DSSTDTC": on(70), "DSSCAT": "STUDY TREATMENT"} | record)
    )
    made = read({"P1": person}, **CUTOFF)["P1"]
    assert made.time("PFSCLIN")[2] is counts
    assert ("without a complete date" in made.said("C-12")) is ("2024-03" in record.values())


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("early PD", (112, "C-01 C-13")),
        ("late PD", (112, "C-01 C-13")),
        ("unscheduled PD", (112, "C-01 C-13")),
        ("first PD unscheduled", (56, "C-01 C-13")),
        ("unscheduled PD, died", (90, "C-02 C-13")),
        ("halfway", (112, "C-01 C-13")),
        ("late scan", (-56, "C-08 C-13")),
        ("dead 100", (100, "C-02 C-13")),
        ("no scan", (0, "C-03 C-13")),
        ("lost", (-56, "C-05 C-13")),
    ],
)
def test_c13_dates_are_the_due_dates(name, expected):
    """C-13, R-081: PD d75 and d84 belong to d56, which d56 has: next due date d112; d27 to none."""
    assert ended(name, "PFSSCHD") == expected


def test_c13_the_sentence_names_both_dates():
    """C-13: the real scan stays visible."""
    (row,) = trial()["early PD"].rows("ADTTE", "PFSSCHD")
    assert row["REASON"].endswith(f"; the scan of {on(106)} counts on its due date (C-13)")
    assert row["ADT"].isoformat() == on(112)


@pytest.mark.parametrize(
    ("name", "real", "due"),
    [
        ("gap 127", 183, 112),
        ("gap, dead", 200, 112),
        ("no scan, dead 127", 127, 56),
        ("scan 85, gap, PD", 300, 168),
    ],
)
def test_c14_event_after_a_gap(name, real, due):
    """C-14: at its date, and on the due date of the first missed scan; d85 belongs to d112."""
    assert ended(name)[1] == "C-06"
    assert ended(name, "PFSGAPR") == (real, "C-14")
    assert ended(name, "PFSGAPD") == (due, "C-14")


def test_c14_death_before_the_first_scan_was_due():
    """C-14: enrolled d-130, dosed d0, dead d5 is a gap of 135 days; the first scan is due d56."""
    person = Patient(enrolled_day=-130, baseline_day=-5).target("T01", "LIVER", 100).dies(5)
    made = read({"P1": person}, **CUTOFF)["P1"]
    assert made.time("PFS")[1:] == (-130, False)
    assert made.time("PFSGAPD")[1:] == (5, True)


def test_c14_new_therapy_still_censors():
    """C-14: only the gap is read another way; FDA is its base under EMA too."""
    assert ended("therapy before death", "PFSGAPR") == (-56, "C-04 C-14")
    assert ended("therapy before PD", "PFSGAPD", pfs_rule="EMA") == (-56, "C-04 C-14")
    assert ended("gap 127", "PFSGAPD", pfs_rule="EMA") == (112, "C-14")
    assert ended("response, gap", "DORGAPR") == (400, "C-14")
    assert ended("response, gap", "DORGAPD") == (168, "C-14")


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("lost", (112, "C-15")),
        ("lost 240", (168, "C-15")),
        ("lost unseen", (56, "C-15")),
        ("lost at the end", (-392, "C-05 C-15")),
        ("withdrew", (-56, "C-05 C-15")),
        ("followed", (-112, "C-08 C-15")),
    ],
)
def test_c15_lost_is_an_event_at_the_next_due_scan(name, expected):
    """C-15: after the last adequate scan; d448 is not due by the cut-off d400."""
    assert ended(name, "PFSLOST") == expected


@pytest.mark.parametrize(
    ("name", "left", "right", "event"),
    [
        ("early PD", 56, 106, True),
        ("first PD unscheduled", 0, 27, True),
        ("gap 127", 56, 183, True),
        ("dead 100", 100, 100, True),
        ("gap, dead", 56, 200, True),
        ("followed", 112, 112, False),
        ("therapy before PD", 56, 56, False),
        ("no scan", 0, 0, False),
    ],
)
def test_c16_interval(name, left, right, event):
    """C-16: PD between last negative scan and PD; death exact unless scans were missed."""
    (row,) = trial()[name].rows("ADTTE", "PFSINT")
    assert (row["LEFTVAL"], row["AVAL"], row["CNSR"] == 0) == (left + 1, right + 1, event)
    assert row["LEFTDT"].isoformat() == on(left)


def test_c16_only_intervals_have_a_left_end():
    """C-16."""
    rows = trial()["early PD"].adam["ADTTE"]
    assert set(rows.filter(rows["LEFTVAL"].is_not_null())["PARAMCD"]) == {"PFSINT", "DORINT"}


def test_c17_ipfs_is_a_parameter_where_the_protocol_names_irecist():
    """C-17: first iUPD, later confirmed; without the criterion there is no such parameter."""
    person = course("SD 56,PD 112,PD:170 140")
    made = read({"P1": person}, response__criteria=("iRECIST",))["P1"]
    (row,) = made.rows("ADTTE", "IPFS")
    assert (row["ADT"].isoformat(), row["CNSR"], row["RULEID"]) == (on(112), 0, "C-01 C-17 R-093")
    assert trial()["followed"].rows("ADTTE", "IPFS") == []


# ------------------------------------------------------------------------------ overall survival


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("dead 100", (100, "C-20")),
        ("therapy before death", (310, "C-20")),
        ("alive", (-300, "C-20")),
        ("therapy, alive", (-200, "C-20")),
        ("lost", (-56, "C-20")),
        ("dead after the cut-off", (-400, "C-20")),
    ],
)
def test_c20_overall_survival(name, expected):
    """C-20: death, else last known alive; new therapy never censors; death after the cut-off."""
    assert ended(name, "OS") == expected


def test_c21_completeness_of_follow_up():
    """C-21: 3 months are 91.3 days; of three living one was last heard of 92 days before."""
    alive = (0, "C-20", "Alive")
    people = [
        Person(f"S{i}", times={"OS": (400, *alive)}, last_alive=day)
        for i, day in enumerate((730 - 92, 730 - 91, 730))
    ]
    follow_up = estimate_overall_survival(protocol(), adam_of(people)).follow_up
    assert (follow_up.alive, follow_up.stale) == (3, 1)


# ------------------------------------------------------------------------------ who has which time


def test_every_parameter_for_every_enrolled_subject_to_whom_it_applies():
    """C-B: PFS and OS analyses for all; DOR and TTR for responders, TTEREAS says so of the rest."""
    adam = trial()["followed"].adam
    counts = dict(adam["ADTTE"].group_by("PARAMCD").len().iter_rows())
    everybody, responders = len(PEOPLE), 3
    for suffix in ("", "EMA", "NACT", "CLIN", "SCHD", "GAPR", "GAPD", "LOST", "INT", "SAME"):
        assert counts[f"PFS{suffix}"] == everybody
        assert counts[f"DOR{suffix}"] == responders
    assert (counts["PFSTRT"], counts["OSTRT"], counts["TTR"]) == (everybody, everybody, responders)
    said = adam["ADSL"]["TTEREAS"].value_counts().rows()
    assert sorted(said, key=str) == [
        ("DOR (all), TTR: no response", everybody - responders), (None, responders)
    ]  # fmt: skip


def test_e06_time_to_response():
    """E-06: origin to the first response that holds, for responders only."""
    (row,) = trial()["response"].rows("ADTTE", "TTR")
    assert (row["AVAL"], row["CNSR"], row["RULEID"]) == (57, 0, "E-06")
    assert trial()["followed"].rows("ADTTE", "TTR") == []


def test_d03_other_origin():
    """D-03: PFS and OS from the first treatment beside those from enrolment, and back."""
    late = course("SD 56,PD 112")
    late.enrolled_day = -10
    never = Patient(dose_day=None, enrolled_day=-5).target("T01", "LIVER", 100)
    made = read({"late": late, "never": never}, **CUTOFF)
    assert made["late"].time("PFS") == (-10, 112, True)
    assert made["late"].time("PFSTRT") == (0, 112, True)
    assert made["late"].time("OSTRT")[0] == 0
    assert made["never"].rows("ADTTE", "PFSTRT") == []
    adsl = made["never"].adam["ADSL"].filter(USUBJID="never")
    said = "DOR (all), TTR: no response; PFSTRT, OSTRT: never treated"
    assert adsl["TTEREAS"].to_list() == [said]
    turned = read({"late": late}, analysis__pfs_origin="first_dose", **CUTOFF)["late"]
    assert (turned.time("PFS")[0], turned.time("PFSENR")[0]) == (0, -10)
    assert turned.rows("ADTTE", "PFSTRT") == []
