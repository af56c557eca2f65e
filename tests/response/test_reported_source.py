"""Reported responses in the place of lesions (R-142, R-077, R-055): hand-worked.

Day 0 is 2024-01-01; defaults: confirmation after 28 days, SD from day 42.
"""

from __future__ import annotations

import polars as pl
import pytest

from support.reported import said
from support.rules import protocol
from support.trial import Patient, on, sdtm_of
from trialwright.adam.derive import derive
from trialwright.core.errors import DataError
from trialwright.core.tables import Adam
from trialwright.pipeline import analyze


def told(*responses: tuple[int, str], name: str = "P1", **more: str) -> Patient:
    """A patient whose reader stated these responses."""
    person = Patient(name=name)
    for day, word in responses:
        person.add("RS", **said(day, word, **more))
    return person


def derived(*people: Patient, **options: object) -> Adam:
    return derive(protocol(response__response_source="reported", **options), sdtm_of(list(people)))


def overall(adam: Adam) -> list[str]:
    return adam["ADRS"].filter(pl.col("PARAMCD") == "OVR").sort("AVISITN")["AVALC"].to_list()


def best(adam: Adam, code: str = "CBOR") -> str:
    return adam["ADRS"].filter(pl.col("PARAMCD") == code)["AVALC"].item()


def test_r142_stated_responses_decide_everything_downstream():
    """PR d56, PR d112, PD d168: confirmed PR dated d56, PFS event d168, duration 113 days."""
    adam = derived(told((56, "PR"), (112, "PR"), (168, "PD")))
    assert overall(adam) == ["PR", "PR", "PD"]
    assert (best(adam, "BOR"), best(adam)) == ("PR", "PR")
    times = {row["PARAMCD"]: row for row in adam["ADTTE"].to_dicts()}
    assert (times["PFS"]["CNSR"], str(times["PFS"]["ADT"])) == (0, on(168))
    assert (times["DOR"]["CNSR"], times["DOR"]["AVAL"]) == (0, 113)
    assert (times["PFS"]["SRCDOM"], times["PFS"]["SRCSEQ"]) == ("RS", "3")


def test_r142_sentence_names_reader_and_record():
    adam = derived(told((56, "CR")))
    row = adam["ADRS"].filter(pl.col("PARAMCD") == "OVR").row(0, named=True)
    assert row["REASON"] == "CR as reported by the investigator (RS 1)"
    assert (row["RULEID"], row["SRCDOM"], row["SRCSEQ"]) == ("R-077 R-142", "RS", "1")
    assert row["WHATIF"] is None
    assert row["TRGRESP"] is None


@pytest.mark.parametrize(
    ("words", "counts"),
    [
        (("SD", "PD"), "PD"),
        (("NON-CR/NON-PD", "PD"), "PD"),
        (("SD", "NON-CR/NON-PD"), "NON-CR/NON-PD"),
        (("PR", "SD"), "SD"),
        (("CR", "PR"), "PR"),
        (("NE", "CR"), "CR"),
        (("NE", "NE"), "NE"),
    ],
)
@pytest.mark.parametrize("turned", [False, True])
def test_r077_the_worst_of_one_date_counts(words, counts, turned):
    """PD > NN > SD > PR > CR > NE; the order of records says nothing."""
    order = reversed(words) if turned else words
    adam = derived(told(*((56, word) for word in order)))
    assert overall(adam) == [counts]
    listed = adam.unused.filter((pl.col("DOMAIN") == "RS") & (pl.col("RULEID") == "R-077"))
    assert listed.height == 1


def test_r077_what_says_nothing_is_listed_and_not_used():
    """Empty, UNKNOWN and an iRECIST term are no RECIST 1.1 response."""
    adam = derived(told((56, "SD"), (112, ""), (168, "UNKNOWN"), (200, "iUPD")))
    assert overall(adam) == ["SD"]
    listed = adam.unused.filter(pl.col("RULEID") == "R-077")
    assert sorted(listed["SRCSEQ"]) == ["2", "3", "4"]
    assert adam.queries.filter(pl.col("RULEID") == "R-077").height == 1


