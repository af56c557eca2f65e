"""Registry results of the example records: every number is that of the tables of the report."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace
from pathlib import Path

import pytest

import trialwright as tw
from trialwright.core.tables import Adam

ROOT = Path(__file__).parents[2]
NAMES = sorted(path.stem for path in (ROOT / "examples/records").glob("*.txt"))


def _results(run):
    adam = _without_variants(run.adam)
    results = tw.analyze(run.protocol, adam)
    choices = tw.RegistryChoices(simulated=True, threshold=5)
    return results, tw.registry_results(run.protocol, adam, results, choices)


def _without_variants(adam):
    """Other options and specifications cost most of an analysis, and the registry has none."""
    nothing = Adam(adam.datasets, adam.unused, adam.queries)
    return replace(adam, vary=nothing.vary, specify=nothing.specify)


@pytest.fixture(scope="module")
def made(runs):
    return {name: _results(runs[name]) for name in NAMES}


@pytest.mark.parametrize("name", NAMES)
def test_every_number_is_that_of_a_table(made, name):
    _, found = made[name]
    rows = list(csv.DictReader(io.StringIO(found.files()["reconciliation.csv"])))
    assert len(rows) > 150
    assert {row["EQUAL"] for row in rows} == {"Y"}
    tables = {row["TABLE"].split()[0] for row in rows}
    assert {"T-1", "T-4", "T-7", "T-9", "T-11", "T-15"} <= tables


@pytest.mark.parametrize("name", NAMES)
def test_numbers_are_those_of_the_results_file(made, name):
    """A second way to the same numbers: `results.json`, not the tables."""
    results, found = made[name]
    said = json.loads(results.to_json())["results"]
    section = found.to_json()["resultsSection"]
    suffixes = [f".{one}" for one in _cohorts(said)] or [""]
    for at, suffix in enumerate(suffixes):
        flow = section["participantFlowModule"]["periods"][0]["milestones"]
        assert (
            int(flow[0]["achievements"][at]["numSubjects"])
            == (said[f"DISPOSITION{suffix}"]["enrolled"])
        )
        group = section["adverseEventsModule"]["eventGroups"][at]
        registry = said[f"SAE{suffix}"]["registry"]
        assert group["seriousNumAffected"] == registry["serious_affected"]
        dead = said[f"DEATH{suffix}"]
        assert group["deathsNumAffected"] == (
            dead["counts"]["all"] + dead["never_treated"]["deaths"]
        )
        rate = said[f"ORR{suffix}"]["estimate"]
        measures = section["outcomeMeasuresModule"]["outcomeMeasures"]
        orr = next(
            one
            for one in measures
            if one["paramType"] == "COUNT_OF_PARTICIPANTS" and one.get("analyses")
        )
        assert orr["classes"][0]["categories"][0]["measurements"][at]["value"] == str(rate["count"])
        lower = float(orr["analyses"][at]["ciLowerLimit"])
        assert lower == pytest.approx(100 * rate["lower"], abs=0.05001)


def _cohorts(said):
    return [key.partition(".")[2] for key in said if key.startswith("DISPOSITION.")]


@pytest.mark.parametrize("name", NAMES)
def test_simulated_data_say_so(made, name):
    _, found = made[name]
    more = found.to_json()["resultsSection"]["moreInfoModule"]
    assert more["limitationsAndCaveats"]["description"].startswith("Simulated data: ")


def test_the_basket_has_a_group_for_each_cohort(made):
    section = made["003_8b7de996790eed9e"][1].to_json()["resultsSection"]
    assert [one["title"] for one in section["participantFlowModule"]["groups"]] == [
        "Colorectal cancer",
        "Gastric or oesophageal cancer",
        "Pancreatic or biliary cancer",
        "Other primary tumours",
    ]


def test_the_landmark_of_the_ablation_record_is_a_rate(made):
    section = made["002_3e2315d90c4cf5ab"][1].to_json()["resultsSection"]
    first = section["outcomeMeasuresModule"]["outcomeMeasures"][0]
    assert (first["type"], first["paramType"], first["dispersionType"]) == (
        "PRIMARY", "NUMBER", "CONFIDENCE_95",
    )  # fmt: skip
    assert first["unitOfMeasure"] == "percentage of participants"


def test_nobody_is_above_the_number_at_risk(made):
    for _, found in made.values():
        module = found.to_json()["resultsSection"]["adverseEventsModule"]
        for one in (*module["seriousEvents"], *module["otherEvents"]):
            for stat in one["stats"]:
                assert stat["numAffected"] <= stat["numAtRisk"]
                assert stat["numAffected"] <= stat["numEvents"]
