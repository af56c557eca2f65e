"""Which patients change under which response option: by hand, and against a second derivation."""

from __future__ import annotations

import random
from dataclasses import replace

import polars as pl
import pytest

from support.oracle_sdtm import apart, person_of
from support.random_histories import random_patient
from support.rules import protocol, response_rule
from support.trial import Patient, on, sdtm_of
from trialwright.adam.derive import derive
from trialwright.pipeline import analyze
from trialwright.response.whatif.variants import option_sets


def one(name: str, *visits: tuple[int, object]) -> Patient:
    person = Patient(name).target("T01", "LIVER", 100)
    for day, value in visits:
        person.scan(day, {"T01": value})
    return person


#: A: 27 days between PR and PR. B: one NE and one missed scan between PR and PR. C: CR, then 4 mm.
PEOPLE = (
    one("A", (56, 60), (83, 60), (139, 90)),
    one("B", (56, 60), (112, "NE"), (224, 60), (280, 90)),
    one("C", (56, 0), (112, 0), (168, 4)),
)


def changes(adam, name: str) -> list[tuple[str, str, str, str]]:
    rows = adam.sensitivity.filter(pl.col("SET") == name)
    return rows.select("USUBJID", "PARAMCD", "AVALC", "ALTERNATIVE").rows()


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("confirm_days 27", [("A", "CBOR", "SD", "PR")]),
        ("max_ne_between 2", [("B", "CBOR", "SD", "PR")]),
        ("missing_as_ne false", [("B", "CBOR", "SD", "PR")]),
        ("cr_then_disease keep", [("C", "PD", "PD", "no PD")]),
        (
            "cr_then_disease reclassify",
            [("C", "BOR", "CR", "PR"), ("C", "CBOR", "CR", "PR"), ("C", "PD", "PD", "no PD")],
        ),
        ("confirmation not_required", [("A", "CBOR", "SD", "PR"), ("B", "CBOR", "SD", "PR")]),
        ("as admiral", [("B", "CBOR", "SD", "PR"), ("C", "PD", "PD", "no PD")]),
        ("sd_between_pr 0", []),
    ],
)
def test_who_changes(name, expected):
    """R-062 27 of 28 days; R-068, R-069 two NE of one; R-055 disease after CR at day 168."""
    assert changes(derive(protocol(), sdtm_of(PEOPLE)), name) == expected


def test_dates_before_and_after_are_given():
    rows = derive(protocol(), sdtm_of(PEOPLE)).sensitivity
    row = rows.filter(pl.col("SET") == "cr_then_disease keep").row(0, named=True)
    assert (str(row["ADT"]), row["ALTADT"], row["RULEID"]) == (on(168), None, "R-055")


def test_rates_by_option_set():
    """Confirmed responders: C of 3. With 27 days A too; with unconfirmed responses all three."""
    settled = protocol()
    found = analyze(settled, derive(settled, sdtm_of(PEOPLE)))["OPTIONS"]
    rates = {one.name: (one.changed, one.responders, one.controlled) for one in found.sets}
    assert (found.subjects, found.protocol.responders, found.protocol.controlled) == (3, 1, 3)
    assert rates["confirm_days 27"] == (1, 2, 3)
    assert rates["confirmation not_required"] == (2, 3, 3)
    assert rates["most generous"][1] == 3
    assert rates["strictest"][1] == 1
    row = next(row for row in found.table().rows if row[:2] == ("confirm_days", "27"))
    assert row[2:] == ("1", "2 (67)", "3 (100)", "R-062")


def test_an_evaluator_is_an_option_only_when_two_read():
    names = derive(protocol(), sdtm_of(PEOPLE)).option_sets["OPTION"].to_list()
    assert "evaluator" not in names
    assert "ablated_lesions" not in names


def test_every_set_differs_from_the_protocol_and_no_two_are_alike():
    rule = response_rule()
    found = list(option_sets(rule))
    assert all(one.rule != rule for one in found)
    assert len({one.name for one in found}) == len(found)
    other = {one.name for one in option_sets(replace(rule, confirm_days=42))}
    assert "confirm_days 28" in other
    assert "confirm_days 42" not in other


SETS = {
    "new_node_mm 15": {"response__new_node_mm": 15},
    "pd_date last_of_tp": {"response__pd_date": "last_of_tp"},
    "cr_then_disease reclassify": {"response__cr_then_disease": "reclassify"},
    "merge_days 0": {"response__merge_days": 0},
    "bor_stop_nact false": {"response__bor_stop_nact": False},
    "sd_between_pr 0": {"response__sd_between_pr": 0},
    "interval_weeks 6": {"response__interval_weeks": 6},
    "palliative_rt_ntl nact": {"response__palliative_rt_ntl": "nact"},
    "as admiral": {
        "response__cr_then_disease": "keep",
        "response__sd_between_pr": 0,
        "response__missing_as_ne": False,
    },
}


def trial(seed: int):
    rng, people = random.Random(seed), []
    while len(people) < 60:
        made = replace(random_patient(rng, treated=True), ref=0)
        if apart(made):
            people.append(person_of(rng, made, f"P{len(people):02d}"))
    return sdtm_of(people)


def best(adam) -> dict[tuple[str, str], str]:
    rows = adam["ADRS"].filter(pl.col("PARAMCD").is_in(["BOR", "CBOR"]))
    return {(a, b): c for a, b, c in rows.select("USUBJID", "PARAMCD", "AVALC").rows()}


def test_each_set_gives_what_the_whole_derivation_gives_under_that_option():
    """Nothing is reused that the option acts on: the trial derived with the option says the same."""
    sdtm = trial(11)
    now = derive(protocol(), sdtm)
    moved = 0
    for name, values in SETS.items():
        then = best(derive(protocol(**values), sdtm))
        rows = now.sensitivity.filter(
            (pl.col("SET") == name) & pl.col("PARAMCD").is_in(["BOR", "CBOR"])
        )
        told = {(a, b): c for a, b, c in rows.select("USUBJID", "PARAMCD", "ALTERNATIVE").rows()}
        assert best(now) | told == then, name
        assert told == {key: then[key] for key in then if then[key] != best(now)[key]}, name
        moved += len(told)
    assert moved > 5
