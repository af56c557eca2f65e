"""Adverse events (A-01 to A-16) from AE to the tables, worked by hand.

Day 1 is 2024-01-10, the last dose is day 52 (2024-03-01). 30 days later is day 82, 90 days day 142.
"""

from __future__ import annotations

from datetime import date

import pytest

from support.adverse_events import day, event, events_of, one_event, sdtm_with, subject, trial
from trialwright.adam.adae import derive_adae
from trialwright.endpoints.adverse_events import estimate_adverse_events
from trialwright.endpoints.deaths import describe_deaths
from trialwright.endpoints.dose_limiting import estimate_dose_limiting
from trialwright.endpoints.event_rates import estimate_event_rates
from trialwright.endpoints.related_events import estimate_related_events
from trialwright.endpoints.serious_events import estimate_serious_events
from trialwright.endpoints.special_events import estimate_special_events
from trialwright.safety.event_queries import event_queries

IMMUNE = {"AECAT": "Immune-related"}


def overview(adam, protocol=None):
    rows = estimate_adverse_events(protocol or trial(), adam).overview
    return {row.key: (row.any_grade, row.severe, row.serious) for row in rows}


def flags(adam):
    return adam["ADAE"]["TRTEMFL"].to_list()


@pytest.mark.parametrize(
    ("onset", "cells", "emergent"),
    [
        (-1, {}, "N"),
        (1, {}, "Y"),
        (82, {}, "Y"),
        (83, {}, "N"),
        (83, {"AESER": "Y"}, "Y"),
        (83, IMMUNE, "Y"),
        (142, IMMUNE, "Y"),
        (143, IMMUNE, "N"),
        (143, {"AESER": "Y"}, "N"),
    ],
)
def test_a01_window_of_30_days_and_of_90_for_serious_and_immune_related(onset, cells, emergent):
    assert one_event(AESTDTC=day(onset), AEENDTC=None, **cells)["TRTEMFL"] == emergent


@pytest.mark.parametrize(("onset", "emergent"), [(60, "Y"), (61, "N")])
def test_a01_the_window_ends_the_day_before_new_anticancer_therapy(onset, emergent):
    """The therapy starts on day 61, 2024-03-10."""
    treated = [subject(NACTDT=date(2024, 3, 10))]
    record = event(AESTDTC=day(onset), AEENDTC=None, AESER="Y")
    assert flags(events_of([record], treated)) == [emergent]


def test_a02_relation_by_component_and_the_missing_one():
    """Possible to the drug, unlikely to the infusion; an empty relation counts as related."""
    records = [
        event(AEREL=None, AEREL1="POSSIBLE", AEREL2="UNLIKELY"),
        event("S-2", AEREL=None),
        event("S-3"),
    ]
    people = [subject(f"S-{n}") for n in (1, 2, 3)]
    adam = events_of(records, people)
    found = overview(adam)
    assert (found["related"][0], found["related.drug"][0], found["related.haic"][0]) == (2, 2, 1)
    other = trial(missing_relation="not_related")
    found = overview(events_of(records, people, other), other)
    assert (found["related"][0], found["related.drug"][0], found["related.haic"][0]) == (1, 1, 0)


@pytest.mark.parametrize(
    ("stated", "criteria", "serious", "rule"),
    [
        ("N", {"AESHOSP": "Y"}, "N", "A-03"),
        (None, {"AESHOSP": "Y"}, "Y", "A-03"),
        ("Y", {"AESMIE": "Y"}, "Y", None),
        ("N", {"AESHOSP": "N"}, "N", None),
        (None, {}, None, None),
        ("Y", {"AESHOSP": "N"}, "Y", "A-03"),
    ],
)
def test_a03_a_statement_stands_and_a_criterion_against_it_is_a_query(
    stated, criteria, serious, rule
):
    adam = events_of([event(AESER=stated, **criteria)])
    assert adam["ADAE"]["AESER"].to_list() == [serious]
    asked = {row for one in event_queries(adam["ADAE"]) for row in one["RULEID"].to_list()}
    assert asked == ({rule} if rule else set())


def test_a03_serious_is_not_severe():
    """Grade 4 that is not serious, and grade 1 that is."""
    adam = events_of(
        [event(grade=4), event("S-2", grade=1, AESER="Y")], [subject(), subject("S-2")]
    )
    assert overview(adam)["any"] == (2, 1, 1)
    assert estimate_serious_events(trial(), adam).rows[0].severe == 0


