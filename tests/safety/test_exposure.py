"""A-12: exposure by hand, from dose records to relative dose intensity."""

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from support.exposed import (
    ABLATION,
    AFTER_ABLATION,
    CAMRELIZUMAB,
    REGORAFENIB,
    Exposed,
    component,
    dose,
    numbers,
    of,
    session,
    spans,
)
from support.trial import Patient, on

F = Fraction


def every_two_weeks(*days, amount=200):
    patient = Patient()
    for day in days:
        dose(patient, "Camrelizumab", day, amount)
    return patient


def daily(*blocks):
    patient = Patient()
    for first, last, amount in blocks:
        dose(patient, "REGORAFENIB", first, amount, last=str(last))
    return patient


def test_doses_on_time_reach_the_planned_intensity():
    """Days 0, 14, 28: duration 28 - 0 + 14 = 42 days; 600 mg of 600 mg planned."""
    row = Exposed(of(CAMRELIZUMAB), every_two_weeks(0, 14, 28)).one()
    assert numbers(row) == (3, 3, 42, 600, 100)
    assert row.intensity == 100  # mg a week
    assert (row.course.delays, row.course.interruptions, row.reductions) == ((), (), ())


def test_a_late_dose_lowers_intensity():
    """Days 0, 14, 35: 49 days hold 3.5 planned doses, 600 of 700 mg; the third is 7 days late."""
    row = Exposed(of(CAMRELIZUMAB), every_two_weeks(0, 14, 35)).one()
    assert numbers(row) == (3, 3, 49, 600, F(600, 7))
    assert spans(row.course.delays) == [(28, 34)]
    assert row.course.interruptions == ()


@pytest.mark.parametrize(
    ("day", "allowed", "delays", "interruptions"),
    [
        (17, 3, 0, 0), (18, 3, 1, 0), (17, 2, 1, 0), (27, 3, 1, 0),
        (28, 3, 0, 1),  # a whole interval late: one dose was left out
    ],
)  # fmt: skip
def test_delay_begins_behind_the_allowed_days(day, allowed, delays, interruptions):
    row = Exposed(of(CAMRELIZUMAB), every_two_weeks(0, day), allowed=allowed).one()
    assert (len(row.course.delays), len(row.course.interruptions)) == (delays, interruptions)


@pytest.mark.parametrize(
    ("blocks", "expected"),
    [
        # Two whole cycles: the last dose is day 49, the next one would be due on day 57.
        ([(0, 20, 80), (28, 48, 80)], (42, 2, 56, 3360, 100)),
        # The second cycle ends on its day 10: 31 of 31 planned dosing days in 38 days.
        ([(0, 20, 80), (28, 37, 80)], (31, 2, 38, 2480, 100)),
        # Days 11 to 21 of the first cycle left out: 31 of 42.
        ([(0, 9, 80), (28, 48, 80)], (31, 2, 56, 2480, F(3100, 42))),
        # The second cycle a week late: 35 days of 21/28, then 21: 47.25 planned dosing days.
        ([(0, 20, 80), (35, 55, 80)], (42, 2, 63, 3360, F(4200 * 4, 189))),
        # The second cycle at half the dose: 21 x 80 + 21 x 40 of 42 x 80.
        ([(0, 20, 80), (28, 48, 40)], (42, 2, 56, 2520, 75)),
        # The second cycle 2 days early is a cycle of its own: 26 days of 21/28, then 21.
        ([(0, 20, 80), (26, 46, 80)], (42, 2, 54, 3360, F(420000, 4050))),
        # One day only: the next dose is due on the next day.
        ([(0, 0, 80)], (1, 1, 1, 80, 100)),
    ],
)  # fmt: skip
def test_21_of_28_days(blocks, expected):
    assert numbers(Exposed(of(REGORAFENIB), daily(*blocks)).one()) == expected


def test_gaps_inside_a_cycle_are_interruptions_and_late_cycles_are_delays():
    row = Exposed(of(REGORAFENIB), daily((0, 4, 80), (8, 9, 80), (35, 55, 80))).one()
    assert spans(row.course.interruptions) == [(5, 7), (10, 20)]
    assert spans(row.course.delays) == [(28, 34)]


def test_each_lower_dose_is_a_reduction():
    """80, 40, 80, 40: two reductions; going back up is none."""
    blocks = [(0, 4, 80), (5, 9, 40), (10, 14, 80), (15, 20, 40)]
    row = Exposed(of(REGORAFENIB), daily(*blocks)).one()
    assert spans(tuple((day, day) for day in row.reductions)) == [(5, 5), (15, 15)]


