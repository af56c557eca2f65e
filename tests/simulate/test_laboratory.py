"""Simulated laboratory values: levels, peaks after local treatment, values that show an event."""

from pathlib import Path

import polars as pl
import pytest

import trialwright as tw
from support.dose_plans import event
from support.virtual_models import simulated_roughly
from trialwright.protocol.settle import accept_defaults
from trialwright.simulate.laboratory import TESTS, dipsticks, drift
from trialwright.vocabulary.sdtm import SDTM

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
NAME = "000_d23731f1bbf2546a"


@pytest.fixture(scope="module")
def sdtm():
    draft = tw.draft_protocol(tw.read_record(EXAMPLES / f"records/{NAME}.txt"))
    settled = accept_defaults(draft.protocol, draft.findings)
    return simulated_roughly(settled, tw.read_scenario(EXAMPLES / f"scenarios/{NAME}.yaml"), seed=3)


def _values(sdtm, code):
    rows = sdtm["LB"].filter(pl.col("LBTESTCD") == code)
    number = pl.col("LBSTRESN").cast(pl.Float64)
    return rows.with_columns(
        VALUE=number, ULN=pl.col("LBSTNRHI").cast(pl.Float64), DAY=pl.col("LBDTC").str.to_date()
    )


def test_records_have_the_columns_of_the_domain(sdtm):
    assert sdtm["LB"].columns[:-1] == list(SDTM["LB"].names)
    assert set(sdtm["LB"]["LBTESTCD"]) == {test.code for test in TESTS} | {"UPRODIP"}


def test_nothing_is_sampled_after_the_last_visit(sdtm):
    """Samples prove that a patient lives: they must not lengthen the follow-up."""
    last = sdtm["SV"].group_by("USUBJID").agg(LAST=pl.col("SVSTDTC").max())
    late = sdtm["LB"].join(last, on="USUBJID").filter(pl.col("LBDTC") > pl.col("LAST"))
    assert late.height == 0


def test_enzymes_peak_the_day_after_an_infusion_and_fall_again(sdtm):
    """A peak of 3 to 8 times the level, half of the rise gone after 3 days, three quarters after 6.

    Without an event a value stays below 4.5 x ULN, so the median lies in the lower half of the range.
    """
    infusions = sdtm["PR"].select("USUBJID", DAY=pl.col("PRSTDTC").str.to_date()).unique()
    alt = _values(sdtm, "ALT").select("USUBJID", "DAY", "VALUE")
    before = infusions.join(alt, on=["USUBJID", "DAY"])
    next_day = infusions.with_columns(pl.col("DAY") + pl.duration(days=1))
    week = infusions.with_columns(pl.col("DAY") + pl.duration(days=7))
    medians = [
        frame.join(alt, on=["USUBJID", "DAY"])["VALUE"].median() for frame in (next_day, week)
    ]
    level = before["VALUE"].median()
    assert 3 * level < medians[0] < 6 * level
    assert medians[1] < (medians[0] + level) / 2


