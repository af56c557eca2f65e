"""T-6 counted by hand, ADEX and S-7 through the whole derivation."""

from dataclasses import replace
from fractions import Fraction

import polars as pl
import pytest

from support.exposed import ABLATION, CAMRELIZUMAB, REGORAFENIB, component, dose, of, session
from support.trial import Patient, on, sdtm_of
from trialwright.adam.derive import derive
from trialwright.core.results import Result
from trialwright.endpoints.exposure import describe_exposure
from trialwright.protocol.model import Cohort
from trialwright.vocabulary.adam import ADAM


def patient(name, arm="CRC", **more):
    one = Patient(name, arm=arm, **more).target("T1", "LIVER", 40)
    return one.scan(56, {"T1": 30})


def regorafenib(one, *blocks):
    for first, last, amount in blocks:
        dose(one, "Regorafenib", first, amount, last=str(last))
    return one


def camrelizumab(one, *days):
    for day in days:
        dose(one, "Camrelizumab", day, 200)
    return one


def trial():
    """Four treated patients and one enrolled and never treated.

    P1 on time; P2 a week late (day 28 to 34) and at half dose from the second cycle; P3 with one
    session and no regorafenib; P4 of the other cohort, camrelizumab given up after the first dose.
    """
    one = camrelizumab(regorafenib(patient("P1"), (0, 20, 80), (28, 48, 80)), 0, 14, 28, 42)
    two = regorafenib(patient("P2"), (0, 20, 80), (35, 55, 40))
    camrelizumab(two, 0, 14, 28)
    two.add("DS", DSDECOD="ADVERSE EVENT", DSSCAT="STUDY TREATMENT", DSSTDTC=on(60))
    three = session(camrelizumab(patient("P3"), 0, 14), "Microwave Ablation", 3)
    four = camrelizumab(regorafenib(patient("P4", arm="PAN"), (0, 20, 80), (28, 48, 80)), 0)
    four.add("AE", AETERM="Rash", AESTDTC=on(5), AETOXGR="3", AEREL="RELATED",
             AEACN1="DRUG WITHDRAWN")  # fmt: skip
    five = patient("P5", dose_day=None)
    return one, two, three, four, five


PROTOCOL = of(CAMRELIZUMAB, REGORAFENIB, ABLATION, safety__dlt_window_days=28).model_copy(
    update={"cohorts": (Cohort(id="CRC", name="Colorectal"), Cohort(id="PAN", name="Pancreas"))}
)


@pytest.fixture(scope="module")
def adam():
    return derive(PROTOCOL, sdtm_of(trial()))


def cells(result):
    return {row[0]: row[1:] for row in result.table().rows}


def test_table_by_hand(adam):
    """Camrelizumab: 4, 3, 2, 1 doses; 8, 6, 4, 2 weeks; 800, 600, 400, 200 mg, all on time.

    Regorafenib: 42 days each; P2 21 x 80 + 21 x 40 = 2520 mg of 47.25 x 80 = 3780 mg planned.
    """
    everyone, *_ = describe_exposure(PROTOCOL, adam)
    assert isinstance(everyone, Result)
    table = everyone.table()
    assert table.columns[1:] == (
        "Camrelizumab (n = 4)", "Regorafenib (n = 3)", "Microwave Ablation (n = 1)"
    )  # fmt: skip
    assert cells(everyone) == {
        "Given at least once, n (%)": ("4 (100)", "3 (75)", "1 (25)"),
        "Cycles or sessions, median (range)": ("2.5 (1 to 4)", "2 (2 to 2)", "1 (1 to 1)"),
        "Duration, weeks, median (range)": (
            "5.0 (2.0 to 8.0)", "8.0 (8.0 to 9.0)", "0.1 (0.1 to 0.1)"),
        "Cumulative dose, median (range)": (
            "500 (200 to 800) mg", "3360 (2520 to 3360) mg", "1 (1 to 1) administrations"),
        "Relative dose intensity, %, median (range)": (
            "100.0 (100.0 to 100.0)", "100.0 (66.7 to 100.0)", "-"),
        "At least one delay, n (%)": ("0 (0)", "1 (33)", "-"),
        "At least one interruption, n (%)": ("0 (0)", "0 (0)", "-"),
        "At least one reduction, n (%)": ("0 (0)", "1 (33)", "-"),
        "Discontinued, n (%)": ("2 (50)", "1 (33)", "-"),
        "Adverse event": ("2 (50)", "1 (33)", "-"),
        "Stopped while other components went on, n (%)": ("1 (25)", "0 (0)", "-"),
        "Ongoing, n (%)": ("2 (50)", "2 (67)", "-"),
    }  # fmt: skip
    assert table.population == "Safety set (N = 4)"


