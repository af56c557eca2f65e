"""An outcome that can be read in two ways keeps both readings, and a reader is asked."""

from __future__ import annotations

import json

from trialwright.registry.draft import draft_protocol
from trialwright.registry.record import read_record

RECORD = """Tarvenib in Thymoma
A phase 2 study of tarvenib.
Thymoma
DRUG: Tarvenib
{primary}
Overall survival, Time from first dose to death., Up to 3 years|Conversion, Up to 1 year
Tarvenib 20 mg is taken once a day.
"""
DOUBTFUL = "Number, severity and duration of rashes, 6 weeks"
PLAIN = "Objective response rate, Share of patients with CR or PR., Up to 2 years"


def questions(draft) -> list:
    return [one for one in draft.questions if one.message.startswith("Commas join")]


def test_both_readings_are_shown(drafted):
    draft = drafted(RECORD.format(primary=DOUBTFUL))
    (asked,) = questions(draft)
    assert (asked.code, asked.severity, asked.quote) == ("wording", "note", DOUBTFUL)
    assert 'measure "Number", description "severity and duration of rashes"' in asked.message
    assert (
        'Read as measure "Number, severity and duration of rashes", time frame "6 weeks"'
        in asked.message
    )


def test_a_plain_outcome_is_not_asked_about(drafted):
    assert not questions(drafted(RECORD.format(primary=PLAIN)))


def test_confidence_and_second_reading_stand_in_the_json(drafted):
    for text, doubtful in ((DOUBTFUL, True), (PLAIN, False)):
        (read,) = json.loads(json.dumps(drafted(RECORD.format(primary=text)).to_json()))["primary"]
        assert (read["confidence"] < 0.9) is doubtful
        assert (read["second"] is not None) is doubtful
    assert set(drafted(RECORD.format(primary=DOUBTFUL)).to_json()["primary"][0]["second"]) == {
        "measure",
        "description",
        "timeFrame",
        "confidence",
    }


def test_parts_that_the_layout_gives_apart_are_certain(tmp_path):
    """The same doubtful words, but the registry's own fields say where they end."""
    study = {
        "protocolSection": {
            "identificationModule": {"nctId": "NCT09990001", "briefTitle": "Tarvenib in Thymoma"},
            "descriptionModule": {"briefSummary": "A phase 2 study of tarvenib."},
            "conditionsModule": {"conditions": ["Thymoma"]},
            "armsInterventionsModule": {"interventions": [{"type": "DRUG", "name": "Tarvenib"}]},
            "outcomesModule": {
                "primaryOutcomes": [
                    {"measure": "Number, severity and duration of rashes", "timeFrame": "6 weeks"}
                ]
            },
        }
    }
    path = tmp_path / "NCT09990001.json"
    path.write_text(json.dumps(study), "utf-8")
    draft = draft_protocol(read_record(path))
    assert [(one.confidence, one.second) for one in draft.outcomes] == [(1.0, None)]
    assert not questions(draft)