def test_assigned_start_dose():
    """80 mg by protocol is the plan; a start of 80 mg where the protocol says 160 is half of it."""
    assert Exposed(of(REGORAFENIB), daily((0, 20, 80))).one().relative == 100
    label = component("Regorafenib", (160, "mg"), days_in_cycle=tuple(range(1, 22)),
                      cycle_length_days=28)  # fmt: skip
    trial = Exposed(of(label), daily((0, 20, 80)))
    assert trial.one().relative == 50
    assert "first dose 80 mg, in the protocol 160" in trial.said()


@pytest.mark.parametrize("levels", [(), ((80, "mg"), (120, "mg"), (160, "mg"))])
def test_first_dose_given_is_the_reference_without_one_planned_dose(levels):
    plan = {"days_in_cycle": tuple(range(1, 22)), "cycle_length_days": 28}
    trial = Exposed(
        of(component("Regorafenib", *levels, **plan)), daily((0, 20, 160), (28, 48, 80))
    )
    row = trial.one()
    assert row.relative == 75
    assert row.reference.startswith("first dose given")
    assert len(row.reductions) == 1


def test_single_dosing_days_of_a_cycle():
    """Days 1, 8, 15 of 28: day 8 left out; day 8 given on day 12, 4 days late."""
    weekly = component("Paclitaxel", (80, "mg"), days_in_cycle=(1, 8, 15), cycle_length_days=28)
    left_out, late = Patient(), Patient()
    for day in (0, 14, 28, 35, 42):
        dose(left_out, "Paclitaxel", day, 80)
    for day in (0, 11, 15):
        dose(late, "Paclitaxel", day, 80)
    first = Exposed(of(weekly), left_out).one()
    assert numbers(first) == (5, 2, 56, 400, F(500, 6))
    assert spans(first.course.interruptions) == [(7, 7)]
    second = Exposed(of(weekly), late).one()
    assert (spans(second.course.delays), second.course.interruptions) == ([(7, 10)], ())


def test_twice_a_day():
    """1000 mg twice a day on days 1 to 14 of 21: 28 administrations, 28 g, all planned."""
    cape = component("Capecitabine", (1000, "mg"), frequency="BID",
                     days_in_cycle=tuple(range(1, 15)), cycle_length_days=21)  # fmt: skip
    patient = dose(Patient(), "Capecitabine", 0, 1000, last="13", EXDOSFRQ="BID")
    assert numbers(Exposed(of(cape), patient).one()) == (28, 1, 21, 28000, 100)


def test_drug_waits_for_each_ablation():
    """Sessions on days 0 and 25, camrelizumab every 21 days, 7 days after each session.

    Doses on days 7 and 28 would be planned; the session on day 25 moves the second to day 32.
    """
    patient = Patient()
    for day in (0, 25):
        session(patient, "Microwave Ablation", day)
    for day in (7, 32, 53):
        dose(patient, "Camrelizumab", day, 200)
    row = Exposed(of(ABLATION, AFTER_ABLATION), patient).one("camrelizumab")
    assert numbers(row) == (3, 3, 67, 600, 100)
    assert row.course.delays == ()


def test_session_on_the_due_day_comes_first():
    """Due on day 28, the day of a session: the drug follows on day 35 and is not late."""
    patient = session(session(Patient(), "Microwave Ablation", 0), "Microwave Ablation", 28)
    for day in (7, 35):
        dose(patient, "Camrelizumab", day, 200)
    row = Exposed(of(ABLATION, AFTER_ABLATION), patient).one("camrelizumab")
    assert (row.course.late, row.relative) == ((), 100)


def test_late_after_the_ablation():
    patient = session(session(Patient(), "Microwave Ablation", 0), "Microwave Ablation", 25)
    for day in (7, 36):
        dose(patient, "Camrelizumab", day, 200)
    row = Exposed(of(ABLATION, AFTER_ABLATION), patient).one("camrelizumab")
    assert spans(row.course.delays) == [(32, 35)]
    # 29 days of an interval of 25 days, then one: 2.16 planned doses.
    assert row.relative == 200 / F(216, 100)


def test_sessions_have_no_planned_number():
    patient = Patient()
    for day, lesion in ((0, "T1"), (0, "T2"), (30, "T1")):
        session(patient, "MWA", day, PRLNKID=lesion)
    row = Exposed(of(ABLATION), patient).one()
    assert (row.administrations, row.course.cycles, row.relative) == (2, 2, None)
    assert row.problem == "the protocol plans no number of sessions"


