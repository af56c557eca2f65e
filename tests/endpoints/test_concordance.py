"""Concordance of readings (R-072, T-20): every number worked by hand on six patients.

Investigator and assessor: P1 PR PR; P2 PR SD; P3 PD (day 56) SD then PD (day 112); P4 PD PD; P5 SD
PD; P6 PR once, NE. Scans on days 56 and 112; a target of 50 mm is PR at 35 and PD at 60.
"""

from __future__ import annotations

import json

import pytest

from support.readers import ASSESSOR, both, course, read_by, six_patients, together
from support.rules import protocol
from support.trial import Patient, sdtm_of
from trialwright.adam.derive import derive
from trialwright.core.display import Table
from trialwright.endpoints.concordance.pair import PairConcordance
from trialwright.endpoints.concordance.result import Concordance, describe_concordance
from trialwright.pipeline import analyze
from trialwright.stats.agreement import ONE_CELL

CR, PR, SD, PD, NE = range(5)


def concordance(people: list[Patient], **changes: object) -> Concordance:
    settled = protocol(**changes)
    (found,) = describe_concordance(settled, derive(settled, sdtm_of(people)))
    return found


def pair(people: list[Patient], **changes: object) -> PairConcordance:
    (found,) = concordance(people, **changes).pairs
    return found


def cell(table: Table, label: str) -> tuple[str, ...]:
    (row,) = [row[1:] for row in table.rows if row[0].startswith(label)]
    return row


def filled(counts: tuple[tuple[int, ...], ...]) -> dict[tuple[int, int], int]:
    return {(i, j): count for i, row in enumerate(counts) for j, count in enumerate(row) if count}


def test_cross_tables_of_best_response():
    """Confirmed, P6 is SD (one PR, not confirmed); unconfirmed it is PR."""
    confirmed, unconfirmed = pair(six_patients()).best
    assert filled(confirmed.counts) == {
        (PR, PR): 1, (PR, SD): 1, (PD, SD): 1, (PD, PD): 1, (SD, PD): 1, (SD, NE): 1,
    }  # fmt: skip
    assert filled(unconfirmed.counts) == {
        (PR, PR): 1, (PR, SD): 1, (PD, SD): 1, (PD, PD): 1, (SD, PD): 1, (PR, NE): 1,
    }  # fmt: skip


def test_agreement_and_kappa():
    """2 of 6 agree. Rows PR 2, SD 2, PD 2; columns PR 1, SD 2, PD 2, NE 1.

    p_e = (2 x 1 + 2 x 2 + 2 x 2) / 36 = 10/36, kappa = (12 - 10) / (36 - 10) = 1/13.
    """
    confirmed = pair(six_patients()).best[0]
    assert (confirmed.agreement.count, confirmed.agreement.subjects) == (2, 6)
    kappa = confirmed.kappas[0]
    assert (kappa.observed, kappa.expected) == (pytest.approx(1 / 3), pytest.approx(10 / 36))
    assert kappa.value == pytest.approx(1 / 13)


def test_weighted_kappa_leaves_out_ne():
    """Without P6: five subjects, rows PR 2, SD 1, PD 2, columns PR 1, SD 2, PD 2, four categories.

    Linear weights, neighbours 2/3, PR and PD 1/3: p_o = (1 + 2/3 + 2/3 + 1 + 2/3) / 5 = 4/5;
    p_e = (2 + 2 + 4 + 2/3 (4 + 1 + 2 + 4) + 1/3 (4 + 2)) / 25 = 52/75; kappa = 8/23.
    """
    confirmed = pair(six_patients()).best[0]
    linear = confirmed.kappas[1]
    assert linear.subjects == 5
    assert linear.expected == pytest.approx(52 / 75)
    assert linear.value == pytest.approx(8 / 23)


def test_response_rates_and_their_ratio():
    """Confirmed 2 of 6 by 1 of 6; unconfirmed 3 of 6 by 1 of 6. 2 of 6 exact: 4.3 to 77.7 %."""
    confirmed, unconfirmed = pair(six_patients()).best
    assert [rate.count for rate in confirmed.rates] == [2, 1]
    assert confirmed.ratio == 2.0
    assert unconfirmed.ratio == 3.0
    first = confirmed.rates[0]
    assert first.lower == pytest.approx(0.0433, abs=5e-5)
    assert first.upper == pytest.approx(0.7772, abs=5e-5)


