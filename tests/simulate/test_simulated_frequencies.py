"""Frequencies over hundreds of virtual patients agree with the scenario (|z| < 4.5, fixed seed)."""

from __future__ import annotations

from collections import defaultdict
from functools import cache

import pytest

from support.virtual_trials import (
    TRIALS,
    by_subject,
    day,
    protocol_of,
    records_of,
    scenario_of,
    with_subjects,
)
from trialwright.core.tables import Sdtm
from trialwright.simulate.scenario import Scenario
from trialwright.simulate.trial import simulate_trial

LIMIT = 4.5


@cache
def scenario(trial: str) -> Scenario:
    return with_subjects(scenario_of(trial), 120 if trial == "003" else 400)


@cache
def data(trial: str) -> Sdtm:
    return simulate_trial(protocol_of(trial), scenario(trial), 20)


def agrees(count: int, total: int, share: float) -> bool:
    """Whether a count agrees with its share within 4.5 standard errors."""
    error = (total * share * (1 - share)) ** 0.5
    return abs(count - total * share) <= LIMIT * error + 1e-9


@cache
def treated(trial: str) -> frozenset[str]:
    rows = records_of(data(trial), "DM")
    return frozenset(one["USUBJID"] for one in rows if one["RFXSTDTC"])


@cache
def organs(trial: str) -> dict[str, set[str]]:
    rows = by_subject(data(trial), "TU")
    return {
        name: {one["TULOC"] for one in lesions if one["TUSTRESC"] != "NEW"}
        for name, lesions in rows.items()
    }


@pytest.mark.parametrize("trial", TRIALS)
def test_organs_are_involved_as_often_as_stated(trial):
    disease = scenario(trial).disease
    everybody = organs(trial)
    for organ in disease.organs:
        share = organ.share
        if share is None:
            share = sum(site.share for site in disease.core if organ.id in site.organs)
        count = sum(organ.id in found for found in everybody.values())
        assert agrees(count, len(everybody), share), organ.id


@pytest.mark.parametrize("trial", TRIALS)
def test_adverse_events_are_as_frequent_and_severe_as_stated(trial):
    worst: dict[tuple[str, str], int] = defaultdict(int)
    for one in records_of(data(trial), "AE"):
        key = (one["AEDECOD"], one["USUBJID"])
        worst[key] = max(worst[key], int(one["AETOXGR"]))
    for event in scenario(trial).adverse_events:
        at_risk = {
            name
            for name in treated(trial)
            if event.organ is None or event.organ in organs(trial)[name]
        }
        grades = [grade for (term, _), grade in worst.items() if term == event.term]
        assert len(at_risk) > 100
        assert agrees(len(grades), len(at_risk), event.any), event.term
        assert agrees(sum(one >= 3 for one in grades), len(at_risk), event.grade3plus), event.term


def test_any_severe_event_is_as_frequent_as_published():
    """60 %, 55 % and 50 % of subjects with grade 3 or more; terms are independent, so +/- 8."""
    for trial, share in {"000": 0.60, "002": 0.55, "003": 0.50}.items():
        severe = {one["USUBJID"] for one in records_of(data(trial), "AE") if one["AETOXGR"] > "2"}
        assert len(severe) / len(treated(trial)) == pytest.approx(share, abs=0.08)


def test_only_named_components_are_blamed_and_as_often_as_stated():
    """Hypertension in the first trial: regorafenib, the second component, in 90 %."""
    rows = [one for one in records_of(data("000"), "AE") if one["AEDECOD"] == "Hypertension"]
    assert {one["AEREL1"] for one in rows} == {one["AEREL3"] for one in rows} == {"N"}
    assert agrees(sum(one["AEREL2"] == "Y" for one in rows), len(rows), 0.9)


def test_pneumothorax_needs_a_lung_lesion():
    rows = [one for one in records_of(data("002"), "AE") if one["AEDECOD"] == "Pneumothorax"]
    assert rows
    assert all("LUNG" in organs("002")[one["USUBJID"]] for one in rows)


def test_events_of_a_procedure_begin_within_three_days_of_it():
    procedures = by_subject(data("002"), "PR")
    for one in records_of(data("002"), "AE"):
        if one["AEDECOD"] != "Abdominal pain" or one["AESEQ"] != "1":
            continue
        start = day(one["AESTDTC"])
        days = [day(row["PRSTDTC"]) for row in procedures[one["USUBJID"]]]
        assert any(0 <= (start or 0) - (when or 0) <= 3 for when in days)


def test_immune_events_begin_around_their_median():
    """Rash, median 28 days: half before, cut a little by short treatment."""
    starts = {one["USUBJID"]: day(one["RFXSTDTC"]) for one in records_of(data("000"), "DM")}
    firsts: dict[str, int] = {}
    for one in records_of(data("000"), "AE"):
        if one["AEDECOD"] == "Rash":
            when = (day(one["AESTDTC"]) or 0) - (starts[one["USUBJID"]] or 0)
            firsts[one["USUBJID"]] = min(firsts.get(one["USUBJID"], when), when)
    early = sum(one <= 28 for one in firsts.values())
    assert 0.40 < early / len(firsts) < 0.68


def test_scans_are_missed_and_late_as_often_as_stated():
    """Scans due while a subject is followed; every due date of 56 days up to the last scan."""
    made = late = due = 0
    starts = {one["USUBJID"]: day(one["RFXSTDTC"]) for one in records_of(data("000"), "DM")}
    for name, rows in by_subject(data("000"), "TR").items():
        scans = {
            float(one["VISITNUM"]): day(one["TRDTC"]) or 0
            for one in rows
            if one["TRLNKID"] == "T01" and float(one["VISITNUM"]) % 1 == 0
        }
        last = int(max(scans)) - 1
        due += max(last - 1, 0)
        made += sum(2 <= number <= last for number in scans)
        late += sum(
            when - (starts[name] or 0) - 56 * (number - 1) > 12
            for number, when in scans.items()
            if 2 <= number <= last
        )
    assert agrees(due - made, due, 0.04)
    assert 0 < late / made < 0.06
