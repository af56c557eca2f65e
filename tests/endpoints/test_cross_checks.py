"""What must agree between the tables of one analysis: every check holds, and every check can fail."""

from __future__ import annotations

from dataclasses import replace

import polars as pl
import pytest

from support.rules import protocol
from support.trial import Patient, on, sdtm_of
from trialwright.adam.derive import derive
from trialwright.core.errors import InconsistencyError
from trialwright.endpoints.cross_checks import (
    CHECKS,
    Analysis,
    contradictions,
    require_consistency,
)
from trialwright.pipeline import analyze
from trialwright.protocol.settled import settled_response


def person(name: str, *visits: tuple[int, float], death: int | None = None) -> Patient:
    made = Patient(name).target("T01", "LIVER", 100)
    made.add("EX", EXTRT="DRUG", EXDOSE="10", EXSTDTC=on(0), EXENDTC=on(100))
    for day, value in visits:
        made.scan(day, {"T01": value})
    return made if death is None else made.dies(death)


@pytest.fixture(scope="module")
def analysis() -> Analysis:
    """A responder, one with stable disease who dies, one who progresses, one without a scan."""
    people = (
        person("A", (56, 60), (112, 55), (168, 50)),
        person("B", (56, 90), (112, 95), death=150),
        person("C", (56, 130), death=300),
        person("D"),
    )
    settled = protocol()
    adam = derive(settled, sdtm_of(people))
    return Analysis(dict(analyze(settled, adam)), adam, settled_response(settled))


def broken(analysis: Analysis, key: str, **changes: object) -> Analysis:
    """The same results with one of them changed."""
    changed = replace(analysis.results[key], **changes)
    return replace(analysis, results={**analysis.results, key: changed})


def numbers(analysis: Analysis) -> set[int]:
    return {number for number, _ in contradictions(analysis)}


def test_a_sound_analysis_has_no_contradiction(analysis):
    """Every check compares something here, and everything agrees."""
    assert contradictions(analysis) == ()
    compared = {number: len(list(check(analysis))) for number, check in CHECKS.items()}
    assert all(compared.values()), compared
    require_consistency(analysis)


@pytest.mark.parametrize(
    "changes",
    [
        {"response__sd_min_days": 200},
        {"analysis__cbr_weeks": 4, "response__sd_min_days": 42},
        {"response__bor_stop_nact": False},
        {"response__confirmation": "not_required"},
        {"response__response_ref": "enrolment", "analysis__orr_set": "ENRL"},
        {"analysis__data_cutoff": "2024-05-20"},
        {"analysis__pfs_rule": "EMA", "analysis__rmst_months": 3.0},
    ],
)
def test_no_choice_of_the_protocol_makes_a_contradiction(changes):
    """Data that are odd but allowed: treatment before enrolment, new therapy, a node, no dose."""
    people = (
        person("A", (56, 60), (112, 55), (168, 50)),
        person("B", (30, 90), death=150),
        person("C", (56, 60), (112, 60), (168, 130)).add(
            "CM", CMTRT="X", CMCAT="SUBSEQUENT ANTI-CANCER THERAPY", CMSTDTC=on(80)
        ),
        Patient("N").target("T01", "LYMPH NODE", 15).scan(56, {"T01": 9.9}).scan(112, {"T01": 9.9}),
        Patient("L", enrolled_day=20).target("T01", "LIVER", 50).scan(10, {"T01": 30}),
        Patient("U", dose_day=None).target("T01", "LIVER", 50).scan(56, {"T01": 20}),
    )
    settled = protocol(**changes)
    adam = derive(settled, sdtm_of(people))
    analyze(settled, adam)


def test_check_1_the_flow_adds_up(analysis):
    assert numbers(broken(analysis, "DISPOSITION", on_treatment=7)) >= {1}
    assert 1 in numbers(broken(analysis, "DISPOSITION", screened=1))