def test_infusion_in_ex_and_pr_is_one_session():
    """HAIC on days 2 and 3 of 21: two dosing days, one session, whether PR has it or not."""
    haic = component("HAIC", kind="procedure", reach="liver", days_in_cycle=(2, 3),
                     cycle_length_days=21)  # fmt: skip
    both, bare = Patient(), Patient()
    for start in (1, 22):
        dose(both, "HAIC", start, last=str(start + 1))
        session(both, "HAIC", start)
        session(bare, "HAIC", start)
    trial = Exposed(of(haic), both)
    assert numbers(trial.one()) == (4, 2, 42, 4, 100)
    assert trial.said() == ""
    assert numbers(Exposed(of(haic), bare).one()) == (2, 2, 42, 2, 100)
    dose(both, "HAIC", 43, last="44")
    trial = Exposed(of(haic), both)
    assert "dose on 2024-02-13 without a record of the procedure" in trial.said()


def test_doses_of_nothing_are_no_doses():
    """S-3: 0 mg on day 14 and one not done on day 28 leave a gap of 42 days."""
    patient = every_two_weeks(0)
    dose(patient, "Camrelizumab", 14, 0)
    dose(patient, "Camrelizumab", 28, 200, EXOCCUR="N")
    dose(patient, "Camrelizumab", 42, 200)
    trial = Exposed(of(CAMRELIZUMAB), patient)
    assert trial.one().administrations == 2
    assert spans(trial.one().course.interruptions) == [(14, 41)]
    assert trial.listed() == [("S-3", "a dose of 0 or one not done is no dose")] * 2


def test_partial_dates_are_never_imputed():
    """D-06: the dose of February is listed, asked for, and no sum is made without it."""
    patient = every_two_weeks(0, 14)
    dose(patient, "Camrelizumab", 28, 200, EXSTDTC="2024-02", EXENDTC="2024-02")
    trial = Exposed(of(CAMRELIZUMAB), patient)
    assert trial.one().administrations == 2
    assert (trial.one().cumulative, trial.one().relative) == (None, None)
    assert trial.listed() == [("D-06", "dose without a complete date")]
    assert "no complete start date" in trial.said()


def test_days_behind_the_cutoff_do_not_count():
    """D-08: days 0 to 20 with the cut-off on day 9 are ten days."""
    trial = Exposed(of(REGORAFENIB), daily((0, 20, 80)), cutoff=9)
    assert numbers(trial.one()) == (10, 1, 10, 800, 100)
    assert "its days after the data cut-off do not count" in trial.said()
    assert Exposed(of(REGORAFENIB), daily((0, 20, 80)), cutoff=20).said() == ""


def test_unknown_treatment_is_listed_and_asked_for():
    patient = dose(every_two_weeks(0), "Bevacizumab", 0, 500)
    trial = Exposed(of(CAMRELIZUMAB), patient)
    assert [row.component for row in trial.rows] == [0]
    assert trial.listed() == [("A-12", "not a component of the protocol")]
    assert "(Bevacizumab): the protocol has no such treatment" in trial.said()


@pytest.mark.parametrize(
    "said", ["Camrelizumab for injection", "SHR-1210", " camrelizumab ", "AIRUIKA"]
)
def test_names_of_an_agent(said):
    patient = dose(Patient(), said, 0, 200)
    assert Exposed(of(CAMRELIZUMAB), patient).one().administrations == 1


def test_the_longer_name_wins():
    patient = session(Patient(), "Percutaneous microwave ablation", 0)
    other = component("Ablation", kind="procedure", reach="lesion")
    assert [row.component for row in Exposed(of(other, ABLATION), patient).rows] == [1]


def test_one_record_of_a_combination_has_no_dose_of_each():
    patient = dose(Patient(), "Regorafenib + Camrelizumab", 0, 280)
    trial = Exposed(of(CAMRELIZUMAB, REGORAFENIB), patient)
    assert [row.administrations for row in trial.rows] == [1, 1]
    assert [row.cumulative for row in trial.rows] == [None, None]
    assert "one record of a combination" in trial.said()


def test_repeats_count_once_and_overlaps_are_not_summed():
    twice = every_two_weeks(0, 14, 14)
    trial = Exposed(of(CAMRELIZUMAB), twice)
    assert numbers(trial.one()) == (2, 2, 28, 400, 100)
    assert trial.listed() == [("A-12", "repeats another dose record")]
    overlap = Exposed(of(REGORAFENIB), daily((0, 10, 80), (10, 20, 80)))
    assert overlap.one().administrations == 21
    assert (overlap.one().cumulative, overlap.one().problem) == (None, "dose records overlap")
    assert "dose records overlap" in overlap.said()