@pytest.mark.parametrize("date", ["", "2024", "2024-03"])
def test_d06_a_response_without_a_complete_date_is_listed_as_an_error(date):
    person = told((56, "SD")).add("RS", **said(0, "PD") | {"RSDTC": date})
    adam = derived(person)
    assert overall(adam) == ["SD"]
    assert adam.unused.filter(pl.col("RULEID") == "D-06")["SRCSEQ"].to_list() == ["2"]
    assert adam.queries.filter(pl.col("RULEID") == "D-06")["SEVERITY"].to_list() == ["error"]


def test_r143_a_word_that_is_not_listed_is_refused_with_row_and_value():
    with pytest.raises(DataError) as refusal:
        derived(told((56, "PR"), (112, "PARTIAL RESPONSE")))
    assert 'row 3, RSSTRESC: "PARTIAL RESPONSE" (subject P1)' in refusal.value.where
    assert "NON-CR/NON-PD" in refusal.value.allowed
    assert refusal.value.records == (("RS", 3),)


def test_not_done_is_not_evaluable_on_its_date():
    """RSSTAT NOT DONE on d112: PR d56, NE, PR d168 is confirmed with one NE between (R-068)."""
    person = told((56, "PR")).add("RS", **said(112, "") | {"RSSTAT": "NOT DONE"})
    person.add("RS", **said(168, "PR"))
    adam = derived(person)
    assert overall(adam) == ["PR", "NE", "PR"]
    assert best(adam) == "PR"


@pytest.mark.parametrize(("status", "word"), [("DONE", "PR"), ("NOT DONE", "PR")])
def test_r143_a_status_that_is_not_listed_or_contradicts_is_refused(status, word):
    with pytest.raises(DataError, match=r"status is not listed|stands beside NOT DONE"):
        derived(told((56, word), RSSTAT=status))


@pytest.mark.parametrize(
    ("option", "expected", "first", "confirmed"),
    [
        ("PD", ["CR", "NE", "PD"], "CR", "SD"),
        ("keep", ["CR", "NE", "PR"], "CR", "SD"),
        ("reclassify", ["PR", "NE", "PR"], "PR", "PR"),
    ],
)
def test_r055_partial_response_after_complete_response(option, expected, first, confirmed):
    """CR d56, NE d112, PR d168: disease after CR is PD; kept; or the CR was PR."""
    adam = derived(told((56, "CR"), (112, "NE"), (168, "PR")), response__cr_then_disease=option)
    assert overall(adam) == expected
    assert (best(adam, "BOR"), best(adam)) == (first, confirmed)


@pytest.mark.parametrize("word", ["SD", "NON-CR/NON-PD"])
def test_r055_only_a_partial_response_takes_a_complete_one_back(word):
    """SD or NN after CR is PD under reclassify too; the row says why."""
    adam = derived(told((56, "CR"), (112, word)), response__cr_then_disease="reclassify")
    assert overall(adam) == ["CR", "PD"]
    row = adam["ADRS"].filter(pl.col("AVISITN") == 2).row(0, named=True)
    expected = f"PD: {word} as reported by the investigator (RS 2), which is disease after complete response"
    assert row["REASON"] == expected
    assert (row["RULEID"], row["ASREAD"]) == ("R-077 R-142 R-055", word)


def test_r055_not_evaluable_after_complete_response_is_no_disease():
    adam = derived(told((56, "CR"), (112, "NE"), (168, "CR")))
    assert overall(adam) == ["CR", "NE", "CR"]
    assert best(adam) == "CR"