def test_check_2_denominators_are_the_sets(analysis):
    sets = tuple((name, n + 1) for name, n in analysis.results["DISPOSITION"].sets)
    found = contradictions(broken(analysis, "DISPOSITION", sets=sets))
    assert ("T-7 ORR N, Full analysis set", "T-3 Full analysis set", (4, 5)) in [
        (one.first, one.second, one.values) for number, one in found if number == 2
    ]


def test_check_3_events_are_progression_and_death(analysis):
    """One event more in the records than the rules account for; more deaths than OS has."""
    pfs = analysis.results["PFS"]
    records = pfs.summary.records
    died = replace(records, description=tuple("Death" for _ in records.description))
    wrong = broken(analysis, "PFS", summary=replace(pfs.summary, records=died))
    survival = analysis.results["OS"]
    nobody = replace(survival.summary.records, event=survival.summary.records.event & False)
    wrong = broken(wrong, "OS", summary=replace(survival.summary, records=nobody))
    assert 3 in numbers(wrong)


def test_check_4_responders_have_lanes_and_bars(analysis):
    course, depth = analysis.results["COURSE"], analysis.results["DEPTH"]
    lanes = tuple(replace(lane, response_start=None) for lane in course.lanes)
    assert 4 in numbers(broken(analysis, "COURSE", lanes=lanes))
    flat = tuple(
        replace(one, course=tuple(replace(point, percent=-10.0) for point in one.course))
        for one in depth.subjects
    )
    assert 4 in numbers(broken(analysis, "DEPTH", subjects=flat))


def test_check_5_deaths_of_flow_and_survival(analysis):
    assert 5 in numbers(broken(analysis, "DISPOSITION", died=9))


def test_check_8_treated_are_the_safety_set(analysis):
    sets = tuple((n, c - (n == "Safety set")) for n, c in analysis.results["DISPOSITION"].sets)
    assert 8 in numbers(broken(analysis, "DISPOSITION", sets=sets))


def test_check_9_censorings_have_evidence(analysis):
    bare = analysis.adam["ADTTE"].with_columns(EVNTDESC=pl.lit(""))
    adam = replace(analysis.adam, datasets={**analysis.adam.datasets, "ADTTE": bare})
    assert 9 in numbers(replace(analysis, adam=adam))


def test_check_10_headline_numbers_stand_in_the_table(analysis):
    orr = analysis.results["ORR"]
    empty = replace(orr.responses, headline="EFF")
    other = tuple(replace(r, count=3) if r.analysis_set == "EFF" else r for r in orr.rates)
    sound = broken(analysis, "ORR", responses=empty)
    assert 10 not in numbers(sound)

    class Hidden:
        """A result whose text says a number that its table does not have."""

        key = "HIDDEN"

        def table(self):
            return replace(orr.table(), rows=(("ORR", "no number"),))

        def to_json(self):
            return {"estimate": other[0].to_json()}

    wrong = replace(analysis, results={**analysis.results, "HIDDEN": Hidden()})
    assert 10 in numbers(wrong)


def test_check_11_orr_cbr_dcr_rise(analysis):
    """A responder is controlled (seeds 003-5: ORR <= DCR in every set)."""
    dcr = analysis.results["DCR"]
    none = tuple(replace(rate, count=0) for rate in dcr.rates)
    assert 11 in numbers(broken(analysis, "DCR", rates=none))


def test_a_contradiction_stops_the_analysis_and_names_both_cells(analysis):
    wrong = broken(analysis, "DISPOSITION", died=9)
    with pytest.raises(InconsistencyError, match=r"contradict another table") as caught:
        require_consistency(wrong)
    said = str(caught.value)
    assert "check 5: T-1 DISPOSITION died: 9; T-9 OS deaths: 2" in said
    assert "defect of trialwright" in said


def test_analyze_runs_the_checks(analysis, monkeypatch):
    """A check that finds something stops `analyze` itself."""
    monkeypatch.setitem(CHECKS, 99, lambda one: [replace(next(iter(CHECKS[5](one))), agree=False)])
    with pytest.raises(InconsistencyError, match="1 number"):
        analyze(protocol(), analysis.adam)


