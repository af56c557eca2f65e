"""Dosing phrases, names of interventions and their owners; every value worked out by hand."""

from __future__ import annotations

import time

import pytest

from trialwright.registry.agent_names import named_in
from trialwright.registry.draft import draft_protocol
from trialwright.registry.record import parse_record
from trialwright.registry.regimen.parsing import expressions
from trialwright.registry.view import normalised


def _said(text):
    low = normalised(text)
    return [(one.field, one.value) for one in expressions(low, 0, len(low))]


def _levels(*values, unit):
    return [{"value": float(value), "unit": unit} for value in values]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("25, 50 and 100 mg bid", [("dose", _levels(25, 50, 100, unit="mg")), ("frequency", ("BID", None))]),
        ("4-8 mg", [("dose", _levels(4, 8, unit="mg"))]),
        ("20/25 Gy", [("dose", _levels(20, 25, unit="Gy"))]),
        ("2-5 x 10^6 CAR+ T cells/kg", [("dose", _levels(2e6, 5e6, unit="cells/kg"))]),
        ("1 million IU/m2", [("dose", _levels(1e6, unit="IU/m2"))]),
        ("240 milligrams every 2 weeks", [("dose", _levels(240, unit="mg")), ("frequency", ("Q2W", 14))]),
        ("5-FU day 1", [("days_in_cycle", [1])]),
        ("AUC 5-6", [("auc", _levels(5, 6, unit="AUC"))]),
        ("60 Gy/30 f, 2 Gy per fraction", [("dose", _levels(60, unit="Gy")), ("fractions", [30]), ("fraction_dose", [2.0])]),
        ("5 fractions per week", [("frequency", ("QD5/7", 1))]),
        ("for 6-8 cycles", [("n_cycles", [6, 8])]),
        ("six 21-day cycles", [("n_cycles", [6]), ("cycle_length_days", 21)]),
        ("one cycle is defined as 28 days", [("cycle_length_days", 28)]),
        ("cycle 1 (28 days)", [("cycle_length_days", 28)]),
        ("35 cycles or 2 years", [("n_cycles", [35]), ("duration_days", [730])]),
        ("5 days of treatment and 23 days of interval", [("days_on", [1, 2, 3, 4, 5]), ("cycle_on_off", 28)]),
        ("weekly x 6", [("frequency", ("QW", 7)), ("n_doses", 6)]),
        ("at 1-2 weeks intervals", [("interval_range", [7, 14])]),
        ("every 12 hours", [("frequency", ("BID", None))]),
        ("every 3 (±1) months", [("frequency", ("Q3M", 90))]),
        ("from week 1 to 5", [("weeks", (1, 5))]),
        ("days -5 through -2", [("days_in_cycle", [-5, -4, -3, -2])]),
        ("day 1, 200 mg", [("days_in_cycle", [1]), ("dose", _levels(200, unit="mg"))]),
        ("day 2 \\& day 9", [("days_in_cycle", [2, 9])]),
        ("days 4(+/-2) and 18(+/-2)", [("days_in_cycle", [4, 18])]),
        ("one or two courses", [("n_cycles", [1, 2])]),
        ("a single course", [("n_cycles", [1])]),
        ("for a maximum period of 18 months", [("duration_days", [548])]),
        ("until two years of therapy", [("duration_days", [730])]),
        ("17 cycles (approximately 1 year) after enrolment", [("n_cycles", [17]), ("duration_days", [365]), ("relative", ([365], "after"))]),
        ("4 intravenous doses", [("n_doses", 4), ("route", "intravenous")]),
        ("on cycle 1 day 1", [("days_in_cycle", [1])]),
        ("(1 cycle=28 days)", [("cycle_length_days", 28)]),
        ("by a needle in your vein", [("route", "intravenous")]),
        ("three times per week", [("frequency", ("TIW", None))]),
        ("two times a week", [("frequency", ("BIW", None))]),
        ("four times a day", [("frequency", ("QID", None))]),
        ("thrice daily", [("frequency", ("TID", None))]),
        ("twice a month", []),
        ("bolus 400 mg/m2 at hour 3 and 2400 mg/m2", [("dose", _levels(400, unit="mg/m2")), ("dose", _levels(2400, unit="mg/m2"))]),
        ("every 12 hours 400 mg", [("frequency", ("BID", None)), ("dose", _levels(400, unit="mg"))]),
        ("the first day of every 3-week cycle", [("days_in_cycle", [1]), ("cycle_length_days", 21)]),
        ("the first day of the trial", []),
        ("5 consecutive days of decitabine", [("duration_days", [5])]),
        ("5 consecutive days of rest", [("days_off", 5)]),
        ("30 ng/kg", [("dose", _levels(30, unit="ng/kg"))]), ("2 ng/mL", []),
        ("via the hepatic artery", [("route", "intra-arterial")]),
        ("the hepatic artery is ligated", []),
        ("every 5 days with 23 days interval", []),
        ("at 3-week intervals", [("frequency", ("Q3W", 21))]),
        ("for 5 days per week for 4 weeks", [("frequency", ("QD5/7", 1)), ("duration_days", [28])]),
        ("week 2, until 30 days after", []),
        ("days 1-3 followed by 4 days off", [("days_in_cycle", [1, 2, 3]), ("days_off", 4)]),
        ("stage IIIA-IV", []), ("stage IIIC to IV", []), ("(part 1) IV. To assess", []),
        ("stage IV", []), ("oral mucositis", []), ("orally bioavailable", []), ("3 mg/dL", []),
    ],
)  # fmt: skip
def test_phrases(text, expected):
    assert _said(text) == expected