def test_parts_of_one_dose_are_added():
    """A bolus of 400 mg and an infusion of 2400 mg on one day are one dose of 2800 mg."""
    patient = Patient()
    for day in (0, 14):
        dose(patient, "5-FU", day, 400, EXROUTE="BOLUS")
        dose(patient, "5-FU", day, 2400)
    fluorouracil = component("5-FU", (2800, "mg"), interval_days=14)
    assert numbers(Exposed(of(fluorouracil), patient).one()) == (2, 2, 28, 5600, 100)


WEIGHED = component("Serplulimab", (3, "mg/kg"), interval_days=14)


def weigh(patient, day, value, unit="kg", test="WEIGHT"):
    return patient.add("VS", VSTESTCD=test, VSORRES=str(value), VSORRESU=unit, VSDTC=on(day))


def test_dose_per_kilogram_by_the_last_weight():
    """210 mg at 70 kg is 3 mg/kg; 198 mg at 66 kg is 3 mg/kg: neither is a reduction."""
    patient = weigh(weigh(Patient(), -7, 70), 14, 66)
    dose(dose(patient, "Serplulimab", 0, 210), "Serplulimab", 14, 198)
    row = Exposed(of(WEIGHED), patient).one()
    assert (row.cumulative, row.unit, row.relative, row.reductions) == (6, "mg/kg", 100, ())


def test_a_heavier_patient_is_no_reduction_but_less_drug_is():
    patient = weigh(weigh(Patient(), -7, 70), 14, 75)
    dose(dose(patient, "Serplulimab", 0, 210), "Serplulimab", 14, 210)
    assert Exposed(of(WEIGHED), patient).one().reductions == ()
    dose(patient, "Serplulimab", 28, 150)
    assert len(Exposed(of(WEIGHED), patient).one().reductions) == 1


@pytest.mark.parametrize("weight_day", [None, 3])
def test_without_an_earlier_weight_the_unit_is_not_guessed(weight_day):
    patient = dose(dose(Patient(), "Serplulimab", 0, 210), "Serplulimab", 14, 210)
    if weight_day is not None:
        weigh(patient, weight_day, 70)
    trial = Exposed(of(WEIGHED), patient)
    row = trial.one()
    assert (row.cumulative, row.unit, row.relative) == (420, "mg", None)
    assert row.problem == "unit differs: mg in the data, mg/kg in the protocol"
    assert "dose in mg, protocol in mg/kg" in trial.said()


def test_units_of_mass_and_surface():
    """0.2 g is 200 mg; 170 mg at 2 m2 is 85 mg/m2; mL is no mass."""
    gram = dose(Patient(), "Camrelizumab", 0, "0.2", EXDOSU="g")
    assert Exposed(of(CAMRELIZUMAB), gram).one().relative == 100
    surface = weigh(dose(Patient(), "Oxaliplatin", 0, 170), -1, 2, "m2", "BSA")
    oxaliplatin = component("Oxaliplatin", (85, "mg/m²"), interval_days=14)
    assert Exposed(of(oxaliplatin), surface).one().relative == 100
    volume = dose(Patient(), "Camrelizumab", 0, 5, EXDOSU="mL")
    assert Exposed(of(CAMRELIZUMAB), volume).one().problem.startswith("unit differs: ml")


def test_chosen_chemotherapy():
    """Drugs of a regimen chosen for the patient: the component counts days, each drug its dose.

    With a recorded frequency the schedule is that of the records; without one nothing says it.
    """
    chemo = component("chemotherapy", chosen_by="investigator")
    patient, silent = Patient(), Patient()
    for day in (0, 14, 28):
        dose(patient, "Oxaliplatin", day, 85 if day < 28 else 65, EXDOSFRQ="Q2W")
        dose(patient, "Leucovorin", day, 400, EXDOSFRQ="Q2W")
        dose(silent, "mFOLFOX6", day)
    trial = Exposed(of(chemo, cycle=21), patient)
    assert numbers(trial.one()) == (3, 3, 42, 3, 100)
    assert numbers(trial.one(agent="oxaliplatin")) == (3, 3, 42, 235, F(23500, 255))
    assert numbers(trial.one(agent="leucovorin")) == (3, 3, 42, 1200, 100)
    assert [len(row.reductions) for row in trial.rows] == [1, 0, 1]
    row = Exposed(of(chemo, cycle=21), silent).one()
    assert (row.administrations, row.relative) == (3, None)
    assert row.problem == "nothing says how often the chosen drugs are due"