def test_contradictions_of_adverse_events_stop_it_too(analysis):
    """Checks 5 to 8 of adverse events are sentences of their own."""
    with pytest.raises(InconsistencyError, match="1 number of this") as caught:
        require_consistency(analysis, ["AE: 5 above the 4 of the safety set (item 7)."])
    assert caught.value.where.startswith("AE")


def changed_times(analysis: Analysis, code: str, name: str, **values: pl.Expr) -> Analysis:
    """The same analysis with a record of ADTTE changed, its tables as `analyze` makes them."""
    at = (pl.col("PARAMCD") == code) & (pl.col("USUBJID") == name)
    frame = analysis.adam["ADTTE"].with_columns(
        pl.when(at).then(value).otherwise(pl.col(column)).alias(column)
        for column, value in values.items()
    )
    adam = replace(analysis.adam, datasets={**analysis.adam.datasets, "ADTTE": frame})
    return replace(analysis, adam=adam)


def test_check_2_everybody_enrolled_has_a_time(analysis):
    pfs = analysis.results["PFS"]
    records = pfs.summary.records
    fewer = replace(records, usubjid=records.usubjid[1:])
    wrong = broken(analysis, "PFS", summary=replace(pfs.summary, records=fewer))
    assert ("T-9 PFS N", (3, 4)) in [(one.first, one.values) for _, one in contradictions(wrong)]


def test_check_2_each_characteristic_counts_everybody_once(analysis):
    people = analysis.results["CHARACTERISTICS"]
    items = tuple(replace(item, missing=item.missing + 1) for item in people.items)
    assert 2 in numbers(broken(analysis, "CHARACTERISTICS", items=items))


def test_check_8_the_treated_are_the_full_analysis_set(analysis):
    sets = tuple(
        (n, c - (n == "Full analysis set")) for n, c in analysis.results["DISPOSITION"].sets
    )
    found = contradictions(broken(analysis, "DISPOSITION", sets=sets))
    assert "T-3 DISPOSITION full analysis set" in [one.second for n, one in found if n == 8]


def test_check_9_an_event_is_not_censored(analysis):
    """C progressed: as a censored time the record would keep its rule C-01."""
    assert 9 in numbers(changed_times(analysis, "PFS", "C", CNSR=pl.lit(1)))
    assert 9 in numbers(changed_times(analysis, "OS", "A", CNSR=pl.lit(0)))


def test_check_12_a_time_is_its_dates(analysis):
    """D-01: one added day everywhere, or nowhere; one record a subject."""
    assert 12 in numbers(changed_times(analysis, "PFS", "C", AVAL=pl.col("AVAL") + 1))
    bare = analysis.adam["ADTTE"].with_columns(AVAL=pl.col("AVAL") - 1)
    twice = pl.concat([bare, bare.filter(pl.col("PARAMCD") == "OS").head(1)])
    for frame, fails in ((bare, False), (twice, True)):
        adam = replace(analysis.adam, datasets={**analysis.adam.datasets, "ADTTE": frame})
        assert (12 in numbers(replace(analysis, adam=adam))) is fails


def test_check_13_repeated_rates_agree(analysis):
    orr, groups = analysis.results["ORR"], analysis.results["SUBGROUPS"]
    more = tuple(replace(rate, count=rate.count + 1) for rate in orr.rates)
    assert 13 in numbers(broken(analysis, "ORR", rates=more, other_rates=more))
    none = tuple(replace(rate, count=0) for rate in orr.other_rates)
    assert 13 in numbers(broken(analysis, "ORR", other_rates=none))
    rate = replace(groups.overall.response, count=0)
    overall = replace(groups.overall, response=rate)
    assert 13 in numbers(broken(analysis, "SUBGROUPS", overall=overall))
