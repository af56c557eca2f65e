"""Response rate by mRECIST and the cross table with RECIST 1.1 (R-126), counted by hand.

Five patients, scans on days 56 and 112, diameters 60 mm in every one but A5:
A1 viable 40, 10, 10: PR confirmed by mRECIST, SD by RECIST 1.1.
A2 viable 40, 0, 0: CR confirmed by mRECIST, SD by RECIST 1.1.
A3 viable 40, 40, 48: SD then PD by mRECIST (+20 %), SD by RECIST 1.1; SD is best by both.
A4 viable 40, 48: PD by mRECIST, SD by RECIST 1.1.
A5 no viable diameter; 60, 30, 30: PR confirmed by RECIST 1.1, not evaluable by mRECIST.
"""

from __future__ import annotations

import json

import pytest

from support.trial import Patient
from support.viable import derived_whole, hcc, liver
from trialwright.core.results import Result
from trialwright.core.tables import Adam
from trialwright.endpoints.mrecist.results import analyze_mrecist
from trialwright.endpoints.patient_story import tell_patient
from trialwright.pipeline import Results, analyze
from trialwright.report.patient_tables import lesion_tables, patients_of


def people() -> list[Patient]:
    a5 = Patient(name="A5").target("T01", "LIVER", 60)
    return [
        liver({"T01": 40}, (56, {"T01": 10}), (112, {"T01": 10}), name="A1"),
        liver({"T01": 40}, (56, {"T01": 0}), (112, {"T01": 0}), name="A2"),
        liver({"T01": 40}, (56, {"T01": 40}), (112, {"T01": 48}), name="A3"),
        liver({"T01": 40}, (56, {"T01": 48}), name="A4"),
        a5.scan(56, {"T01": 30}).scan(112, {"T01": 30}),
    ]


@pytest.fixture(scope="module")
def adam() -> Adam:
    return derived_whole(*people())


@pytest.fixture(scope="module")
def results(adam) -> Results:
    return analyze(hcc(), adam)


def found(results: Results, key: str) -> dict[str, object]:
    return json.loads(json.dumps(results[key].to_json()))


def test_morr_beside_orr(results):
    """mORR 2/5 (A1, A2), ORR by RECIST 1.1 1/5 (A5); nobody leaves the denominator."""
    rate = found(results, "MORR")
    assert (rate["estimate"]["count"], rate["estimate"]["subjects"]) == (2, 5)
    full = next(one for one in rate["sets"] if one["analysis_set"] == "FAS")
    counts = {name: n for name, n in full["counts"].items() if n}
    assert counts == {"CR": 1, "PR": 1, "SD": 1, "PD": 1, "NE": 1}
    assert full["recist_confirmed"]["count"] == 1
    assert full["without_viable_diameter"] == 1
    assert found(results, "ORR")["estimate"]["count"] == 1


def test_the_table_shows_both_rates(results):
    cells = {row[0]: row[1] for row in results["MORR"].table().rows}
    assert cells["mORR (confirmed), n (%) [95 % CI]"].startswith("2 (40)")
    assert cells["ORR by RECIST 1.1 (confirmed), n (%) [95 % CI]"].startswith("1 (20)")
    said = " ".join(results["MORR"].table().footnotes)
    assert "1 of 5 have no viable diameter" in said
    assert "compare with rates by the same criteria only" in said


def test_cross_table_by_patient(results):
    both = found(results, "MRECIST")
    crossed = {(one["recist"], one["mrecist"]): one["subjects"] for one in both["crossed"]}
    assert crossed == {("SD", "PR"): 1, ("SD", "CR"): 1, ("SD", "SD"): 1, ("SD", "PD"): 1,
                       ("PR", "NE"): 1}  # fmt: skip
    assert both["agree"] == 1
    assert [one["subject"] for one in both["differ"]] == ["A1", "A2", "A4", "A5"]
    assert both["responders_by_mrecist_only"] == ["A1", "A2"]
    assert both["responders_by_recist_only"] == ["A5"]


def test_cross_table_as_drawn(results):
    table = results["MRECIST"].table()
    names = ("CR", "PR", "SD", "PD", "NE")
    assert table.columns == ("RECIST 1.1", *(f"mRECIST {name}" for name in names), "All")
    assert table.rows == (
        ("CR", "0", "0", "0", "0", "0", "0"),
        ("PR", "0", "0", "0", "0", "1", "1"),
        ("SD", "1", "1", "1", "1", "0", "4"),
        ("PD", "0", "0", "0", "0", "0", "0"),
        ("NE", "0", "0", "0", "0", "0", "0"),
        ("All", "1", "1", "1", "1", "1", "5"),
    )
    listing = results["MRECIST"].tables()[1]
    assert [row[:3] for row in listing.rows][:2] == [("A1", "SD", "PR"), ("A2", "SD", "CR")]
    assert "PR on 2024-02-26, confirmed by PR on 2024-04-22" in listing.rows[0][4]


def test_the_rest_of_the_analysis_looks_at_recist_only(adam, results):
    """Removing every row of mRECIST changes no other result."""
    own = ["MOVR", "MBOR", "MCBOR"], ["VLDIAM", "SUMVIAB", "SUMVPART"]
    plain = Adam(
        datasets={
            **adam.datasets,
            "ADRS": adam["ADRS"].filter(~adam["ADRS"]["PARAMCD"].is_in(own[0])),
            "ADTR": adam["ADTR"].filter(~adam["ADTR"]["PARAMCD"].is_in(own[1])),
        },
        **{
            name: getattr(adam, name)
            for name in Adam.__dataclass_fields__
            if name not in {"datasets"}
        },
    )
    without = analyze(hcc(), plain)
    keys = [key for key in results if key not in {"MORR", "MRECIST"}]
    assert keys
    assert [found(results, key) for key in keys] == [found(without, key) for key in keys]


def test_without_viable_diameters_the_result_says_why():
    person = Patient().target("T01", "LIVER", 60).scan(56, {"T01": 30})
    made = analyze_mrecist(hcc(), derived_whole(person))
    assert [one.key for one in made] == ["MORR"]
    assert isinstance(made[0], Result)
    assert made[0].to_json()["status"] == "not derived"
    assert "TR has no viable diameter" in made[0].table().footnotes[0]


def test_without_the_name_there_is_no_result():
    person = liver({"T01": 40}, (56, {"T01": 20}))
    settled = hcc(response__criteria=None)
    assert analyze_mrecist(settled, derived_whole(person, response__criteria=None)) == ()


def test_patient_page_and_baseline_show_the_diameters_of_recist(adam, results):
    """A1 has one target of 60 mm; its viable 40 and 10 mm are no lesion and no size of it."""
    page = next(one for one in patients_of(adam, "") if one.person["USUBJID"] == "A1")
    cells = next(row for row in lesion_tables(page)[0].rows if row[0].startswith("T01"))
    assert cells[1:] == ("60.0", "60.0", "60.0")
    first = found(results, "BASELINE")["subjects"][0]
    assert (first["targets"], first["sum_mm"]) == (1, 60.0)


def test_the_story_of_a_patient_tells_both(adam):
    """`explain` prints the time points of both criteria; A2 is CR by mRECIST only."""
    told = [row[0] + ": " + row[1] for row in tell_patient(adam, "A2").rows]
    text = "\n".join(told)
    assert "mRECIST, best overall response, confirmed: CR" in text
    assert text.count("mRECIST, ") == 4
