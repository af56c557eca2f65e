"""Stated responses against derived ones on simulated trials: properties of R-053 and R-142."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import polars as pl
import pytest

from support.reported import said
from support.rules import protocol
from support.trial import Patient, frame, on, sdtm_of
from support.virtual_models import simulated_roughly
from support.virtual_trials import TRIALS, protocol_of, scenario_of
from trialwright.adam.derive import derive
from trialwright.core.tables import Adam, Sdtm
from trialwright.intake.delivery import read_trial_data
from trialwright.protocol.settle import settle


def restated(sdtm: Sdtm, adam: Adam, words: dict[int, str] | None = None) -> Sdtm:
    """The delivery with RS that says what was derived; `words` changes some records."""
    visits = sdtm["TR"].select("USUBJID", "VISITNUM", "VISIT", "TRDTC").unique()
    rows = []
    overall = adam["ADRS"].filter(pl.col("PARAMCD") == "OVR").sort("USUBJID", "AVISITN")
    for number, row in enumerate(overall.to_dicts(), start=1):
        at = visits.filter(
            (pl.col("USUBJID") == row["USUBJID"]) & (pl.col("VISIT") == row["AVISIT"])
        )
        word = (words or {}).get(number - 1, row["AVALC"])
        rows.append({
            "USUBJID": row["USUBJID"], "RSSEQ": str(number), "RSTESTCD": "OVRLRESP",
            "RSSTRESC": word, "RSDTC": str(row["ADT"]), "RSEVAL": "INVESTIGATOR",
            "VISITNUM": at["VISITNUM"][0],
        })  # fmt: skip
    return replace(sdtm, domains={**sdtm.domains, "RS": frame("RS", rows)})


@pytest.mark.parametrize("trial", TRIALS)
def test_r142_restating_the_derived_responses_changes_no_result(trial):
    """The same responses and dates give the same best responses and times, lesions or not."""
    by_lesions = protocol_of(trial)
    sdtm = simulated_roughly(by_lesions, scenario_of(trial), 3)
    adam = derive(by_lesions, sdtm)
    stated = restated(sdtm, adam)
    again = derive(settle(by_lesions, {"response.response_source": "reported"}), stated)
    best = pl.col("PARAMCD").is_in(("BOR", "CBOR"))
    columns = ["USUBJID", "PARAMCD", "AVALC", "ADT", "UNCONFFL"]
    assert (
        again["ADRS"].filter(best).select(columns).equals(adam["ADRS"].filter(best).select(columns))
    )
    times = ["USUBJID", "PARAMCD", "STARTDT", "ADT", "AVAL", "CNSR", "EVNTDESC"]
    assert again["ADTTE"].select(times).equals(adam["ADTTE"].select(times))
    assert again["ADSL"]["EFFFL"].to_list() == adam["ADSL"]["EFFFL"].to_list()


@pytest.mark.parametrize("trial", TRIALS)
def test_r053_restating_the_derived_responses_differs_nowhere(trial):
    settled = protocol_of(trial)
    sdtm = simulated_roughly(settled, scenario_of(trial), 3)
    adam = derive(settled, sdtm)
    again = derive(settled, restated(sdtm, adam))
    assert set(again["REPORTED"]["AGREEFL"]) == {"Y"}
    assert again.queries.filter(pl.col("RULEID") == "R-053").height == 0


def test_r053_random_words_never_move_a_derived_value():
    """Whatever a reader says: the datasets stay, each record has one line, each difference a row."""
    settled = protocol_of(TRIALS[0])
    sdtm = simulated_roughly(settled, scenario_of(TRIALS[0]), 4)
    adam = derive(settled, sdtm)
    random = np.random.default_rng(20)
    count = adam["ADRS"].filter(pl.col("PARAMCD") == "OVR").height
    words = dict(enumerate(random.choice(["CR", "PR", "SD", "PD", "NE", "NED", "?"], count)))
    again = derive(settled, restated(sdtm, adam, words))
    for name in ("ADSL", "ADTR", "ADRS", "ADTTE"):
        assert again[name].equals(adam[name])
    stated = again.unused.filter(pl.col("DOMAIN") == "RS")
    assert stated["SRCSEQ"].n_unique() == stated.height == count
    differ = again["REPORTED"].filter(pl.col("AGREEFL") == "N")
    assert set(differ["SEVERITY"]) <= {"error", "warning"}
    assert differ["LIKELY"].null_count() == 0
    queries = again.queries.filter(pl.col("RULEID") == "R-053")
    assert queries.height == differ.height


def test_hostile_records_of_rs_and_sums_are_listed_and_break_nothing():
    """No number, no visit, no subject, no unit: compared or listed, never a crash."""
    person = Patient().target("T01", "LIVER", 40).scan(56, {"T01": 39})
    for change in (
        {"VISITNUM": None},
        {"RSDTC": None},
        {"RSSTRESC": None},
        {"RSTESTCD": "NEWLIND"},
    ):
        person.add("RS", **{k: v for k, v in (said(56, "SD", VISITNUM="2") | change).items() if v})
    for size, unit in (("wide", "mm"), ("39", None), ("39", "inch"), ("39.55", "mm")):
        person.add(
            "TR", TRLNKID="SUM", TRTESTCD="SUMDIAM", TRORRES=size, TRORRESU=unit, VISITNUM="2",
            TRDTC=on(56), TREVAL="INVESTIGATOR",
        )  # fmt: skip
    strange = said(56, "PD", VISITNUM="2") | {"USUBJID": "NOBODY", "RSSEQ": "1"}
    adam = derive(protocol(), sdtm_of(person, RS=[strange]))
    stated = adam.unused.filter(pl.col("DOMAIN") == "RS")
    assert stated.height == 5
    assert "subject not in DM" in stated["REASON"].to_list()
    assert adam["REPORTED"].select("TESTCD", "REPORTED", "DERIVED").rows() == [
        ("OVRLRESP", "SD", "SD"),
    ]


@pytest.mark.parametrize(("source", "missing"), [("lesions", "TU, TR"), ("reported", "RS")])
def test_the_protocol_says_which_files_are_needed(tmp_path, source, missing):
    (tmp_path / "DM.csv").write_text("USUBJID\nP1\n", encoding="utf-8")
    with pytest.raises(Exception, match=f"missing: {missing}"):
        read_trial_data(tmp_path, protocol(response__response_source=source))


def test_independent_assessor_is_named_in_the_sentence():
    person = Patient().add("RS", **said(56, "CR") | {"RSEVAL": "INDEPENDENT ASSESSOR"})
    settled = protocol(
        response__response_source="reported", response__evaluator="INDEPENDENT ASSESSOR"
    )
    adam = derive(settled, sdtm_of(person))
    row = adam["ADRS"].filter(pl.col("PARAMCD") == "OVR").row(0, named=True)
    assert row["REASON"] == "CR as reported by the independent assessor (RS 1)"


def test_two_readers_have_reported_responses_of_their_own():
    """R-072: investigator PR, assessor SD of the same day are two readings, never one worst."""
    person = Patient().add("RS", **said(56, "PR"))
    person.add("RS", **said(56, "SD") | {"RSEVAL": "INDEPENDENT ASSESSOR"})
    adam = derive(protocol(response__response_source="reported"), sdtm_of(person))
    rows = adam["ADRS"].filter(pl.col("PARAMCD") == "OVR").sort("EVAL")
    assert rows.select("EVAL", "AVALC").rows() == [
        ("INDEPENDENT ASSESSOR", "SD"),
        ("INVESTIGATOR", "PR"),
    ]
    assert rows["SRCDOM"].to_list() == ["RS", "RS"]