@pytest.mark.parametrize(
    ("term", "code", "limits"),
    [
        ("Neutrophil count decreased", "NEUT", {1: (1.5, 1.8), 2: (1.0, 1.5), 3: (0.5, 1.0), 4: (0, 0.5)}),
        ("Platelet count decreased", "PLAT", {1: (75, 125), 2: (50, 75), 3: (25, 50), 4: (0, 25)}),
        ("Hypokalaemia", "K", {1: (3.0, 3.5), 2: (3.0, 3.5), 3: (2.5, 3.0), 4: (0, 2.5)}),
    ],
)  # fmt: skip
def test_values_show_the_worst_grade_of_the_event_and_never_a_worse_one(sdtm, term, code, limits):
    """CTCAE 5.0 limits (G-01, G-05, G-28): [lower, upper) for falling terms.

    An event begins at its worst grade or one below it.
    """
    last = sdtm["LB"].group_by("USUBJID").agg(LAST=pl.col("LBDTC").max())
    events = sdtm["AE"].filter(pl.col("AEDECOD") == term).join(last, on="USUBJID")
    events = events.filter(pl.col("AESTDTC") < pl.col("LAST")).select(
        "USUBJID", "AESTDTC", "AEENDTC", GRADE=pl.col("AETOXGR").cast(pl.Int64)
    )
    found = (
        _values(sdtm, code)
        .join(events, on="USUBJID")
        .filter(
            pl.col("LBDTC") >= pl.col("AESTDTC"),
            (pl.col("LBDTC") < pl.col("AEENDTC")).fill_null(value=True),
        )
    )
    assert found.height > 0 or code == "NEUT"
    for (grade, start), rows in found.group_by("GRADE", "AESTDTC"):
        low, high = limits[grade]
        assert low <= rows["VALUE"].min() < high
        first = rows.filter(pl.col("LBDTC") == start)["VALUE"].item()
        assert first < limits[max(grade - 1, 1)][1]


def test_without_an_event_no_enzyme_is_severe(sdtm):
    """Grade 3 from above 5 x ULN: what is severe was reported as an event."""
    reported = sdtm["AE"].filter(
        pl.col("AEDECOD").is_in(
            ["Alanine aminotransferase increased", "Immune-mediated hepatitis"]
        ),
        pl.col("AETOXGR").cast(pl.Int64) >= 3,
    )["USUBJID"]
    others = _values(sdtm, "ALT").filter(~pl.col("USUBJID").is_in(reported.implode()))
    assert others.filter(pl.col("VALUE") > 5 * pl.col("ULN")).height == 0


def test_women_have_their_own_limits(sdtm):
    limits = _values(sdtm, "HGB").join(sdtm["DM"].select("USUBJID", "SEX"), on="USUBJID")
    assert set(limits.select("SEX", "LBSTNRLO").unique().rows()) == {("F", "115"), ("M", "130")}


def test_bilirubin_rises_a_little_after_an_infusion(sdtm):
    """Nine of ten peaks of 1.1 to 2.5 times the level, median 1.66."""
    infusions = sdtm["PR"].select("USUBJID", DAY=pl.col("PRSTDTC").str.to_date()).unique()
    values = _values(sdtm, "BILI").select("USUBJID", "DAY", "VALUE")
    level = infusions.join(values, on=["USUBJID", "DAY"])["VALUE"].median()
    after = infusions.with_columns(pl.col("DAY") + pl.duration(days=1))
    assert 1.3 * level < after.join(values, on=["USUBJID", "DAY"])["VALUE"].median() < 2.1 * level


def test_liver_values_drift_upwards_after_progression():
    """15 % a month compounded: 1.15 after 30.4 days; nothing before, nothing for haemoglobin."""
    setting = tw.read_scenario(EXAMPLES / f"scenarios/{NAME}.yaml").laboratory
    assert setting.liver_drift_per_month == 0.15
    tests = {test.code: test for test in TESTS}
    month = 30.4375
    assert drift(0.15, tests["ALP"], (100, 100 + month)) == pytest.approx(1.15)
    assert drift(0.15, tests["ALP"], (100, 100 + 2 * month)) == pytest.approx(1.3225)
    assert drift(0.15, tests["ALP"], (100, 99)) == drift(0.15, tests["ALP"], (None, 99)) == 1.0
    assert drift(0.15, tests["HGB"], (100, 200)) == 1.0


def test_values_follow_the_grades_of_an_event_down():
    """Protein in urine while proteinuria goes from grade 3 to 2, to 1, and is over."""
    course = event((10, 3), (16, 2), (20, 1), (24, 0), term="Proteinuria")
    found = dict(dipsticks([9, 10, 15, 16, 20, 23, 24], [course]))
    assert list(found.values()) == ["NEGATIVE", "4+", "4+", "2+", "1+", "1+", "NEGATIVE"]