def test_a04_immune_related_listed_terms_and_rccep_stand_apart():
    """S-1 hepatitis (immune), day 10 to 20 = 11 days, steroids; S-2 RCCEP; S-3 a listed term."""
    records = [
        event(term="Hepatitis", grade=3, AESTER="Y", **IMMUNE),
        event("S-2", "RCCEP", **IMMUNE),
        event("S-3", "Thyroiditis", AESTDTC=day(30), AEENDTC=None),
        event("S-3", "Pain"),
    ]
    people = [subject(f"S-{n}") for n in (1, 2, 3)]
    protocol = trial(aesi_terms=["thyroiditis"])
    adam = events_of(records, people, protocol)
    rows = {
        row.label: (row.subjects, row.steroids, row.onset, row.duration, row.ongoing)
        for row in estimate_special_events(protocol, adam).interest
    }
    assert rows == {
        "Immune-related": (1, 1, (10, 10, 10), (11, 11, 11), 0),
        "Hepatitis": (1, 1, (10, 10, 10), (11, 11, 11), 0),
        "Of special interest, not immune-related": (1, 0, (30, 30, 30), None, 1),
        "Thyroiditis": (1, 0, (30, 30, 30), None, 1),
        "RCCEP": (1, 0, (10, 10, 10), (11, 11, 11), 0),
    }
    assert overview(adam, protocol)["immune"] == (1, 1, 0)
    without = estimate_special_events(trial(), events_of(records[2:], people))
    assert [row.subjects for row in without.interest] == [0, 0, 0]
    assert any("safety.aesi_terms" in one for one in without.cautions)


def test_a05_nothing_is_dose_limiting_without_criteria_of_the_protocol():
    adam = events_of([event(term="Neutropenia", grade=4)])
    result = estimate_dose_limiting(trial(dlt_window_days=21), adam)
    assert result.by_protocol is None
    assert any("safety.dlt_criteria" in one for one in result.lacking)
    assert ("By the criteria of the protocol", "not derived") in result.table().rows


@pytest.mark.parametrize(
    ("cells", "limiting"),
    [
        ({"AESTDTC": day(21)}, "Y"),
        ({"AESTDTC": day(22)}, "N"),
        ({"AETOXGR": "2"}, "N"),
        ({"AETOXGR": None}, "Y"),
        ({"AEREL": "NOT RELATED"}, "N"),
        ({"AEDECOD": "Nausea"}, "N"),
    ],
)
def test_a05_the_criteria_of_the_protocol_decide_within_its_window(cells, limiting):
    """Related events of the liver class from grade 3 within 21 days, nausea excepted."""
    criterion = {
        "label": "Liver", "classes": ["hepatobiliary"], "min_grade": 3, "related": True,
        "excluded": ["nausea"],
    }  # fmt: skip
    protocol = trial(dlt_window_days=21, dlt_criteria=[criterion])
    cells = {"AEDECOD": "Hepatitis", "AEBODSYS": "Hepatobiliary", "AEREL": "RELATED"} | cells
    row = one_event(protocol, grade=3, **cells)
    assert (row["DLTDRVFL"], row["DLTCRIT"]) == (limiting, "Liver" if limiting == "Y" else None)


def test_a05_investigator_and_protocol_are_both_shown_when_they_differ():
    protocol = trial(dlt_window_days=21, dlt_criteria=[{"label": "Grade 4", "min_grade": 4}])
    records = [event(grade=4), event("S-2", grade=2, DLT="Y"), event("S-3", grade=4, DLT="Y")]
    adam = events_of(records, [subject(f"S-{n}") for n in (1, 2, 3)], protocol)
    result = estimate_dose_limiting(protocol, adam)
    found = (result.by_protocol, result.by_investigator, result.both, result.one_only)
    assert found == (2, 2, 1, 2)
    asked = [q for q in event_queries(adam["ADAE"]) if "A-05" in q["RULEID"].to_list()]
    assert [q["USUBJID"].to_list() for q in asked] == [["S-1", "S-2"]]


def test_a06_death_from_progression_is_not_a_death_from_an_adverse_event():
    """S-1 dies of a fatal event, S-2 of progression that was recorded as one, S-3 of no known cause."""
    records = [
        event(grade=5, AEOUT="FATAL", AESER="Y", AEREL="RELATED"),
        event("S-2", "Malignant neoplasm progression", 5, AEOUT="FATAL", AESER="Y"),
    ]
    people = [subject(f"S-{n}", DTHDT=date(2024, 3, n)) for n in (1, 2, 3)]
    adam = events_of(records, people)
    counts = {key: count for key, _, count in describe_deaths(trial(), adam).counts()}
    assert counts == {
        "all": 3, "under_treatment": 3, "later": 0, "event": 1, "event.related": 1,
        "progression": 1, "other": 0, "not_stated": 1,
    }  # fmt: skip
    assert overview(adam)["any"] == (1, 1, 1)
    assert overview(adam)["fatal"] == (1, 1, 1)
    assert any("tumour progression" in n for n in estimate_adverse_events(trial(), adam).notes)


def test_a07_once_a_row_at_the_highest_grade_and_an_unknown_grade():
    """Two terms of one class count once in it; an unknown grade is unknown and counts as grade 3."""
    records = [event(grade=1), event(term="Itch", grade=3), event("S-2", grade=None)]
    result = estimate_adverse_events(trial(), events_of(records, [subject(), subject("S-2")]))
    rows = {row.label: (row.grades, row.unknown, row.any_grade, row.severe) for row in result.terms}
    assert rows["Skin"] == ((0, 0, 1, 0, 0), 1, 2, 2)
    assert rows["Rash"] == ((1, 0, 0, 0, 0), 1, 2, 1)


