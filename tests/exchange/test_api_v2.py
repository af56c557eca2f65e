"""Registry JSON out: what came as JSON goes out as it came, other layouts give the same facts."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import trialwright as tw
from trialwright.exchange import api_v2
from trialwright.exchange.api_v2 import study_text
from trialwright.registry.record import parse_record, read_record

ROOT = Path(__file__).parents[2]
TEXTS = [
    *sorted((ROOT / "examples/records").glob("*.txt")),
    *sorted((ROOT / "tests/registry/records").glob("*.txt")),
]
STUDY = {
    "protocolSection": {
        "identificationModule": {
            "nctId": "NCT09900011", "briefTitle": "Tislelizumab in Gastric Cancer",
            "orgStudyIdInfo": {"id": "GC-7"},
        },
        "statusModule": {"overallStatus": "RECRUITING", "startDateStruct": {"date": "2025-02"}},
        "sponsorCollaboratorsModule": {"leadSponsor": {"name": "A Hospital", "class": "OTHER"}},
        "descriptionModule": {"briefSummary": "A single-arm, phase 2 trial.\n\nOf 33 patients."},
        "conditionsModule": {"conditions": ["Gastric Cancer"], "keywords": ["PD-1"]},
        "designModule": {
            "studyType": "INTERVENTIONAL", "phases": ["PHASE2"],
            "designInfo": {"allocation": "NA", "unheardOf": [1, {"x": None}]},
        },
        "armsInterventionsModule": {
            "interventions": [{"type": "DRUG", "name": "Tislelizumab", "otherNames": ["BGB-A317"]}]
        },
        "outcomesModule": {
            "primaryOutcomes": [{"measure": "ORR", "description": "a, b, c", "timeFrame": "1 year"}],
            "secondaryOutcomes": [{"measure": "OS, overall", "timeFrame": "2 years"}],
        },
        "aModuleOfTheFuture": {"a": 1.5, "b": ["\u00e9", ""]},
    },
    "derivedSection": {"miscInfoModule": {"versionHolder": "2025-01-01"}},
    "hasResults": False,
}  # fmt: skip


def study_of(record, protocol=None):
    return api_v2.study_of(record, tw.draft_protocol(record).outcomes, protocol)


@pytest.fixture
def study(tmp_path):
    path = tmp_path / "study.json"
    path.write_text(json.dumps(STUDY), "utf-8")
    return read_record(path)


def again(tmp_path, record):
    path = tmp_path / f"{record.id}.json"
    path.write_text(study_text(study_of(record)[0]), "utf-8")
    return read_record(path)


def facts(record):
    read = tw.draft_protocol(record).to_json()
    return {one["path"]: (one["value"], one["quote"]) for one in read["facts"]}


def test_json_goes_out_as_it_came(study):
    written, changed = study_of(study)
    assert written == STUDY
    assert json.dumps(written) == json.dumps(STUDY)
    assert changed == ()


@pytest.mark.parametrize("path", TEXTS, ids=lambda path: path.stem)
def test_plain_text_gives_the_same_facts_as_its_json(tmp_path, path):
    record = read_record(path)
    assert facts(again(tmp_path, record)) == facts(record)


def test_what_the_text_does_not_say_is_not_in_the_json():
    text = "A title\nA summary\nCancer\nDRUG: X|PROCEDURE: Y\nORR, 1 year\nOS, 2 years\n"
    written, _ = study_of(parse_record("trial", text.encode(), where="trial"))
    section = written["protocolSection"]
    assert set(section) == {
        "identificationModule", "descriptionModule", "conditionsModule", "armsInterventionsModule",
        "outcomesModule",
    }  # fmt: skip
    assert section["armsInterventionsModule"]["interventions"] == [
        {"type": "DRUG", "name": "X"}, {"type": "PROCEDURE", "name": "Y"},
    ]  # fmt: skip
    assert section["outcomesModule"]["primaryOutcomes"] == [
        {"measure": "ORR", "timeFrame": "1 year"}
    ]


def test_a_row_of_the_export_keeps_its_columns(tmp_path):
    path = tmp_path / "export.csv"
    path.write_text(
        "NCT Number,Study Title,Brief Summary,Conditions,Interventions,Primary Outcome Measures,"
        "Secondary Outcome Measures,Phases,Enrollment,Sex\n"
        'NCT09900012,T,S,A|B,DRUG: X,"ORR, 1 year","OS, 2 years",PHASE1|PHASE2,24,ALL\n',
        "utf-8",
    )
    section = study_of(read_record(path))[0]["protocolSection"]
    assert section["identificationModule"]["nctId"] == "NCT09900012"
    assert section["designModule"]["phases"] == ["PHASE1", "PHASE2"]
    assert section["designModule"]["enrollmentInfo"]["count"] == 24
    assert section["conditionsModule"]["conditions"] == ["A", "B"]
    assert section["eligibilityModule"]["sex"] == "ALL"


def test_a_protocol_adds_what_the_record_or_a_person_says_and_no_default():
    record = read_record(TEXTS[0])
    draft = tw.draft_protocol(record)
    decided = tw.settle(draft.protocol, {"population.min_age_years": 18})
    protocol = tw.settle(
        tw.accept_defaults(decided, draft.findings), {"design.masking": "NONE"}, kind="default"
    )
    written, changed = study_of(record, protocol)
    section = written["protocolSection"]
    assert section["designModule"]["phases"] == ["PHASE2"]
    assert section["designModule"]["enrollmentInfo"]["count"] == 30
    assert section["designModule"]["designInfo"]["interventionModel"] == "SINGLE_GROUP"
    assert section["eligibilityModule"]["minimumAge"] == "18 Years"
    assert "maskingInfo" not in section["designModule"]["designInfo"]
    assert "population.min_age_years" in changed


def test_a_registered_value_stays_unless_a_person_changed_it(study):
    protocol = tw.draft_protocol(study).protocol
    same, _ = study_of(study, protocol)
    assert same["protocolSection"]["designModule"]["phases"] == ["PHASE2"]
    assert (
        same["protocolSection"]["aModuleOfTheFuture"]
        == STUDY["protocolSection"]["aModuleOfTheFuture"]
    )
    other = tw.settle(protocol, {"design.phases": ["PHASE1", "PHASE2"], "title": "New"})
    written, changed = study_of(study, other)
    assert written["protocolSection"]["designModule"]["phases"] == ["PHASE1", "PHASE2"]
    assert written["protocolSection"]["identificationModule"]["briefTitle"] == "New"
    assert {"title", "design.phases"} <= set(changed)
    assert STUDY["protocolSection"]["designModule"]["phases"] == ["PHASE2"]


def test_words_of_an_outcome_that_a_person_changed_go_out(study):
    protocol = tw.draft_protocol(study).protocol
    [end] = [one for one in protocol.endpoints if one.role == "secondary"]
    other = tw.settle(
        protocol,
        {f"endpoints.{end.id}.measure": "Overall survival", f"endpoints.{end.id}.time_frame": "5 years",
         "population.conditions": ["Stomach Cancer"]},
    )  # fmt: skip
    written, changed = study_of(study, other)
    section = written["protocolSection"]
    assert section["outcomesModule"]["secondaryOutcomes"] == [
        {"measure": "Overall survival", "timeFrame": "5 years"}
    ]
    assert (
        section["outcomesModule"]["primaryOutcomes"]
        == (STUDY["protocolSection"]["outcomesModule"]["primaryOutcomes"])
    )
    assert section["conditionsModule"]["conditions"] == ["Stomach Cancer"]
    assert {f"endpoints.{end.id}.measure", f"endpoints.{end.id}.time_frame"} <= set(changed)