def test_unnamed_chemotherapy_follows_the_cycle_of_the_treatment():
    patient = dose(dose(Patient(), "chemotherapy", 0), "Chemotherapy", 21)
    row = Exposed(of(component("chemotherapy", chosen_by="investigator"), cycle=21), patient).one()
    assert numbers(row) == (2, 2, 42, 2, 100)


def test_interval_records_expand_by_their_frequency():
    """Every two weeks from day 0 to day 30: days 0, 14, 28. Without frequency nobody knows."""
    q2w = dose(Patient(), "Camrelizumab", 0, 200, last="30", EXDOSFRQ="Q2W")
    assert numbers(Exposed(of(CAMRELIZUMAB), q2w).one()) == (3, 3, 42, 600, 100)
    silent = Exposed(of(CAMRELIZUMAB), dose(Patient(), "Camrelizumab", 0, 200, last="30"))
    assert (silent.one().administrations, silent.one().relative) == (1, None)
    assert "no frequency for several doses" in silent.said()
    once = dose(Patient(), "Camrelizumab", 0, 200, last="1", EXDOSFRQ="ONCE")
    assert Exposed(of(CAMRELIZUMAB), once).one().administrations == 1


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"EXENDTC": ""}, "no complete end date"), ({"EXENDTC": "2024-01"}, "no complete end date"),
        ({"EXENDTC": "2023-12-20"}, "ends before it begins"),
        ({"last": "20", "EXDOSFRQ": "PRN"}, "frequency PRN is not known"),
    ],
)  # fmt: skip
def test_broken_records_are_counted_by_their_first_day_and_not_summed(more, words):
    trial = Exposed(of(REGORAFENIB), dose(Patient(), "Regorafenib", 0, 80, **more))
    assert (trial.one().administrations, trial.one().relative) == (1, None)
    assert words in trial.said()


def test_missing_dose_and_too_many_cycles_are_asked_for():
    plan = component("Camrelizumab", (200, "mg"), interval_days=14, n_cycles=2)
    patient = dose(every_two_weeks(0, 14), "Camrelizumab", 28)
    trial = Exposed(of(plan), patient)
    assert (trial.one().administrations, trial.one().relative) == (3, None)
    assert "a dose is not recorded" in trial.said()
    assert "3 cycles, planned are 2" in trial.said()


@st.composite
def treatments(draw):
    """Runs of daily doses with gaps and levels."""
    day, blocks = 0, []
    for _ in range(draw(st.integers(1, 4))):
        length = draw(st.integers(1, 25))
        blocks.append((day, day + length - 1, draw(st.sampled_from((40, 80, 120)))))
        day += length + draw(st.integers(0, 12))
    return blocks


@settings(max_examples=25, deadline=None)
@given(treatments(), st.data())
def test_what_must_not_matter(blocks, data):
    """Order of rows, a record split in two, a shift of all dates, mg or g, a second file."""
    whole = numbers(Exposed(of(REGORAFENIB), daily(*blocks)).one())
    shuffled = daily(*data.draw(st.permutations(blocks)))
    assert numbers(Exposed(of(REGORAFENIB), shuffled).one()) == whole
    first, last, amount = blocks[0]
    cut = data.draw(st.integers(first, last))
    parts = [(first, cut, amount), *([(cut + 1, last, amount)] if cut < last else [])]
    assert numbers(Exposed(of(REGORAFENIB), daily(*parts, *blocks[1:])).one()) == whole
    moved = daily(*((a + 400, b + 400, x) for a, b, x in blocks))
    assert numbers(Exposed(of(REGORAFENIB), moved).one()) == whole
    grams = Patient()
    for a, b, x in blocks:
        dose(grams, "Regorafenib", a, str(x / 1000), last=str(b), EXDOSU="G")
    assert numbers(Exposed(of(REGORAFENIB), grams).one()) == whole


@settings(max_examples=25, deadline=None)
@given(st.lists(st.integers(4, 40), max_size=6))
def test_intensity_is_the_mean_of_the_intervals(gaps):
    """Every two weeks: planned doses are the days between doses over 14, and one more."""
    days = [sum(gaps[:n]) for n in range(len(gaps) + 1)]
    row = Exposed(of(CAMRELIZUMAB), every_two_weeks(*days)).one()
    assert row.relative == 100 * F(len(days)) / (F(sum(gaps), 14) + 1)
    late = [gap for gap in gaps if gap > 17]
    assert len(row.course.delays) == sum(gap < 28 for gap in late)
    assert len(row.course.interruptions) == sum(gap >= 28 for gap in late)
