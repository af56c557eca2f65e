"""R-035, `ne_convincing`: a reader's SD or PR with a written argument where a target is missing.

Targets T01 40 mm and T02 20 mm: PR is 42 mm or less, PD from 72 mm. Worked by hand.
"""

from __future__ import annotations

import polars as pl
import pytest

from support.reported import said
from support.rules import protocol
from support.trial import Patient, sdtm_of
from trialwright.adam.derive import derive
from trialwright.core.tables import Adam

TEXT = "T02 was 9 mm on the chest film of the same day"


def patient(first: object = 20, argued: str = "PR", text: str | None = TEXT) -> Patient:
    """T02 is not imaged on d56; T01 20 and T02 10 on d112 (30 of 60: PR)."""
    person = Patient().target("T01", "LIVER", 40).target("T02", "LUNG", 20)
    person.scan(56, {"T01": first, "T02": "NE"}).scan(112, {"T01": 20, "T02": 10})
    words = {"RSTESTCD": "TRGRESP", "VISITNUM": "2"} | ({"NEREAS": text} if text else {})
    return person.add("RS", **said(56, argued) | words)


def derived(person: Patient, *, convincing: bool) -> Adam:
    return derive(protocol(response__ne_convincing=convincing), sdtm_of(person))


def overall(adam: Adam) -> list[str]:
    return adam["ADRS"].filter(pl.col("PARAMCD") == "OVR").sort("AVISITN")["AVALC"].to_list()


def messages(adam: Adam) -> list[str]:
    return adam.queries.filter(pl.col("RULEID") == "R-035")["MESSAGE"].to_list()


def test_an_argument_is_taken_and_quoted():
    adam = derived(patient(), convincing=True)
    assert overall(adam) == ["PR", "PR"]
    row = (
        adam["ADRS"]
        .filter((pl.col("PARAMCD") == "OVR") & (pl.col("AVISITN") == 1))
        .row(0, named=True)
    )
    assert f'PR by the reader\'s written argument "{TEXT}" (RS 1)' in row["REASON"]
    assert "R-035" in row["RULEID"]
    assert messages(adam) == [
        "Time point 1: a target lesion is missing and the reader says PR by a written argument: "
        "taken, to be read by the medical reviewer."
    ]
    best = dict(adam["ADRS"].filter(pl.col("PARAMCD") != "OVR").select("PARAMCD", "AVALC").rows())
    assert best == {"BOR": "PR", "CBOR": "PR"}


def test_a_record_that_was_taken_is_not_listed_as_unused():
    assert derived(patient(), convincing=True).unused.filter(pl.col("DOMAIN") == "RS").height == 0
    assert derived(patient(), convincing=False).unused.filter(pl.col("DOMAIN") == "RS").height == 1


def test_without_the_option_the_argument_is_noted_and_not_taken():
    adam = derived(patient(), convincing=False)
    assert overall(adam) == ["NE", "PR"]
    rows = adam.queries.filter(pl.col("RULEID") == "R-035")
    assert rows["SEVERITY"].to_list() == ["note"]
    assert "not taken, ne_convincing is false" in rows["MESSAGE"].item()


@pytest.mark.parametrize("text", [None, "", "   "])
def test_without_words_there_is_no_argument(text):
    adam = derived(patient(text=text), convincing=True)
    assert overall(adam) == ["NE", "PR"]
    rows = adam.queries.filter(pl.col("RULEID") == "R-035")
    assert rows["SEVERITY"].to_list() == ["warning"]
    assert "without a written argument" in rows["MESSAGE"].item()


def test_stable_disease_may_be_argued_too():
    adam = derived(patient(argued="SD"), convincing=True)
    assert overall(adam) == ["SD", "PR"]


@pytest.mark.parametrize("argued", ["CR", "PD", "NE"])
def test_only_stable_disease_and_partial_response_can_be_argued(argued):
    assert overall(derived(patient(argued=argued), convincing=True)) == ["NE", "PR"]


def test_progression_of_the_lesions_seen_beats_the_argument():
    """T01 alone 72.0 mm is +12.0 mm and exactly +20 % on 60: PD; at 71.9 the argument counts."""
    assert overall(derived(patient(72.0), convincing=True))[0] == "PD"
    assert overall(derived(patient(71.9), convincing=True))[0] == "PR"


def test_where_the_sizes_are_complete_they_decide():
    person = Patient().target("T01", "LIVER", 40).scan(56, {"T01": 39})
    person.add("RS", **said(56, "PR") | {"RSTESTCD": "TRGRESP", "VISITNUM": "2", "NEREAS": TEXT})
    adam = derived(person, convincing=True)
    assert overall(adam) == ["SD"]
    assert messages(adam) == []


def test_another_visit_or_another_reader_argues_nothing():
    for change in ({"VISITNUM": "3"}, {"RSEVAL": "INDEPENDENT ASSESSOR"}):
        person = patient()
        person.rows["RS"][0].update(change)
        assert overall(derived(person, convincing=True)) == ["NE", "PR"]


def test_two_arguments_against_each_other_are_both_left():
    person = patient().add(
        "RS", **said(56, "SD") | {"RSTESTCD": "TRGRESP", "VISITNUM": "2", "NEREAS": "stable"}
    )
    adam = derived(person, convincing=True)
    assert overall(adam) == ["NE", "PR"]
    assert len(messages(adam)) == 2


def test_the_nadir_does_not_see_the_argued_sum():
    """R-037: 20 mm of d56 is no nadir; d112 sum 60 against nadir 60 is SD, against 20 it were PD."""
    person = Patient().target("T01", "LIVER", 40).target("T02", "LUNG", 20)
    person.scan(56, {"T01": 20, "T02": "NE"}).scan(112, {"T01": 40, "T02": 20})
    person.add("RS", **said(56, "PR") | {"RSTESTCD": "TRGRESP", "VISITNUM": "2", "NEREAS": TEXT})
    assert overall(derived(person, convincing=True)) == ["PR", "SD"]
