"""T-13 to T-15, L-8, L-9, dose-limiting toxicity and rates, counted by hand; what must always hold."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from support.adverse_events import day, event, events_of, subject, trial
from trialwright.core.results import Result
from trialwright.core.tables import Adam
from trialwright.endpoints.adverse_event_checks import ae_checks
from trialwright.endpoints.adverse_events import estimate_adverse_events
from trialwright.endpoints.deaths import describe_deaths
from trialwright.endpoints.dose_limiting import estimate_dose_limiting
from trialwright.endpoints.event_rates import estimate_event_rates
from trialwright.endpoints.related_events import estimate_related_events
from trialwright.endpoints.safety_results import analyze_safety
from trialwright.endpoints.serious_events import estimate_serious_events
from trialwright.endpoints.special_events import estimate_special_events
from trialwright.protocol.rules import EndpointDefinition

PEOPLE = [subject(f"S-{n}", COHORT="crc" if n < 3 else "pan") for n in (1, 2, 3, 4)]
LIVER = {"AEBODSYS": "Liver", "AEDECOD": "Hepatitis", "AETERM": "hepatitis"}
#: S-1: hepatitis grade 3 by both; S-2: the same by the drug, serious, then again; S-3: pain by the
#: infusion on the day of it; S-4: nothing. S-5 was never treated.
RECORDS = [
    event("S-1", grade=3, AEREL1="Y", AEREL2="Y", **LIVER),
    event(
        "S-2",
        grade=2,
        AEREL1="Y",
        AEREL2="N",
        AESER="Y",
        AESHOSP="Y",
        AEACN1="DRUG WITHDRAWN",
        **LIVER,
    ),
    event(
        "S-2",
        grade=4,
        AEREL1="Y",
        AEREL2="N",
        AESER="Y",
        AESLIFE="Y",
        AESTDTC=day(40),
        AEENDTC=None,
        **LIVER,
    ),
    event("S-3", "Pain", 1, AEREL1="N", AEREL2="Y", AESTDTC=day(1), AEENDTC=day(3)),
]
INFUSION = [{"USUBJID": "S-3", "PRTRT": "HAIC", "PRCAT": "STUDY TREATMENT", "PRSTDTC": day(1)}]
UNTREATED = subject(
    "S-5", COHORT="pan", SAFFL="N", TRTSDT=None, TRTEDT=None, EOTDT=None, DTHDT=date(2024, 2, 1)
)
ADAM = events_of(RECORDS, [*PEOPLE, UNTREATED], PR=INFUSION)
PROTOCOL = trial(("crc", "pan"))


def test_t13_related_events_by_component():
    result = estimate_related_events(PROTOCOL, ADAM)
    rows = {row[0]: row[1:] for row in result.table().rows}
    assert rows == {
        "Any related event": ("3 (75)", "2 (50)", "2 (50)", "2 (50)", "2 (50)", "1 (25)"),
        "Liver": ("2 (50)", "2 (50)", "2 (50)", "2 (50)", "1 (25)", "1 (25)"),
        "Hepatitis": ("2 (50)", "2 (50)", "2 (50)", "2 (50)", "1 (25)", "1 (25)"),
        "Skin": ("1 (25)", "0 (0)", "0 (0)", "0 (0)", "1 (25)", "0 (0)"),
        "Pain": ("1 (25)", "0 (0)", "0 (0)", "0 (0)", "1 (25)", "0 (0)"),
    }
    assert result.table().number == "T-13"
    assert result.assumed == 0


def test_t14_procedure_events_by_relation_and_by_time():
    result = estimate_special_events(PROTOCOL, ADAM)
    rows = [(row.label, row.subjects, row.onset, row.events) for row in result.procedure]
    assert rows == [
        ("Related to Infusion", 2, (5.5, 1, 10), 2),
        ("Hepatitis", 1, (10, 10, 10), 1),
        ("Pain", 1, (1, 1, 1), 1),
        ("Begun within 7 days after a study procedure", 1, (1, 1, 1), 1),
        ("Pain", 1, (1, 1, 1), 1),
    ]
    cells = result.procedure_table().rows[0]
    assert cells[5:7] == ("5.5 (1 to 10)", "7 (3 to 11)")


def test_t15_serious_events_by_criterion_class_and_term():
    """S-2 has two episodes, both related, the worse one of grade 4."""
    result = estimate_serious_events(PROTOCOL, ADAM)
    rows = {row[0]: row[1:] for row in result.table().rows}
    counts = ("1 (25)", "1 (25)", "1 (25)", "0 (0)", "2", "2")
    assert rows["Any serious event"] == rows["Liver"] == rows["Hepatitis"] == counts
    assert rows["criterion: life threatening"][0] == "1 (25)"
    assert rows["criterion: death"][0] == "0 (0)"
    assert [(one.name, one.day, one.days, one.criteria) for one in result.listed] == [
        ("S-2", "10", "11", "hospital stay, new or longer"),
        ("S-2", "40", "134+", "life threatening"),
    ]
    assert result.listing().number == "L-8"


def test_related_serious_events_are_counted_apart():
    """S-1 has a related and another serious event, S-2 one that is not related: 1 of 2, 1 of 3."""
    records = [
        event(AESER="Y", AEREL="RELATED"),
        event(term="Itch", AESER="Y"),
        event("S-2", AESER="Y"),
    ]
    rows = estimate_serious_events(trial(), events_of(records, PEOPLE)).rows
    counts = [(r.label, r.subjects, r.related, r.events, r.related_events) for r in rows[:2]]
    assert counts == [("Any serious event", 2, 1, 3, 1), ("Skin", 2, 1, 3, 1)]


def test_no_result_on_safety_is_read_as_a_headline():
    """A report takes "estimate" and "rates" for headline numbers of endpoints."""
    said = [result.to_json().keys() for result in analyze_safety(PROTOCOL, ADAM)]
    assert all(not {"estimate", "rates"} & keys for keys in said)


def test_a_registry_keeps_serious_and_other_events_of_a_term_apart():
    """Hepatitis of S-2 is serious, that of S-1 is not; pain is not."""
    result = estimate_serious_events(PROTOCOL, ADAM)
    rows = [(row.term, row.serious, row.events, row.affected) for row in result.registry]
    assert rows == [("Hepatitis", True, 2, 1), ("Hepatitis", False, 1, 1), ("Pain", False, 1, 1)]
    assert (result.affected, result.affected_other) == (1, 2)


def test_without_criteria_the_table_says_so():
    result = estimate_serious_events(trial(), events_of([event(AESER="Y")]))
    assert len(result.table().rows) == 3
    assert any("No criterion" in note for note in result.cautions)


def test_t15_deaths_by_time_and_cause_and_those_never_treated():
    """Last treatment 2024-03-01: 2024-03-31 is 30 days later, 2024-04-01 is 31."""
    people = [
        subject("S-1", DTHDT=date(2024, 3, 31)),
        subject("S-2", DTHDT=date(2024, 4, 1), DTHDTF="D"),
        subject("S-3"),
        UNTREATED,
    ]
    result = describe_deaths(trial(), events_of([event(grade=5, AEOUT="FATAL")], people))
    assert {key: n for key, _, n in result.counts()} == {
        "all": 2, "under_treatment": 1, "later": 1, "event": 1, "event.related": 0,
        "progression": 0, "other": 0, "not_stated": 1,
    }  # fmt: skip
    assert (result.untreated, result.untreated_subjects) == (1, 1)
    assert result.listing().rows == (
        ("S-1", "2024-03-31", "82", "30", "Adverse event", "Rash"),
        ("S-2", "2024-04-01 (D)", "83", "31", "not recorded", ""),
    )


def test_dose_limiting_toxicity_is_counted_among_the_evaluable():
    """S-1 evaluable by dose; S-2 not, but with the toxicity; S-3 and S-4 not."""
    protocol = trial(dlt_window_days=21, dlt_criteria=[{"label": "Severe", "min_grade": 4}])
    records = [event("S-2", grade=4), event("S-1", grade=2)]
    people = [one | {"DLTEVLFL": "Y" if n == 0 else "N"} for n, one in enumerate(PEOPLE)]
    result = estimate_dose_limiting(protocol, events_of(records, people, protocol))
    assert (result.subjects, result.evaluable, result.denominator) == (4, 2, 2)
    assert result.table().rows[:3] == (
        ("Evaluable for dose-limiting toxicity (S-7)", "2 (50)"),
        ("By the criteria of the protocol", "1 (50)"),
        ("Severe", "1 (50)"),
    )
    assert result.by_investigator is None
    assert result.lacking == ()


def test_rates_stop_at_the_earliest_end_of_the_time_at_risk():
    """S-1 died on day 30; S-2 was last seen on day 20; S-3 began new therapy on day 61; S-4 goes on.

    30 + 20 + 60 days, and S-4 on treatment to the cut-off, 2024-06-30, which is day 173: 283 days.
    """
    people = [
        subject("S-1", DTHDT=date(2024, 2, 8)),
        subject("S-2", LSTALVDT=date(2024, 1, 29)),
        subject("S-3", NACTDT=date(2024, 3, 10)),
        subject("S-4", EOTDT=None),
    ]
    rates = {one.key: one for one in estimate_event_rates(trial(), events_of([], people)).rates}
    assert (rates["any"].days, rates["any"].subjects, rates["any"].rate) == (283, 0, 0)
    assert rates["serious"].days == 283


def test_the_longer_window_holds_for_serious_events_only():
    """A serious event on day 100 is in its own row, not in the row of any event."""
    adam = events_of([event(AESER="Y", AESTDTC=day(100), AEENDTC=None)])
    rates = {one.key: one for one in estimate_event_rates(trial(), adam).rates}
    found = [(one.subjects, one.days, one.outside) for one in (rates["any"], rates["serious"])]
    assert found == [(0, 82, 1), (1, 100, 0)]


def test_the_last_day_at_risk_counts():
    """The window of 30 days ends on day 82; a second event of the subject adds nothing."""
    adam = events_of([event(AESTDTC=day(82), AEENDTC=None), event(term="Itch", AESTDTC=day(82))])
    rates = {one.key: one for one in estimate_event_rates(trial(), adam).rates}
    found = [(one.subjects, one.days, one.outside) for one in (rates["any"], rates["term.Rash"])]
    assert found == [(1, 82, 0), (1, 82, 0)]


def test_nobody_at_risk_has_no_rate():
    result = estimate_event_rates(trial(), events_of([], [UNTREATED]))
    assert result.rates[0].rate is None
    assert result.table().rows[0][1:] == ("0", "0.0", "")


@pytest.mark.parametrize("subset", ["all", "crc", "pan"])
def test_every_result_keeps_the_contract(subset):
    for result in analyze_safety(PROTOCOL, ADAM):
        if (result.key.partition(".")[2] or "all") != subset:
            continue
        assert isinstance(result, Result)
        tables = result.tables() if hasattr(result, "tables") else (result.table(),)
        for table in tables:
            assert table.rows
            assert table.footnotes
            assert {len(row) for row in table.rows} == {len(table.columns)}
            assert not table.levels or len(table.levels) == len(table.rows)
            assert not table.links or len(table.links) == len(table.rows)
        plain = json.loads(json.dumps(result.to_json(), allow_nan=False))
        assert plain["key"] == result.key
        assert plain["denominator"]
        assert plain["method"]


def test_which_results_are_shown():
    codes = ["AE_RATE", "TRAE", "AESI", "SAE", "DEATH"]
    keys = [result.key for result in analyze_safety(PROTOCOL, ADAM)]
    assert keys == [*codes, *(f"{c}.crc" for c in codes), *(f"{c}.pan" for c in codes)]
    early = trial().model_copy(
        update={"design": trial().design.model_copy(update={"phases": ("PHASE1",)})}
    )
    asked = [trial(dlt_window_days=21), early]
    assert all("DLT" in {r.key for r in analyze_safety(one, ADAM)} for one in asked)
    registered = EndpointDefinition(id="DLT", kind="DLT", role="primary", measure="DLT")
    own = early.model_copy(update={"endpoints": (registered,)})
    assert "DLT" not in {r.key for r in analyze_safety(own, ADAM)}


def test_without_events_only_deaths_are_counted():
    bare = replace(ADAM, absent=("AE",))
    assert {result.key for result in analyze_safety(trial(), bare)} == {"DEATH"}
    assert any("No file" in note for note in describe_deaths(trial(), bare).cautions)


def _results(protocol, adam):
    parts = [estimate_adverse_events(protocol, adam, s) for s in ("all", "crc", "pan")]
    return {one.key: one for one in (*parts, *analyze_safety(protocol, adam))}


def _with_times(adam, events):
    times = pl.DataFrame(
        {
            "USUBJID": adam["ADSL"]["USUBJID"],
            "PARAMCD": ["OS"] * adam["ADSL"].height,
            "CNSR": [0 if name in events else 1 for name in adam["ADSL"]["USUBJID"]],
        }
    )
    return replace(adam, datasets={**adam.datasets, "ADTTE": times})


def test_the_checks_find_what_does_not_agree():
    """One death of five, never treated; each defect by hand makes its own sentence."""
    good = _with_times(ADAM, {"S-5"})
    results = _results(PROTOCOL, good)
    assert ae_checks(PROTOCOL, good, results) == ()
    assert ae_checks(PROTOCOL, _with_times(ADAM, set()), results) == (
        "DEATH: 1 deaths, and 0 events of overall survival (item 5).",
        "DEATH.pan: 1 deaths, and 0 events of overall survival (item 5).",
    )
    serious = replace(results["SAE"], affected=2)
    (said,) = ae_checks(PROTOCOL, good, results | {"SAE": serious})
    assert said.startswith("SAE: subjects with serious events differ: T-15 1, L-8 1, registry 2")
    row = replace(results["AE"].terms[1], any_grade=5)
    (said,) = ae_checks(PROTOCOL, good, results | {"AE": replace(results["AE"], terms=(row,))})
    assert said == "AE: Liver 5 above the 4 of the safety set (item 7)."
    early = good["ADAE"].with_columns(ASTDT=pl.lit(date(2024, 1, 9)))
    moved = replace(good, datasets={**good.datasets, "ADAE": early})
    assert ae_checks(PROTOCOL, moved, results) == (
        "ADAE: 4 emergent records before the first treatment (item 8).",
    )


_DRAWN = st.builds(
    event,
    st.sampled_from([f"S-{n}" for n in range(1, 6)]),
    st.sampled_from(["Rash", "rash", "Hepatitis", "RCCEP", "Disease progression"]),
    st.none() | st.integers(1, 5),
    AEBODSYS=st.sampled_from(["Skin", "Liver", None]),
    AESER=st.sampled_from(["Y", "N", None]),
    AESHOSP=st.sampled_from(["Y", None]),
    AEREL1=st.sampled_from(["Y", "N", None]),
    AECAT=st.sampled_from(["IMMUNE-RELATED", None]),
    AESTDTC=st.sampled_from(["2024-01-02", "2024-01-10", "2024-02", "2024-05-01", None]),
    AEENDTC=st.sampled_from(["2024-02-10", "2024-05-20", None]),
)


@settings(deadline=None, max_examples=8)
@given(st.lists(_DRAWN, max_size=12), st.randoms())
def test_counts_agree_stay_below_the_set_and_never_depend_on_order_or_labels(records, random):
    """Row order and names of cohorts change nothing; cohorts add up to all; tables agree."""
    numbered = [record | {"AESEQ": str(n)} for n, record in enumerate(records, 1)]
    people = [*PEOPLE, UNTREATED]
    adam = _with_times(events_of(numbered, people), {"S-5"})
    results = _results(PROTOCOL, adam)
    assert ae_checks(PROTOCOL, adam, results) == ()
    shuffled, turned = numbered[:], people[:]
    random.shuffle(shuffled)
    random.shuffle(turned)
    again = _results(PROTOCOL, _with_times(events_of(shuffled, turned), {"S-5"}))
    assert {key: one.to_json() for key, one in again.items()} == {
        key: one.to_json() for key, one in results.items()
    }
    swapped = [one | {"COHORT": {"crc": "pan", "pan": "crc"}[str(one["COHORT"])]} for one in people]
    other = _results(PROTOCOL, _with_times(events_of(numbered, swapped), {"S-5"}))
    assert other["SAE"].rows == results["SAE"].rows
    assert other["SAE.crc"].rows == results["SAE.pan"].rows
    total = results["AE_RATE"].rates[0]
    parts = [results[f"AE_RATE.{cohort}"].rates[0] for cohort in ("crc", "pan")]
    assert (sum(p.days for p in parts), sum(p.subjects for p in parts)) == (
        total.days,
        total.subjects,
    )
    related = results["TRAE"]
    assert all(rows[0].any_grade <= related.terms[0].any_grade for _, rows in related.components)


def test_an_empty_trial_has_tables_of_zeros():
    empty = Adam(
        {"ADSL": ADAM["ADSL"].clear(), "ADAE": ADAM["ADAE"].clear()}, pl.DataFrame(), pl.DataFrame()
    )
    for result in analyze_safety(trial(), empty):
        assert result.table().rows
