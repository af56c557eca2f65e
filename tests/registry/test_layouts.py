"""One record in three layouts: the same fields at the same offsets, the same facts, nothing lost."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pytest

from trialwright.core.errors import RecordError
from trialwright.registry.draft import draft_protocol
from trialwright.registry.outcomes import Outcome
from trialwright.registry.reading.items import JsonText
from trialwright.registry.record import FIELDS, Record, RefusedRecord, parse_record, read_record

HERE = Path(__file__).parent / "layouts"
NAMES = sorted(path.stem for path in HERE.glob("*.json"))
#: The text of this one has a byte order mark and the line ends of Windows, which move offsets.
MOVED = "windows"


def layouts(name: str) -> tuple[Record, Record, Record]:
    text, study, row = (read_record(HERE / f"{name}.{kind}") for kind in ("txt", "json", "csv"))
    return text, study, row


def texts(record: Record) -> dict[str, str]:
    return {field.name: field.text.replace("\r\n", "\n") for field in record.fields}


def end_of_shared(record: Record) -> int:
    return max(field.end for field in record.fields)


def facts(record: Record) -> list[dict[str, Any]]:
    """Facts that are read from the seven fields."""
    told = json.loads(json.dumps(draft_protocol(record).to_json()["facts"]))
    return [fact for fact in told if (fact["end"] or 0) <= end_of_shared(record)]


def without_description(record: Record) -> Record:
    text = record.text[: record.field("detailed_description").start]
    return parse_record(record.id, text.encode(), where=record.id)


def study(**changes: object) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((HERE / "bare.json").read_text("utf-8"))
    found["protocolSection"].update(changes)
    return found


def read_json(value: object) -> Record | RefusedRecord:
    data = json.dumps(value).encode()
    (found,) = JsonText("own", "own.json", data, len(data)).records()
    return found


def test_there_are_enough_records():
    assert len(NAMES) >= 6


@pytest.mark.parametrize("name", NAMES)
def test_the_seven_fields_say_the_same(name):
    text, study, row = map(texts, layouts(name))
    assert study == text
    assert row == text | {"detailed_description": ""}


@pytest.mark.parametrize("name", [name for name in NAMES if name != MOVED])
def test_the_seven_fields_stand_at_the_same_offsets(name):
    text, study, row = layouts(name)
    assert study.text.startswith(text.text)
    assert row.text.startswith(text.text[: text.field("detailed_description").start].rstrip("\n"))
    for field in FIELDS:
        if text.field(field).text:
            assert study.field(field) == text.field(field)
            assert row.field(field) == text.field(field) or field == "detailed_description"


@pytest.mark.parametrize("name", NAMES)
def test_every_field_is_a_slice_of_the_text(name):
    for record in layouts(name):
        for field in (*record.fields, *record.further):
            assert record.text[field.start : field.end] == field.text
        for field in record.further:
            front = f"{field.name}: "
            assert record.text[field.start - len(front) : field.start] == front
            assert field.start > end_of_shared(record)


@pytest.mark.parametrize("name", NAMES)
def test_outcomes_of_json_are_exact(name):
    record = read_record(HERE / f"{name}.json")
    module = record.given["protocolSection"]["outcomesModule"]
    assert record.outcomes is not None
    for role in ("primary", "secondary"):
        parts = [
            [None if span is None else span.of(record.text) for span in spans]
            for spans in (
                (one.measure, one.description, one.time_frame)
                for one in record.outcomes
                if one.role == role
            )
        ]
        assert parts == [
            [one["measure"], one.get("description"), one["timeFrame"]]
            for one in module.get(f"{role}Outcomes", ())
        ]


@pytest.mark.parametrize("name", [name for name in NAMES if name != MOVED])
def test_the_same_facts_are_read_from_json_and_text(name):
    text, study, _ = layouts(name)
    assert facts(study) == facts(text)
    assert len(facts(text)) >= 5


@pytest.mark.parametrize("name", [name for name in NAMES if name != MOVED])
def test_the_same_facts_are_read_from_csv_and_text(name):
    text, _, row = layouts(name)
    assert facts(row) == facts(without_description(text))


def test_line_ends_and_byte_order_mark_change_no_fact():
    plain = [
        [(fact["path"], fact["value"]) for fact in facts(record)] for record in layouts(MOVED)[:2]
    ]
    assert json.dumps(plain[0]).replace("\\r\\n", "\\n") == json.dumps(plain[1])


def test_further_fields_have_the_names_of_the_registry():
    found = {field.name: field.text for field in read_record(HERE / "masked.json").further}
    expected = {
        "nctId": "NCT90000106", "phases": "PHASE2", "allocation": "RANDOMIZED",
        "masking": "DOUBLE", "whoMasked": "PARTICIPANT|INVESTIGATOR", "enrollment": "80",
        "enrollmentType": "ESTIMATED", "primaryPurpose": "SUPPORTIVE_CARE",
        "armGroups.2.label": "Placebo", "armGroups.2.type": "PLACEBO_COMPARATOR",
        "otherOutcomes": "Cost of care, In euros, by patient, 6 months", "sex": "ALL",
        "healthyVolunteers": "false", "stdAges": "ADULT|OLDER_ADULT", "locations.count": "1",
        "hasResults": "false",
    }  # fmt: skip
    assert {name: found[name] for name in expected} == expected
    assert "maximumAge" not in found
    first = {field.name: field.text for field in read_record(HERE / "paragraphs.json").further}
    assert first["interventions.1.otherNames"] == "PM01183"
    assert first["armGroups.1.interventionNames"] == "Drug: Lurbinectedin"
    assert first["keywords"] == "bladder|small cell"


@pytest.mark.parametrize("name", [name for name in NAMES if name != MOVED])
def test_the_export_says_what_json_says(name):
    _, study, row = layouts(name)
    wanted = {field.name: field.text for field in study.further}
    for field in row.further:
        assert field.text == wanted[field.name], field.name
    assert {field.name for field in row.further} >= {"nctId", "phases", "primaryPurpose", "stdAges"}


def test_unknown_keys_and_columns_are_kept(tmp_path):
    given = read_record(HERE / "no_condition.json").given
    assert given["protocolSection"]["futureModule"] == {"unknownKey": [{"deep": "kept"}]}
    rows = list(csv.reader((HERE / "bare.csv").read_text("utf-8").splitlines()))
    path = tmp_path / "more.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([[*rows[0], "My Notes"], [*rows[1], "seen"]])
    assert read_record(path).given["My Notes"] == "seen"


def test_ids_are_those_of_the_registry():
    for name in NAMES:
        text, study, row = layouts(name)
        assert text.id == name
        assert study.id == row.id == study.given["protocolSection"]["identificationModule"]["nctId"]
    found = study_without_number()
    assert isinstance(found, Record)
    assert found.id == "own"


def study_without_number() -> Record | RefusedRecord:
    return read_json(study(identificationModule={"briefTitle": "T"}))


BROKEN = {
    "no title": ({"identificationModule": {"nctId": "NCT90000001"}}, "no title"),
    "title of another type": (
        {"identificationModule": {"briefTitle": {"text": "T"}}},
        "another type",
    ),
    "module of another type": ({"outcomesModule": "ORR"}, "another type"),
    "outcomes of another type": ({"outcomesModule": {"primaryOutcomes": "ORR"}}, "another type"),
    "outcome of another type": ({"outcomesModule": {"primaryOutcomes": [1]}}, "another type"),
    "id that leads out": (
        {"identificationModule": {"nctId": "../../x", "briefTitle": "T"}},
        "cannot name a file",
    ),
    "half a character": (
        {"identificationModule": {"nctId": "NCT90000001", "briefTitle": "T\ud800"}},
        "half a character",
    ),
    "half a character where nobody looks": ({"other": {"note": "\udfff"}}, "half a character"),
    "zero character": (
        {"identificationModule": {"nctId": "NCT90000001", "briefTitle": "T\0"}},
        "not plain text",
    ),
    "endless text": ({"descriptionModule": {"briefSummary": "x" * 2_000_001}}, "too large"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_study_is_refused_with_its_place(name):
    changes, what = BROKEN[name]
    found = read_json(study(**changes))
    assert isinstance(found, RefusedRecord)
    assert what in found.what
    assert "own.json" in found.where
    assert found.do
    str(found).encode()


@pytest.mark.parametrize(
    ("value", "what"),
    [
        ({}, "no registered study"),
        ({"protocolSection": 1}, "no registered study"),
        (["text"], "no registered study"),
        ("text", "no registered study"),
        ({"Study": {"ProtocolSection": {}}}, "no registered study"),
    ],
)
def test_json_that_is_no_study_is_refused(value, what):
    found = read_json(value)
    assert isinstance(found, RefusedRecord)
    assert what in found.what


def test_a_missing_measure_and_missing_modules_are_silent():
    found = read_json(
        study(
            outcomesModule={"primaryOutcomes": [{"timeFrame": "1 year"}, {}]},
            armsInterventionsModule={},
        )
    )
    assert isinstance(found, Record)
    assert found.field("primary_outcomes").text == "1 year"
    assert found.field("interventions").text == ""
    (one,) = found.outcomes or ()
    assert isinstance(one, Outcome)
    assert not one.measure
    assert one.time_frame is not None
    assert one.time_frame.of(found.text) == "1 year"


@pytest.mark.parametrize(
    ("header", "what"),
    [
        ("Rank,NCT Number,Title,Outcome Measures", "no column Study Title"),
        ("NCT Number;Study Title;Interventions", "no column"),
        ("NCT Number,Study Title,Sponsor", "no column Brief Summary or Interventions or"),
        ("NCT Number,Study Title,Study Title,Interventions,Primary Outcome Measures", "twice"),
        ("", "no column"),
    ],
)
def test_a_table_that_is_no_export_is_refused(tmp_path, header, what):
    path = tmp_path / "table.csv"
    path.write_text(f"{header}\n1,2,3\n", encoding="utf-8")
    with pytest.raises(RecordError, match=what):
        read_record(path)


def test_a_renamed_column_is_told_and_not_dropped(tmp_path):
    rows = list(csv.reader((HERE / "bare.csv").read_text("utf-8").splitlines()))
    at = rows[0].index("Interventions")
    path = tmp_path / "renamed.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([[*rows[0][:at], "Treatments", *rows[0][at + 1 :]], rows[1]])
    with pytest.raises(RecordError, match="no column Interventions") as refusal:
        read_record(path)
    assert "Treatments" in refusal.value.where