def test_cohorts_add_up_and_stay_within_the_safety_set(adam):
    everyone, crc, pan = describe_exposure(PROTOCOL, adam)
    assert [one.key for one in (everyone, crc, pan)] == ["EXPOSURE", "EXPOSURE.CRC", "EXPOSURE.PAN"]
    for whole, *parts in zip(everyone.components, crc.components, pan.components, strict=True):
        assert whole.given == sum(part.given for part in parts) <= everyone.subjects
        assert whole.alone == sum(part.alone for part in parts)
        values = sorted(value for part in parts for value in part.relative.values)
        assert list(whole.relative.values) == values
    assert everyone.to_json()["components"][1]["relative_dose_intensity"]["min"] == 200 / 3


def test_every_value_has_its_reason_and_sources(adam):
    """A-12: RULEID, REASON, SRCDOM and SRCSEQ of every value of a component that was given."""
    adex = adam["ADEX"]
    assert adex.columns == [variable.name for variable in ADAM["ADEX"].variables]
    assert adex.select(ADAM["ADEX"].keys).is_duplicated().sum() == 0
    assert adex["RULEID"].unique().to_list() == ["A-12"]
    assert adex["REASON"].null_count() == 0
    held = adex.filter(pl.col("AVALC") != "0")
    assert held["SRCSEQ"].null_count() == 0
    rdi = adex.row(by_predicate=(pl.col("USUBJID") == "P2") & (pl.col("PARAMCD") == "RDI")
                   & (pl.col("EXCOMP") == "regorafenib"), named=True)  # fmt: skip
    assert Fraction(rdi["AVALC"]) == Fraction(200, 3)
    assert (rdi["SRCDOM"], rdi["SRCSEQ"]) == ("EX", "1 2")
    assert rdi["REASON"] == "100 x 2520 / 3780 mg; dose of the protocol"
    ablation = adex.filter(pl.col("USUBJID") == "P3", pl.col("EXCOMP") == "microwave_ablation")
    assert ablation["SRCDOM"].unique().to_list() == ["PR"]


def test_a_component_that_was_never_given_has_a_row(adam):
    rows = adam["ADEX"].filter(pl.col("USUBJID") == "P3", pl.col("EXCOMP") == "regorafenib")
    assert rows.select("PARAMCD", "AVAL").rows() == [("NDOSE", 0.0)]
    assert "P5" not in adam["ADEX"]["USUBJID"].to_list()


def test_reduction_without_an_event_is_a_query(adam):
    said = adam.queries.filter(pl.col("RULEID") == "A-12", pl.col("USUBJID") == "P2")
    assert "Regorafenib: lower dose from 2024-02-05" in "\n".join(said["MESSAGE"].to_list())


