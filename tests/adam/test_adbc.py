"""ADBC: what patients were like at baseline (table T-4), one record a characteristic."""

import polars as pl
import pytest

from support.rules import protocol
from support.trial import Patient, sdtm_of
from trialwright.adam.derive import derive
from trialwright.protocol.rules import Subgroup
from trialwright.protocol.settle import settle


def _trial(*people, **changes):
    """A patient each: name, AGE, SEX, organs of the targets, further columns of DM."""
    patients = []
    for name, age, sex, organs, more in people:
        patient = Patient(name)
        for at, organ in enumerate(organs, start=1):
            patient.target(f"T0{at}", organ, 20 + 10 * at)
        patient.add("DM", **({"AGE": age} if age else {}), SEX=sex, **more)
        patients.append(patient.scan(56, {f"T0{at}": 20 for at in range(1, len(organs) + 1)}))
    return derive(protocol(**changes), sdtm_of(patients))


def _values(adam, code):
    rows = adam["ADBC"].filter(pl.col("PARAMCD") == code).sort("USUBJID")
    return dict(zip(rows["USUBJID"].to_list(), rows["AVALC"].to_list(), strict=True))


def test_age_groups_split_at_65_and_an_empty_age_is_a_record():
    adam = _trial(
        ("A", "64", "F", ["LIVER"], {}), ("B", "65", "M", ["LIVER"], {}), ("C", "", "M", ["LIVER"], {}),
    )  # fmt: skip
    assert _values(adam, "AGEGR1") == {"A": "< 65", "B": ">= 65", "C": None}
    assert _values(adam, "AGE") == {"A": "64", "B": "65", "C": None}


@pytest.mark.parametrize(
    ("organs", "words"),
    [
        (["LIVER"], "Liver only"),
        (["LIVER, SEGMENT 4"], "Liver only"),
        (["LUNG"], "Lung only"),
        (["LIVER", "LUNG"], "Liver and lung only"),
        (["LIVER", "LYMPH NODE"], "Liver and other sites"),
        (["LIVER", "LUNG", "ADRENAL GLAND"], "Liver, lung and other sites"),
        (["LUNG", "ADRENAL GLAND"], "Lung and other sites, not liver"),
        (["LYMPH NODE, HEPATIC"], "Other sites only"),
    ],
)
def test_sites_of_disease_are_those_of_the_lesions(organs, words):
    """Liver, lung or both are the strata of a trial in liver or lung metastases; a node is neither."""
    assert _values(_trial(("A", "50", "F", organs, {})), "METSITE") == {"A": words}


def test_what_was_collected_is_there_and_nothing_else():
    adam = _trial(("A", "50", "F", ["LIVER"], {"MSI": "MSI-H"}), ("B", "60", "M", ["LIVER"], {}))
    assert _values(adam, "MSI") == {"A": "MSI-H", "B": None}
    found = set(adam["ADBC"]["PARAMCD"])
    assert found == {"AGE", "SEX", "MSI", "AGEGR1", "METSITE", "TARGETN", "SODBL"}
    assert _values(adam, "SODBL") == {"A": "30.0", "B": "30.0"}


def test_a_collected_column_with_the_name_of_a_derived_one_stands_beside_it():
    adam = _trial(("A", "50", "F", ["LIVER"], {"METSITE": "Liver, 3 segments"}))
    assert _values(adam, "METSITE") == {"A": "Liver only"}
    assert _values(adam, "METSITDM") == {"A": "Liver, 3 segments"}


def test_a_named_subgroup_splits_at_its_cut_and_one_without_data_is_a_query():
    groups = (
        Subgroup(id="LINES", name="Prior lines", variable="prlines", cut=3),
        Subgroup(id="RAS", name="RAS", variable="RAS"),
    )
    adam = _trial(
        ("A", "50", "F", ["LIVER"], {"PRLINES": "2"}), ("B", "60", "M", ["LIVER"], {"PRLINES": "3"}),
        analysis__subgroups=groups,
    )  # fmt: skip
    assert _values(adam, "GROUP_LINES") == {"A": "< 3", "B": ">= 3"}
    assert _values(adam, "GROUP_RAS") == {}
    said = adam.queries.filter(pl.col("RULEID") == "ICH E3 11.2")
    assert said["SEVERITY"].to_list() == ["error"]
    assert "RAS" in said["MESSAGE"][0]


def test_a_cut_through_words_is_a_query_and_no_subgroup():
    groups = (Subgroup(id="SEX", name="Sex", variable="SEX", cut=3),)
    adam = _trial(("A", "50", "F", ["LIVER"], {}), analysis__subgroups=groups)
    assert _values(adam, "GROUP_SEX") == {}
    said = adam.queries.filter(pl.col("RULEID") == "ICH E3 11.2")
    assert "SEX, which is no column of ADSL or DM with numbers" in said["MESSAGE"][0]


def test_the_protocol_file_takes_subgroups():
    groups = [{"id": "AGE70", "name": "Age 70", "variable": "AGE", "cut": 70}]
    found = settle(protocol(), {"analysis.subgroups": groups}).analysis.subgroups
    assert found == (Subgroup(id="AGE70", name="Age 70", variable="AGE", cut=70.0),)