def test_the_response_rate_of_the_headline_is_the_one_of_the_report():
    settled = protocol()
    results = analyze(settled, derive(settled, sdtm_of(six_patients())))
    found = results["CONCORDANCE"]
    assert isinstance(found, Concordance)
    ours = found.pairs[0].best[0].rates[0].to_json()
    assert results["ORR"].to_json()["estimate"] == ours


def test_progression():
    """PD by both: P3 (day 56 against 112: -56) and P4 (0), median -28; P5 by the assessor only."""
    found = pair(six_patients()).progressions
    assert (found.both, found.first_only, found.second_only, found.neither) == (2, 0, 1, 3)
    assert found.days == (-56, 0)
    assert found.median_days == -28.0
    assert [(one.usubjid, one.days, one.same_visit) for one in found.differing] == [
        ("P3", -56, False),
        ("P5", None, False),
    ]
    assert found.differing[1].first is None
    assert "60.0 mm" in found.differing[0].reasons[0]


def test_time_points_at_the_same_scan():
    """P1 twice PR PR; P2 twice PR SD; P3 PD SD, PD PD; P4 PD PD; P5 SD PD; P6 PR NE."""
    points = pair(six_patients()).points
    assert filled(points.counts) == {
        (PR, PR): 2, (PR, SD): 2, (PD, SD): 1, (PD, PD): 2, (SD, PD): 1, (PR, NE): 1,
    }  # fmt: skip
    assert (points.matched, points.agreeing, points.unmatched) == (9, 4, (0, 0))


def test_time_points_by_the_name_of_the_visit():
    """The assessor dates the scan a day later: the name of the visit matches, the date does not."""
    person = both("P1", (50, 30), (50, 45))
    for row in person.rows["TR"]:
        if row["VISITNUM"] == "2":
            row["VISIT"] = "Week 8" if row["TREVAL"] == ASSESSOR else "WEEK 8 "
            row["TRDTC"] = "2024-02-27" if row["TREVAL"] == ASSESSOR else "2024-02-26"
    points = pair([person]).points
    assert filled(points.counts) == {(PR, SD): 1}
    for row in person.rows["TR"]:
        row.pop("VISIT", None)
    assert pair([person]).points.unmatched == (1, 1)


def test_a_visit_that_one_reader_lacks_is_unmatched():
    """Both number their time points from 1: the assessor's first is the investigator's second."""
    person = together(
        course("P1", "LIVER", 50, 45, 30),
        read_by(Patient(name="P1").target("T01", "LUNG", 50).scan(112, {"T01": 30}), ASSESSOR),
    )
    points = pair([person]).points
    assert filled(points.counts) == {(PR, PR): 1}
    assert points.unmatched == (1, 0)


def test_the_same_visit_with_another_date_of_progression():
    """Two scans of one time point: 125 of 100 mm on the first, PD whatever T02 is (R-054)."""
    ours = Patient(name="P1").target("T01", "LIVER", 50).target("T02", "LIVER", 50)
    theirs = read_by(Patient(name="P1").target("T01", "LUNG", 50).scan(60, {"T01": 70}), ASSESSOR)
    ours.scan(56, {"T01": 125}, visit=2).scan(60, {"T02": 50}, visit=2)
    found = pair([together(ours, theirs)]).progressions
    assert found.days == (-4,)
    assert [(one.days, one.same_visit) for one in found.differing] == [(-4, True)]


def test_who_is_compared():
    """P7 was read by the investigator only, P8 by nobody; P9 had no first dose and is not in FAS."""
    people = [
        *six_patients(),
        course("P7", "LIVER", 50, 50),
        Patient(name="P8"),
        both("P9", (50, 30), (50, 30)),
    ]
    people[-1].dose_day = None
    found = concordance(people)
    (one,) = found.pairs
    assert one.subjects == 6
    assert one.one_only == (("P7",), ())
    assert one.neither == 1
    assert found.table().footnotes[0] == (
        "Not compared: read by investigator only: P7; 1 read by neither."
    )
    assert found.table().population == "Full analysis set, read by both (N = 6)"


def test_discordant_subjects_have_both_reasons():
    found = pair(six_patients()).discordant
    assert [(one.usubjid, one.responses) for one in found if one.confirmed] == [
        ("P2", ("PR", "SD")),
        ("P3", ("PD", "SD")),
        ("P5", ("SD", "PD")),
        ("P6", ("SD", "NE")),
    ]
    assert all(one.reasons[0] and one.reasons[1] for one in found)
    assert found[0].reasons[0].startswith("PR on 2024-02-26")


