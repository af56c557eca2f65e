"""Descriptions of interventions in a JSON layout: they fill what the text of the record leaves open."""

from __future__ import annotations

import json

import pytest

from trialwright.registry.draft import draft_protocol
from trialwright.registry.record import read_record

LINE = (
    ("LK-305", "LK-305 150 mg twice daily by mouth on days 1-14 of each 21-day cycle for up to 6 cycles. "
     "In an earlier trial 300 mg was tolerated. Blood is drawn weekly."),
    ("Carboplatin", "AUC 5, intravenously, every 3 weeks. Dexamethasone 8 mg is given as premedication."),
    ("Bevacizumab + Olaparib", "600 mg daily"),
)  # fmt: skip


@pytest.fixture
def facts_of(tmp_path):
    def made(summary, line=LINE, arms=()):
        study = {
            "identificationModule": {"nctId": "NCT00000001", "briefTitle": "LK-305 in Cancer"},
            "descriptionModule": {"briefSummary": summary},
            "conditionsModule": {"conditions": ["Ovarian Cancer"]},
            "armsInterventionsModule": {
                "interventions": [
                    {"type": "DRUG", "name": name, "description": text} for name, text in line
                ],
                "armGroups": [
                    {
                        "label": f"Arm {number}",
                        "description": text,
                        "interventionNames": [f"Drug: {name}" for name in names],
                    }
                    for number, (names, text) in enumerate(arms, start=1)
                ],
            },
            "outcomesModule": {
                "primaryOutcomes": [{"measure": "Overall survival", "timeFrame": "2 years"}]
            },
        }
        path = tmp_path / "study.json"
        path.write_text(json.dumps({"protocolSection": study}), "utf-8")
        draft = draft_protocol(read_record(path)).to_json()
        return {
            fact["path"].removeprefix("regimen."): (fact["value"], fact["quote"])
            for fact in draft["facts"]
            if fact["path"].startswith("regimen.") and fact["source"] == "record"
        }

    return made


def test_an_entry_owns_what_its_description_says(facts_of):
    facts = facts_of("LK-305 is given with carboplatin.")
    assert facts["lk_305.dose"] == ([{"unit": "mg", "value": 150.0}], "150 mg")
    assert facts["lk_305.frequency"] == ("BID", "twice daily")
    assert facts["lk_305.days_in_cycle"] == (list(range(1, 15)), "days 1-14")
    assert facts["lk_305.cycle_length_days"][0] == 21
    assert facts["lk_305.n_cycles"][0] == 6
    assert facts["lk_305.route"] == ("oral", "by mouth")
    assert facts["carboplatin.dose"] == ([{"unit": "AUC", "value": 5.0}], "AUC 5")
    assert facts["carboplatin.interval_days"][0] == 21


def test_the_text_of_the_record_is_believed_first(facts_of):
    facts = facts_of("LK-305 100 mg is given once weekly.")
    assert facts["lk_305.dose"] == ([{"unit": "mg", "value": 100.0}], "100 mg")
    assert facts["lk_305.frequency"] == ("QW", "once weekly")
    assert "lk_305.days_in_cycle" not in facts
    assert facts["lk_305.n_cycles"][0] == 6


def test_a_description_of_two_agents_has_no_owner(facts_of):
    facts = facts_of("LK-305 is given with carboplatin.")
    assert not {"bevacizumab.dose", "olaparib.dose"} & set(facts)


def test_the_dose_of_another_component_is_not_taken(facts_of):
    line = (("LK-305", "After carboplatin 300 mg every 3 weeks."), ("Carboplatin", ""))
    assert not {"lk_305.dose", "lk_305.frequency"} & set(facts_of("A trial.", line))


SILENT_LINE = (("LK-305", ""), ("Carboplatin", ""))


def test_the_description_of_an_arm_speaks_where_everything_else_is_silent(facts_of):
    arms = (
        (("LK-305",), "150 mg by mouth twice daily. Blood is drawn weekly."),
        (("LK-305", "Carboplatin"), "LK-305 150 mg twice daily and carboplatin AUC 5 IV every 3 weeks."),
    )  # fmt: skip
    facts = facts_of("A trial.", SILENT_LINE, arms)
    assert facts["lk_305.dose"] == ([{"unit": "mg", "value": 150.0}], "150 mg")
    assert facts["lk_305.frequency"] == ("BID", "twice daily")
    assert facts["lk_305.route"] == ("oral", "by mouth")
    assert facts["carboplatin.dose"] == ([{"unit": "AUC", "value": 5.0}], "AUC 5")
    assert facts["carboplatin.route"] == ("intravenous", "IV")
    assert facts["carboplatin.interval_days"][0] == 21


def test_arms_that_differ_give_no_value(facts_of):
    arms = (
        (("LK-305",), "LK-305 150 mg twice daily by mouth."),
        (("LK-305",), "LK-305 300 mg once daily by mouth."),
    )
    facts = facts_of("A trial.", SILENT_LINE, arms)
    assert facts["lk_305.route"] == ("oral", "by mouth")
    assert not {"lk_305.dose", "lk_305.frequency"} & set(facts)


def test_a_dose_or_count_of_one_arm_is_not_that_of_all(facts_of):
    arms = (
        (("LK-305",), "LK-305 150 mg by mouth on days 1-14 for up to 6 cycles."),
        (("LK-305",), "LK-305 by mouth."),
    )
    facts = facts_of("A trial.", SILENT_LINE, arms)
    assert set(facts) & {f"lk_305.{one}" for one in ("dose", "days_in_cycle", "n_cycles")} == set()


def test_text_and_entry_are_believed_before_the_arm(facts_of):
    arms = ((("LK-305",), "LK-305 300 mg weekly by mouth."),)
    line = (("LK-305", "150 mg."), ("Carboplatin", ""))
    facts = facts_of("LK-305 is given every 2 weeks.", line, arms)
    assert facts["lk_305.dose"] == ([{"unit": "mg", "value": 150.0}], "150 mg")
    assert facts["lk_305.frequency"] == ("Q2W", "every 2 weeks")


@pytest.mark.parametrize(
    "text",
    [
        "In an earlier trial LK-305 300 mg was tolerated.",
        "Patients who have received prior therapy with LK-305 300 mg are excluded.",
        "Ondansetron 8 mg is given as premedication.",
        "Adjuvant LK-305 300 mg for 12 cycles.",
        "LK-305 on days 1, 2 and 3 of cycle 1.",
    ],
)
def test_an_arm_that_tells_of_something_else_gives_no_value(facts_of, text):
    facts = facts_of("A trial.", SILENT_LINE, ((("LK-305",), text),))
    named = {f"lk_305.{one}" for one in ("dose", "days_in_cycle", "n_cycles")}
    assert not named & set(facts)