def test_a08_the_most_frequent_class_and_term_first():
    records = [event(term="Itch"), event(term="Rash"), event("S-2", "Rash"),
               *(event(f"S-{n}", "Pain", AEBODSYS="General") for n in (1, 2, 3))]  # fmt: skip
    people = [subject(f"S-{n}") for n in (1, 2, 3)]
    labels = [
        row.label for row in estimate_adverse_events(trial(), events_of(records, people)).terms
    ]
    assert labels[1:] == ["General", "Pain", "Skin", "Rash", "Itch"]


def test_a09_every_row_of_the_overview():
    keys = [row.key for row in estimate_adverse_events(trial(), events_of([])).overview]
    parts = ("drug", "haic")
    changes = [
        f"{change}{part}"
        for change in ("interruption", "dose_reduction", "discontinuation")
        for part in ("", ".drug", ".haic", ".all")
    ]
    related = ["related", *(f"related.{part}" for part in parts)]
    assert keys == [
        "any", *related, "immune", "immune.steroids", *changes, "fatal", "fatal.related",
    ]  # fmt: skip


def test_a10_records_of_one_episode_are_one_event():
    """Days 10 to 20 and 21 to 30 follow each other; day 32 is a new episode: two events."""
    spans = ((10, 20, 1), (21, 30, 3), (32, 40, 1))
    records = [event(grade=g, AESTDTC=day(a), AEENDTC=day(b)) for a, b, g in spans]
    adam = events_of(records)
    assert adam["ADAE"]["AEPISN"].to_list() == [1, 1, 2]
    row = estimate_adverse_events(trial(), adam).terms[0]
    assert (row.any_grade, row.events, row.grades) == (1, 2, (0, 0, 1, 0, 0))


def test_a11_first_events_over_the_time_at_risk():
    """S-1 has an event on day 10: 10 days. S-2 has none: 82 days to the end of the window.

    92 days are 3.0226 months, so one subject is 33.08 per 100 patient-months.
    """
    adam = events_of([event(AESTDTC=day(10))], [subject(), subject("S-2")])
    rate = estimate_event_rates(trial(), adam).rates[0]
    assert (rate.subjects, rate.days, rate.outside) == (1, 92, 0)
    assert rate.rate == pytest.approx(100 * 30.4375 / 92)


def test_a13_laboratory_values_add_nothing_to_adverse_events():
    values = [{"USUBJID": "S-1", "LBTESTCD": "ALT", "LBSTRESN": "900", "LBDTC": day(10)}]
    adam = events_of([event()], LB=values)
    assert adam["ADAE"].equals(events_of([event()])["ADAE"])


def test_a15_terms_without_code_and_spellings_of_one_term():
    """A missing preferred term gives way to the reported one; case variants are one term, noted."""
    records = [event(AEDECOD="rash"), event("S-2", AEDECOD="Rash"),
               event("S-3", AEDECOD=None, AETERM="tired", AEBODSYS=None)]  # fmt: skip
    adam = events_of(records, [subject(f"S-{n}") for n in (1, 2, 3)])
    result = estimate_adverse_events(trial(), adam)
    rows = {row.label: row.any_grade for row in result.terms[1:]}
    assert rows == {"Skin": 2, "Rash": 2, "Not coded": 1, "tired": 1}
    assert "Spellings counted as one term: Rash = rash (rule A-15)." in result.notes
    assert "1 record without dictionary term under the reported one (rule A-15)." in result.notes
    messages = [row for q in event_queries(adam["ADAE"]) for row in q["MESSAGE"].to_list()]
    assert len(messages) == 2


def test_a16_a_worsening_counts_from_its_own_day():
    """Grade 1 before treatment, grade 2 from day 15: the second record is emergent, on day 15."""
    records = [
        event(grade=1, AESTDTC="2024-01-02", AEENDTC=day(15)),
        event(grade=2, AESTDTC=day(15), AEENDTC=None),
    ]
    adam = events_of(records)
    assert adam["ADAE"].select("TRTEMFL", "ASTDY").rows() == [("N", -8), ("Y", 15)]
    rows = estimate_related_events(trial(missing_relation="related"), adam).terms
    assert rows[0].any_grade == 0


def test_a16_related_serious_events_after_the_window_stand_apart():
    adam = events_of([event(AESTDTC=day(143), AEENDTC=None, AESER="Y", AEREL="RELATED")])
    result = estimate_adverse_events(trial(), adam)
    assert (result.overview[0].any_grade, result.late_related_serious) == (0, 1)


def test_a01_to_a16_leave_no_record_out():
    """Every record of AE is in ADAE, or listed as unused with its rule."""
    records = [event(), event(AESTDTC="2024-07-01"), event("S-9")]
    found = derive_adae(trial(), sdtm_with(records), events_of([])["ADSL"])
    assert found.adae.height + found.unused.height == len(records)
    assert sorted(found.unused["RULEID"]) == ["D-08", "R-143"]
