"""Baseline characteristics (T-4) and subgroups (T-10), counted by hand."""

import polars as pl
import pytest

from support.rules import protocol
from support.trial import Patient, sdtm_of
from trialwright.adam.derive import derive
from trialwright.endpoints.characteristics import describe_characteristics
from trialwright.endpoints.subgroups import describe_subgroups

#: Name, age, sex, ECOG, size at both scans: B and D respond, confirmed.
PEOPLE = (
    ("A", "50", "F", "0", 40), ("B", "60", "F", "1", 20), ("C", "64", "M", "1", 40),
    ("D", "65", "M", "", 20), ("E", "71", "M", "0", 40), ("F", "80", "M", "0", 60),
)  # fmt: skip


def _patient(name, age, sex, ecog, size):
    more = {"AGE": age, "SEX": sex} | ({"ECOG": ecog} if ecog else {})
    patient = Patient(name).add("DM", **more).target("T01", "LIVER", 40)
    return patient.scan(56, {"T01": size}).scan(112, {"T01": size})


@pytest.fixture(scope="module")
def adam():
    return derive(protocol(), sdtm_of([_patient(*one) for one in PEOPLE]))


def _rows(table):
    return {row[0]: row[1:] for row in table.rows}


def test_numbers_have_mean_sd_median_and_range(adam):
    """Ages 50 60 64 65 71 80: mean 65.0, squares 225+25+1+0+36+225 = 512, SD sqrt(102.4) = 10.1."""
    table = describe_characteristics(protocol(), adam).table()
    rows = table.rows
    at = rows.index(("Age (years)", ""))
    assert rows[at + 1 : at + 5] == (
        ("n", "6"), ("Mean (SD)", "65.0 (10.1)"), ("Median", "64.5"), ("Range", "50 to 80"),
    )  # fmt: skip
    assert table.number == "T-4"


def test_categories_are_counted_and_the_missing_stay_in_the_denominator(adam):
    rows = describe_characteristics(protocol(), adam).table().rows
    at = rows.index(("ECOG performance status", ""))
    assert rows[at + 1 : at + 4] == (("0", "3 (50)"), ("1", "2 (33)"), ("Missing", "1 (17)"))
    at = rows.index(("Age group", ""))
    assert rows[at + 1 : at + 3] == (("< 65", "3 (50)"), (">= 65", "3 (50)"))


def test_usual_subgroups_are_called_so_and_small_ones_have_counts_only(adam):
    """Two women (1 response), four men (1): both below 5 patients."""
    found = describe_subgroups(protocol(), adam)
    rows = _rows(found.table())
    assert rows["F"][:2] == ("2", "1/2")
    assert rows["M"][:2] == ("4", "1/4")
    assert rows["All patients"][0] == "6"
    assert rows["All patients"][1].startswith("2 (33) [4.3 to 77.7]")
    assert rows["Liver only"][1] == rows["All patients"][1]
    assert not found.is_registered
    assert any("names no subgroups" in note for note in found.table().footnotes)


def test_the_protocol_says_from_how_many_patients_a_subgroup_is_estimated(adam):
    """Three of six are younger than 65, 1 response: Clopper-Pearson 1/3 is 0.8 to 90.6 %."""
    rows = _rows(describe_subgroups(protocol(analysis__subgroup_min=3), adam).table())
    assert rows["< 65"][:2] == ("3", "1 (33) [0.8 to 90.6]")


def test_levels_of_a_subgroup_add_up_to_everybody(adam):
    found = describe_subgroups(protocol(), adam)
    for group in {one.group for one in found.levels}:
        levels = [one for one in found.levels if one.group == group]
        assert sum(one.response.subjects for one in levels) == found.overall.response.subjects
        assert sum(one.response.count for one in levels) == found.overall.response.count
        events = [one.progression.records.events for one in levels]
        assert sum(events) == found.overall.progression.records.events


def test_the_forest_shows_only_what_is_estimated(adam):
    """Liver only (6 patients) is the one subgroup of 5 or more."""
    figure = describe_subgroups(protocol(), adam).figures()[0]
    assert [text for _, text in figure.y_ticks] == [
        "All patients: 2/6 (33 %)", "Liver only: 2/6 (33 %)",
    ]  # fmt: skip
    assert describe_subgroups(protocol(analysis__subgroup_min=7), adam).figures() == ()


def test_row_order_does_not_matter(adam):
    other = derive(protocol(), sdtm_of([_patient(*one) for one in reversed(PEOPLE)]))
    assert (
        describe_subgroups(protocol(), other).to_json()
        == describe_subgroups(protocol(), adam).to_json()
    )
    assert other["ADBC"].equals(adam["ADBC"].select(pl.all()))