def test_the_table_says_what_cannot_be_estimated():
    """Both say SD of both patients: no kappa, no ratio, full agreement."""
    table = concordance([both(n, (50, 50), (50, 50)) for n in ("P1", "P2")]).table()
    assert cell(table, "Kappa") == (f"not defined: {ONE_CELL}",) * 2
    assert cell(table, "Ratio") == ("not estimable: no responder in the denominator",) * 2
    assert cell(table, "Same best")[0].startswith("2 (100) [15.8 to 100.0]")
    assert "Agreement of 2 subjects is imprecise" in table.footnotes[-1]


def test_the_table_in_words():
    table = concordance(six_patients()).table()
    assert table.number == "T-20"
    assert table.columns == ("", "Confirmed", "Unconfirmed")
    assert cell(table, "Same best") == ("2 (33) [4.3 to 77.7]", "2 (33) [4.3 to 77.7]")
    assert cell(table, "Kappa")[0].startswith("0.08 (")
    assert cell(table, "Weighted kappa, linear")[0].startswith("0.35 (")
    assert cell(table, "ORR, investigator")[0] == "2 (33) [4.3 to 77.7]"
    assert cell(table, "Ratio") == ("2.00", "3.00")
    assert "(1 confirmed, 1 unconfirmed)" in table.footnotes[1]


def test_the_order_of_the_pair_does_not_follow_the_headline():
    """Investigator first, always: the ratio is that of the investigator by the assessor."""
    assert pair(six_patients(), response__evaluator=ASSESSOR).to_json() == (
        pair(six_patients()).to_json()
    )


def test_nobody_in_common():
    people = [course("P1", "LIVER", 50, 30), read_by(course("P2", "LUNG", 50, 30), ASSESSOR)]
    found = concordance(people)
    assert found.pairs[0].subjects == 0
    assert len(found.tables()) == 1
    assert cell(found.table(), "Same best") == ("nobody in this set",) * 2


def test_one_reading_has_no_concordance():
    settled = protocol()
    adam = derive(settled, sdtm_of(course("P1", "LIVER", 50, 30)))
    assert describe_concordance(settled, adam) == ()
    assert "CONCORDANCE" not in analyze(settled, adam)


def readers(name: str, *courses: tuple[object, ...], accepted: int | None = None) -> Patient:
    read = [
        read_by(course(name, "LUNG", *sizes), ASSESSOR, f"RADIOLOGIST {n}", accepted=n == accepted)
        for n, sizes in enumerate(courses, start=1)
    ]
    return together(course(name, "LIVER", 50, 30, 30), *read)


def words(found: Concordance) -> list[tuple[str, str]]:
    return [(one.readings[0].words, one.readings[1].words) for one in found.pairs]


def test_r074_readers_are_compared_with_each_other_and_not_with_themselves():
    """Three readers, the first accepted: PR, PR and PD; the accepted reading is none of a pair."""
    people = [readers("P1", (50, 30, 30), (50, 30, 30), (50, 60), accepted=1)]
    found = concordance(people)
    assert words(found) == [
        ("investigator", "independent assessor"),
        *(
            (f"independent assessor, radiologist {a}", f"independent assessor, radiologist {b}")
            for a, b in ((1, 2), (1, 3), (2, 3))
        ),
    ]
    assert [one.best[0].agreement.count for one in found.pairs] == [1, 1, 0, 0]


def test_without_an_accepted_reader_each_reader_is_compared_with_the_investigator():
    found = concordance([readers("P1", (50, 30, 30), (50, 60))])
    assert words(found) == [
        ("investigator", "independent assessor, radiologist 1"),
        ("investigator", "independent assessor, radiologist 2"),
        ("independent assessor, radiologist 1", "independent assessor, radiologist 2"),
    ]


def test_results_hold_every_number_and_no_nan():
    settled = protocol()
    text = analyze(settled, derive(settled, sdtm_of(six_patients()))).to_json()
    found = json.loads(text)["results"]["CONCORDANCE"]["pairs"][0]
    assert found["best_overall_response"][0]["orr_ratio"] == 2.0
    assert found["progression"]["median_days"] == -28.0
    assert found["time_points"]["agreeing"] == 4
