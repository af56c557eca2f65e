"""ADLB within a whole derivation, and from files."""

from __future__ import annotations

import pytest

from support.labs import labs_of, treated
from support.rules import protocol
from support.trial import sdtm_of
from trialwright.adam.derive import derive
from trialwright.core.tables import Adam
from trialwright.vocabulary.adam import ADLB


@pytest.fixture(scope="module")
def adam() -> Adam:
    patient = treated().target("T1", "LIVER", 30).scan(56, {"T1": 20})
    patient.lab(-5, "ALT", "30", "U/L", hi="40").lab(10, "ALT", "212", "U/L", hi="40")
    patient.lab(11, "ALT", None, LBSTAT="NOT DONE").vital(11, "TEMP", "38.2", "C")
    return derive(protocol(), sdtm_of(patient))


def test_the_dataset_has_the_columns_of_its_specification_and_its_key(adam):
    frame = adam["ADLB"]
    assert frame.columns == [variable.name for variable in ADLB.variables]
    assert frame.select(ADLB.keys).is_unique().all()
    assert frame["PARAMCD"].to_list() == ["ALT", "ALT", "TEMP"]


def test_unused_records_and_queries_are_in_the_lists_of_the_trial(adam):
    mine = adam.unused.filter(DOMAIN="LB")
    assert mine.select("SRCSEQ", "RULEID", "REASON").rows() == [("3", "R-143", "not done")]
    asked = adam.queries.filter(RULEID="A-13")
    assert asked["USUBJID"].to_list() == ["P1"]


def test_grades_enter_no_table_of_adverse_events(adam):
    """A-13: shift tables and event tables stay apart."""
    assert adam["ADAE"].height == 0


def test_without_results_there_is_no_dataset():
    patient = treated().target("T1", "LIVER", 30).scan(56, {"T1": 20})
    assert "ADLB" not in derive(protocol(), sdtm_of(patient)).datasets


def test_every_result_carries_the_study():
    found = labs_of(treated().lab(10, "ALT", "212", "U/L", hi="40")).adlb
    assert found["STUDYID"].to_list() == ["T"]