def test_r057_after_progression_is_shown_and_counts_nowhere():
    adam = derived(told((56, "PD"), (112, "PR"), (168, "PR")))
    rows = adam["ADRS"].filter(pl.col("PARAMCD") == "OVR")
    assert rows["POSTPDFL"].to_list() == ["N", "Y", "Y"]
    assert best(adam, "BOR") == "PD"


def test_d08_a_response_after_the_cut_off_is_removed():
    person = told((56, "SD"), (168, "PD"))
    adam = derived(person, analysis__data_cutoff="2024-03-31")
    assert overall(adam) == ["SD"]
    assert adam.unused.filter(pl.col("RULEID") == "D-08")["DOMAIN"].to_list() == ["RS"]


def test_other_criteria_other_evaluators_and_other_tests_are_listed():
    person = told((56, "SD"))
    person.add("RS", **said(56, "PD", RSCAT="iRECIST"))
    person.add("RS", **said(56, "PD") | {"RSEVAL": "INDEPENDENT ASSESSOR"})
    person.add("RS", **said(56, "PD") | {"RSTESTCD": "TRGRESP"})
    adam = derived(person)
    mine = adam["ADRS"].filter((pl.col("PARAMCD") == "OVR") & (pl.col("EVAL") == "INVESTIGATOR"))
    assert mine["AVALC"].to_list() == ["SD"]
    reasons = dict(adam.unused.select("SRCSEQ", "REASON").rows())
    assert reasons["2"] == "response by other criteria than RECIST 1.1"
    assert reasons["4"] == "not an overall response"


def test_delivered_lesions_are_unused_and_give_no_sums():
    """R-142: TU says that disease was measurable, and nothing else of TU and TR is used."""
    person = told((56, "CR")).target("T01", "LIVER", 40).scan(56, {"T01": 39})
    adam = derived(person)
    assert overall(adam) == ["CR"]
    assert adam["ADTR"].height == 0
    lesions = adam.unused.filter(pl.col("DOMAIN").is_in(("TU", "TR")))
    assert set(lesions["RULEID"]) == {"R-142"}
    assert lesions.height == 3
    assert adam["ADSL"]["MEASFL"].to_list() == ["Y"]


def test_s5_measurable_disease_without_lesions():
    """PR says target lesions, NON-CR/NON-PD says none; CR alone leaves it open and stays in S-5."""
    adam = derived(
        told((56, "PR"), name="A"),
        told((56, "NON-CR/NON-PD"), name="B"),
        told((56, "CR"), name="C"),
    )
    people = adam["ADSL"].sort("USUBJID")
    assert people["MEASFL"].to_list() == ["Y", "N", None]
    assert people["EFFFL"].to_list() == ["Y", "N", "Y"]
    assert adam.queries.filter(pl.col("RULEID") == "S-5")["USUBJID"].to_list() == ["C"]


def test_results_that_need_sums_say_that_they_are_not_derived():
    settled = protocol(response__response_source="reported")
    results = analyze(settled, derive(settled, sdtm_of(told((56, "PR"), (112, "PR")))))
    depth = results["DEPTH"].to_json()
    assert depth["status"] == "not derived"
    assert depth["reason"].startswith("Not derived: lesions were not collected")
    assert results["BASELINE"].to_json()["status"] == "not derived"
    assert results["ORR"].to_json()["estimate"]["count"] == 1


def test_nothing_reported_is_refused():
    with pytest.raises(
        DataError, match="No overall response was reported by INVESTIGATOR"
    ) as found:
        derived(Patient().target("T01", "LIVER", 40))
    assert "response_source" in found.value.do


def test_order_of_records_changes_nothing():
    rows = [(56, "PR"), (56, "SD"), (112, "PR"), (168, "CR"), (224, "PD")]
    one, other = derived(told(*rows)), derived(told(*reversed(rows)))
    columns = ["PARAMCD", "AVISITN", "AVALC", "ADT"]
    assert one["ADRS"].select(columns).equals(other["ADRS"].select(columns))