def test_evaluable_for_toxicity_in_adsl(adam):
    """S-7: 28 days; P2 had all of both, P3 no regorafenib, P4 half of camrelizumab, P5 nothing.

    P3 is told by the ablation too, of which nothing is planned.
    """
    found = dict(adam["ADSL"].select("USUBJID", "DLTEVLFL").iter_rows())
    assert found == {"P1": "Y", "P2": "Y", "P3": "N", "P4": "N", "P5": "N"}
    reasons = dict(adam["ADSL"].select("USUBJID", "DLTREAS").iter_rows())
    assert (reasons["P1"], reasons["P5"]) == (None, "not treated")
    assert "Regorafenib 0.0 %" in reasons["P3"]
    assert "Camrelizumab 50.0 %" in reasons["P4"]


def test_nobody_is_judged_without_a_window():
    """S-7 is null for all where the protocol has no window for dose-limiting toxicity."""
    adsl = derive(of(CAMRELIZUMAB, REGORAFENIB, ABLATION), sdtm_of(trial()))["ADSL"]
    assert adsl.select("DLTEVLFL", "DLTREAS").null_count().row(0) == (5, 5)


def test_no_file_of_exposure_is_not_no_exposure():
    """Without EX nothing is said of the drugs, and nobody fails S-7 for doses that nobody knows."""
    sdtm = sdtm_of(trial())
    bare = replace(
        sdtm,
        domains={**sdtm.domains, "EX": sdtm["EX"].clear()},
        files={code: f"{code}.csv" for code in sdtm.domains if code != "EX"},
    )
    adam = derive(PROTOCOL, bare)
    everyone, *_ = describe_exposure(PROTOCOL, adam)
    assert cells(everyone)["Given at least once, n (%)"] == ("-", "-", "1 (25)")
    assert "only procedures (PR) are counted" in " ".join(everyone.table().footnotes)
    reasons = adam["ADSL"].filter(pl.col("USUBJID") == "P1")["DLTREAS"].to_list()
    assert reasons == ["doses are not known: no file of exposure (EX) was delivered"]
    no_procedures = replace(bare, domains={**bare.domains, "PR": sdtm["PR"].clear()})
    nothing, *_ = describe_exposure(PROTOCOL, derive(PROTOCOL, no_procedures))
    assert nothing.table().rows == (("Exposure", "not delivered"),)


def test_chosen_drugs_have_rows():
    chemo = of(component("chemotherapy", chosen_by="investigator"), cycle=21)
    one, two = patient("P1", arm=""), patient("P2", arm="")
    for day in (0, 14):
        dose(one, "Oxaliplatin", day, 85, EXDOSFRQ="Q2W")
        dose(two, "Irinotecan", day, 180, EXDOSFRQ="Q2W")
    (result,) = describe_exposure(chemo, derive(chemo, sdtm_of((one, two))))
    shown = cells(result)
    assert (shown["oxaliplatin"], shown["irinotecan"]) == (("1 (50)",), ("1 (50)",))
    assert shown["Cumulative dose, median (range)"] == ("2 (2 to 2) administrations",)


def test_the_planned_number_of_cycles_is_completed():
    short = of(component("Camrelizumab", (200, "mg"), interval_days=14, n_cycles=2))
    one = camrelizumab(patient("P1", arm=""), 0, 14)
    two = camrelizumab(patient("P2", arm=""), 0)
    two.add("DS", DSDECOD="DEATH", DSSCAT="STUDY TREATMENT", DSSTDTC=on(10))
    (result,) = describe_exposure(short, derive(short, sdtm_of((one, two))))
    shown = cells(result)
    assert shown["Discontinued, n (%)"] == shown["Death"] == ("1 (50)",)
    assert shown["Completed as planned, n (%)"] == ("1 (50)",)


def test_dose_after_death_is_an_error():
    one = camrelizumab(patient("P1"), 0, 14).dies(10)
    errors = derive(of(CAMRELIZUMAB), sdtm_of(one)).queries.filter(pl.col("SEVERITY") == "error")
    assert "Camrelizumab: dose on 2024-01-15, after death." in errors["MESSAGE"].to_list()


def test_no_components_no_table(adam):
    assert describe_exposure(of(), adam) == ()