@pytest.mark.parametrize(
    ("entry", "names"),
    [
        ("QT-12 80mg QD+pemetrexed+Cisplatin/Carboplatin", ["qt-12", "pemetrexed", "cisplatin", "carboplatin"]),
        ("Iparomlimab and Tuvonralimab (QL1706)", ["iparomlimab and tuvonralimab (ql1706)"]),
        ("platinum (cisplatin or carboplatin)", ["cisplatin", "carboplatin"]),
        ("HAIC、Bevacizumab、Camrelizumab", ["haic", "bevacizumab", "camrelizumab"]),
        ("Gemcitabine nab-PaclitaxelLenvatinib", ["gemcitabine", "nab-paclitaxel", "lenvatinib"]),
        ("CLL1+CD33 CAR-T", ["cll1+cd33 car-t"]),
        ("TILs targeting HER2, Mesothelin and EGFR", ["tils targeting her2, mesothelin and egfr"]),
        ("Poziotinib Once Daily Dosing", ["poziotinib"]),
        ("paclitaxel for squamous cell carcinoma and pemetrexed", ["paclitaxel", "pemetrexed"]),
        ("Ifosfamide + etoposide (IE)", ["ifosfamide", "etoposide"]),
        ("Docetaxel-Cisplatin induction chemotherapy", ["docetaxel", "cisplatin"]),
        ("LK-305 with Keytruda (Pembrolizumab).", ["lk-305", "keytruda (pembrolizumab)"]),
        ("Cohort expansion: triplet combination of LK-305 + LK-17 + Nivolumab.", ["lk-305", "lk-17", "nivolumab"]),
        ("Dose escalation: LK-305 monotherapy.", ["lk-305"]),
        ("LK-305 as monotherapy", ["lk-305"]),
        ("LK-305 in combination with LK-17 (both at the recommended dose)", ["lk-305", "lk-17"]),
        ("Oral S-1 + oral lenvatinib", ["s-1", "lenvatinib"]),
        ("Hypofractionated radiotherapy plus temozolomide and PD-1 inhibitor", ["hypofractionated radiotherapy", "temozolomide", "pd-1 inhibitor"]),
        ("CI-9 CAR-T cells (1 x 10^6 cells/kg，2 x 10^6 cells/kg)", ["ci-9 car-t cells"]),
    ],
)  # fmt: skip
def test_entries_are_split_and_cleaned(entry, names):
    low = normalised(entry)
    assert [low[one.start : one.end] for one in named_in(low)] == names


def test_a_name_with_one_wrong_letter_is_the_known_agent():
    assert [one.key for one in named_in("enpulimab + oxaliplatin")] == ["penpulimab", "oxaliplatin"]


HOSTILE = (
    "12.5 mg/m2 iv on days 1, 8 and 15 of each 21-day cycle, ",
    "every 3 weeks for ",
    "1, 2 and ",
    "serplulimab 200 mg and ",
    "cycle is ",
    "10 x 10^",
    "2 weeks on, ",
    "adjuvant ",
    "(( 1 mg ",
    "after 3 weeks after ",
    "arm a: group b: ",
    "the day before the day of ",
    "at hour 3 and hours 4 ",
    "patients who do not have toxicity may ",
    "before serplulimab and after serplulimab (",
    "following surgery, patients ",
    "3 consecutive days of ",
)


@pytest.mark.parametrize("phrase", HOSTILE)
def test_time_grows_no_faster_than_the_text(phrase):
    """Four times the text takes at most some ten times as long: far from quadratic, sixteen."""

    def seconds(size):
        text = phrase * (size // len(phrase))
        lines = ["T", "S", "C", "DRUG: Serplulimab", "ORR, rate, 1 year", "", text]
        record = parse_record("r", "\n".join(lines).encode(), where="r")
        start = time.process_time()
        draft_protocol(record)
        return time.process_time() - start

    seconds(2_000)
    assert seconds(40_000) < 10 * seconds(10_000) + 1.0
