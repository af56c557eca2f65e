"""Ready mappings read the usual sheets as what the same patients are as SDTM."""

from __future__ import annotations

import polars as pl
import pytest

import trialwright as tw
from support.lesion_sheets import ADVERSE_EVENTS, BY_HAND, LABS, LESIONS, PATIENTS
from support.registry_trial import registry_protocol
from trialwright.core.errors import DataError

DOMAINS = ("DM", "DS", "SS", "TU", "TR", "AE", "LB")


def written(folder, files):
    folder.mkdir()
    for name, text in files.items():
        (folder / name).write_text(text, "utf-8")
    return folder


@pytest.fixture(scope="module")
def protocol():
    return registry_protocol(cohorts=None)


@pytest.fixture(scope="module")
def by_hand(protocol, tmp_path_factory):
    return tw.read_trial_data(written(tmp_path_factory.mktemp("hand") / "sdtm", BY_HAND), protocol)


@pytest.fixture(scope="module")
def results_by_hand(protocol, by_hand):
    return tw.analyze(protocol, tw.derive(protocol, by_hand))


@pytest.fixture(scope="module", params=LESIONS)
def delivery(request, protocol, tmp_path_factory):
    name, sheet = LESIONS[request.param]
    text = tw.ready_mapping((request.param, "adverse-events", "labs"), protocol)
    text = text.replace("# dates: DMY", "dates: DMY")
    if request.param == "lesions-by-visit":
        text = text.replace("# decimal_comma: true", "decimal_comma: true")
        assert "\ndecimal_comma: true" in text
    files = {
        name: sheet, "patients.csv": PATIENTS, "adverse_events.csv": ADVERSE_EVENTS,
        "labs.csv": LABS, "intake.yaml": text,
    }  # fmt: skip
    return tw.read_delivery(written(tmp_path_factory.mktemp("sheets") / "data", files), protocol)


def said(sdtm, code):
    """The records of a domain as rows; what the mapping adds for readers and order is left out."""
    frame = sdtm[code].drop("_ROW", "STUDYID", "DOMAIN", f"{code}SEQ", strict=False)
    frame = frame.drop("TUTEST", "SSTEST", strict=False)
    rows = []
    for row in frame.iter_rows(named=True):
        filled = {name: value for name, value in row.items() if value is not None}
        if not (row.get("TRORRES") or "0").replace(".", "").isdecimal() or row.get("TRSTAT"):
            filled.pop("TRORRESU", None)  # the unit of a word
        filled["VISIT"] = filled.get("VISIT", "").upper()
        rows.append(tuple(sorted(filled.items())))
    return sorted(rows)


@pytest.mark.parametrize("code", DOMAINS)
def test_a_sheet_is_read_as_the_sdtm_written_by_hand(delivery, by_hand, code):
    assert said(delivery.sdtm, code) == said(by_hand, code)


def test_its_results_are_those_of_the_sdtm(delivery, protocol, results_by_hand):
    found = tw.analyze(protocol, tw.derive(protocol, delivery.sdtm))
    assert found.to_json() == results_by_hand.to_json()


def test_the_responses_are_those_of_the_patients(protocol, delivery):
    adrs = tw.derive(protocol, delivery.sdtm)["ADRS"].filter(pl.col("PARAMCD") == "OVR")
    found = {(row["USUBJID"], str(row["ADT"])): row["AVALC"] for row in adrs.to_dicts()}
    assert {key: value for key, value in found.items() if key[1] > "2024-02-01"} == {
        ("P-01", "2024-03-04"): "PR",  # 60 to 38 mm
        ("P-01", "2024-04-29"): "PD",  # the new lesion
        ("P-02", "2024-03-11"): "PR",  # too small to measure: 5 mm of 25.5
        ("P-02", "2024-05-06"): "NE",
        ("P-03", "2024-03-18"): "PD",  # 30 to 41 mm
    }


def test_every_row_of_a_sheet_is_used_and_the_receipt_names_every_other_cell(delivery):
    tables = delivery.receipt.tables
    assert [one.name for one in tables if one.rows != one.used] == []
    aside = [one.where for table in tables for one in table.aside]
    # The organ of lesions that are not targets is read at baseline and where they are first seen.
    again = ["measurements.csv, column ORGAN, rows 7, 10, 15, 17"]
    assert aside == (again if tables[0].name == "measurements.csv" else [])


@pytest.mark.parametrize(
    ("names", "says"),
    [
        (("lesions",), "There is no ready mapping of this name."),
        ((), "There is no ready mapping of this name."),
        (("long-list", "five-targets"), "The lesions are measured in one sheet."),
    ],
)
def test_a_name_that_is_not_known_is_refused(protocol, names, says):
    with pytest.raises(DataError, match=says):
        tw.ready_mapping(names, protocol)


def test_cohorts_of_the_protocol_are_those_of_the_patients():
    assert 'Cohort, terms: {"COLON": "COLON", "STOMACH": "STOMACH"}' in tw.ready_mapping(
        ("patients",), registry_protocol()
    )
