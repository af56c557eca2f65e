"""Registry results of every kind of endpoint, in cohorts, in one group, and with an empty cohort."""

from __future__ import annotations

from dataclasses import replace

import polars as pl
import pytest

import trialwright as tw
from support.registry_trial import COHORTS, registry_protocol, registry_sdtm
from trialwright.core.tables import Adam, Sdtm
from trialwright.protocol.model import Cohort
from trialwright.protocol.rules import EndpointDefinition


def endpoint(name, kind, **more):
    said = {"role": "secondary", "measure": name, "time_frame": "1 year"} | more
    return EndpointDefinition(id=name, kind=kind, **said)


#: Endpoint, and what becomes of each of its parts: posted or not.
KINDS = [
    (endpoint("ORR", "ORR", confirmed=False, role="primary"), [True]),
    (endpoint("ORR_M", "ORR", criteria=("mRECIST",)), [True]),
    (endpoint("ORR_I", "ORR", criteria=("RECIST 1.1", "iRECIST")), [True, True]),
    (endpoint("DCR", "DCR", denominator="EFF"), [True]),
    (endpoint("DCR_I", "DCR", criteria=("iRECIST",)), [False]),
    (endpoint("CBR", "CBR"), [True]),
    (endpoint("DOR", "DOR"), [True]),
    (endpoint("DOR_I", "DOR", criteria=("iRECIST",)), [True]),
    (endpoint("TTR", "TTR"), [True]),
    (endpoint("PFS", "PFS"), [True]),
    (endpoint("PFS_I", "PFS", criteria=("iRECIST",)), [True]),
    (endpoint("PFS_R", "PFS_RATE", landmark_months=3, further_landmark_months=(6, 9)),
     [True, True, False]),
    (endpoint("OS_R", "OS_RATE", landmark_months=6), [True]),
    (endpoint("TTP", "TTP"), [True]),
    (endpoint("TTF", "TTF"), [True]),
    (endpoint("OS", "OS", description="hazard ratio of survival"), [True]),
    (endpoint("AE", "AE"), [True] * 8),
    (endpoint("SAE", "SAE"), [True] * 2),
    (endpoint("DLT", "DLT"), [False]),
    (endpoint("MORTALITY", "MORTALITY"), [False]),
    (endpoint("CR", "CR_RATE"), [False]),
    (endpoint("OPEN", "PFS_RATE"), [False]),
]  # fmt: skip
EMPTY = Cohort(id="EMPTY", name="Nobody yet")


def viable_sdtm():
    """Each diameter measured as viable too, so that mRECIST has something to read."""
    sdtm = registry_sdtm()
    sizes = sdtm["TR"].filter(pl.col("TRTESTCD") == "LDIAM")
    later = (pl.col("TRSEQ").cast(pl.Int64) + 100).cast(pl.String)
    viable = sizes.with_columns(TRTESTCD=pl.lit("VLDIAM"), TRSEQ=later)
    return Sdtm({**sdtm.domains, "TR": pl.concat([sdtm["TR"], viable])})


def made_with(cohorts, endpoints, sdtm, **choices):
    protocol = registry_protocol(cohorts=cohorts, endpoints=endpoints)
    adam = tw.derive(protocol, sdtm)
    nothing = Adam(adam.datasets, adam.unused, adam.queries)
    # Other options and specifications cost most of an analysis, and the registry has none.
    adam = replace(adam, vary=nothing.vary, specify=nothing.specify)
    return tw.registry_results(
        protocol, adam, tw.analyze(protocol, adam), tw.RegistryChoices(**choices)
    )


@pytest.fixture(scope="module", params=[COHORTS, None, (*COHORTS, EMPTY)], ids=["2", "1", "3"])
def made(request):
    return made_with(request.param, tuple(one for one, _ in KINDS), viable_sdtm())


def test_each_kind_is_posted_or_says_why_not(made):
    measures = made.to_json()["resultsSection"]["outcomeMeasuresModule"]["outcomeMeasures"]
    assert [one["reportingStatus"] == "POSTED" for one in measures] == [
        posted for _, parts in KINDS for posted in parts
    ]
    not_posted = [one for one in made.told if one.kind == "NOT_POSTED"]
    assert len(not_posted) == sum(not posted for _, parts in KINDS for posted in parts)
    assert all(one.why for one in not_posted)


def test_each_measure_has_a_title_of_its_own_and_one_number_a_group(made):
    measures = made.to_json()["resultsSection"]["outcomeMeasuresModule"]["outcomeMeasures"]
    titles = [one["title"] for one in measures]
    assert len(set(titles)) == len(titles)
    for one in measures:
        if one["reportingStatus"] == "POSTED":
            (of_class,) = one["classes"]
            (category,) = of_class["categories"]
            assert len(category["measurements"]) == len(one["groups"])


def test_every_na_has_a_comment(made):
    measures = made.to_json()["resultsSection"]["outcomeMeasuresModule"]["outcomeMeasures"]
    for one in measures:
        for of_class in one.get("classes", ()):
            for value in of_class["categories"][0]["measurements"]:
                assert "NA" not in value.values() or value["comment"]


def test_a_refused_question_is_told_beside_the_posted_measure(made):
    assert any("hazard ratio" in one.place for one in made.told if one.kind == "left out")


def test_the_registered_test_of_a_rate():
    """P(X >= 1) by 20 %: of 2 patients 1 - 0.8^2 = 0.360, of 3 patients 1 - 0.8^3 = 0.488."""
    first = endpoint("ORR", "ORR", role="primary")
    protocol = registry_protocol(endpoints=(first,))
    protocol = tw.settle(protocol, {"design.null_rate": 0.2})
    adam = tw.derive(protocol, registry_sdtm())
    found = tw.registry_results(protocol, adam, tw.analyze(protocol, adam))
    (measure,) = found.to_json()["resultsSection"]["outcomeMeasuresModule"]["outcomeMeasures"]
    assert [one["pValue"] for one in measure["analyses"]] == ["0.360", "0.488"]
    assert "against a rate of 20 percent" in measure["analyses"][0]["pValueComment"]


def test_without_a_file_of_adverse_events_nothing_is_counted():
    sdtm = registry_sdtm()
    events = sdtm["AE"].clear()
    files = {code: f"{code}.csv" for code in sdtm.domains if code != "AE"}
    bare = Sdtm({**sdtm.domains, "AE": events}, files)
    found = made_with(COHORTS, (endpoint("AE", "AE"),), bare)
    assert "adverseEventsModule" not in found.modules
    (told,) = [one for one in found.told if one.kind == "NOT_POSTED"]
    assert "No file of adverse events" in told.why


def test_a_term_of_race_that_the_registry_lacks_is_customised_and_kept():
    sdtm = registry_sdtm()
    race = pl.when(pl.col("USUBJID") == "P1").then(pl.lit("HAN")).otherwise("RACE")
    changed = Sdtm({**sdtm.domains, "DM": sdtm["DM"].with_columns(RACE=race)})
    found = made_with(COHORTS, (), changed)
    measures = found.to_json()["resultsSection"]["baselineCharacteristicsModule"]["measures"]
    titles = [one["title"] for one in measures]
    assert "Race (NIH/OMB)" not in titles
    custom = measures[titles.index("Race/Ethnicity, Customized")]
    names = [one["title"] for one in custom["classes"][0]["categories"]]
    assert names == ["ASIAN", "HAN", "WHITE", "Missing"]
    assert any(one.collected == "HAN" and "customised" in one.why for one in found.mapped)


def test_a_reader_that_is_not_the_one_of_the_results():
    protocol = registry_protocol()
    adam = tw.derive(protocol, registry_sdtm())
    results = tw.analyze(protocol, adam)
    named = endpoint("PFS", "PFS", assessor="independent")
    asked = protocol.model_copy(update={"endpoints": (named,)})
    found = tw.registry_results(asked, adam, results)
    assert "1 not posted" in found.news()


def test_a_value_that_is_the_word_missing_is_counted():
    sdtm = registry_sdtm()
    ras = pl.when(pl.col("USUBJID") == "P1").then(pl.lit("Missing")).otherwise(pl.lit("wild type"))
    found = made_with(COHORTS, (), Sdtm({**sdtm.domains, "DM": sdtm["DM"].with_columns(RAS=ras)}))
    measures = found.to_json()["resultsSection"]["baselineCharacteristicsModule"]["measures"]
    ras_measure = next(one for one in measures if one["title"] == "RAS")
    counts = {
        one["title"]: [value["value"] for value in one["measurements"]]
        for one in ras_measure["classes"][0]["categories"]
    }
    assert counts == {"Missing": ["1", "0"], "wild type": ["1", "3"]}


def test_a_trial_without_any_event_has_empty_lists():
    sdtm = registry_sdtm()
    found = made_with(COHORTS, (), Sdtm({**sdtm.domains, "AE": sdtm["AE"].clear()}))
    module = found.to_json()["resultsSection"]["adverseEventsModule"]
    assert (module["seriousEvents"], module["otherEvents"]) == ([], [])
    assert [one["otherNumAffected"] for one in module["eventGroups"]] == [0, 0]


def test_a_percentage_has_one_decimal_whatever_the_report_shows():
    """1 of 2 and 1 of 3 respond: 50.0 and 33.3, by the count and the N of the table."""
    found = made_with(COHORTS, (endpoint("ORR", "ORR"),), registry_sdtm())
    (measure,) = found.to_json()["resultsSection"]["outcomeMeasuresModule"]["outcomeMeasures"]
    assert [one["paramValue"] for one in measure["analyses"]] == ["50.0", "33.3"]
    rows = [one for one in found.rows if one.item.endswith("paramValue")]
    assert [(one.table_number, one.equal) for one in rows] == [("50.0", True), ("33.3", True)]


def test_a_time_that_is_registered_from_another_start_is_not_posted():
    """One curve starts at the first dose; a second one is asked for from enrolment."""
    asked = (
        endpoint("PFS", "PFS", origin="first_dose"),
        endpoint("PFS_E", "PFS", origin="enrolment"),
        endpoint("TTP", "TTP"),
    )
    found = made_with(COHORTS, asked, registry_sdtm())
    measures = found.to_json()["resultsSection"]["outcomeMeasuresModule"]["outcomeMeasures"]
    assert [one["reportingStatus"] for one in measures] == ["POSTED", "NOT_POSTED", "POSTED"]
    (told,) = [one.why for one in found.told if one.kind == "NOT_POSTED"]
    assert "registered from enrolment, and the curve starts at the first dose" in told


def test_two_measures_of_one_title_are_told():
    asked = (
        endpoint("ORR", "ORR"),
        endpoint("ORR_U", "ORR", confirmed=False, measure="ORR"),
        endpoint("DCR", "DCR"),
    )
    found = made_with(COHORTS, asked, registry_sdtm())
    places = [one.place for one in found.told if "title of its own" in one.place]
    assert places == ["outcomeMeasures: ORR: title of its own"]


def test_events_without_a_grade_are_a_measure_beside_the_five_grades():
    """Of P1's two and P5's two events the severest lose their grade: grade 2, and unknown."""
    sdtm = registry_sdtm()
    grade = pl.when(pl.col("AETOXGR").cast(pl.Int64) < 3).then("AETOXGR")
    changed = Sdtm({**sdtm.domains, "AE": sdtm["AE"].with_columns(AETOXGR=grade)})
    asked = endpoint("AE", "AE", measure="Incidence and grade of adverse events")
    found = made_with(None, (asked,), changed)
    measures = found.to_json()["resultsSection"]["outcomeMeasuresModule"]["outcomeMeasures"]
    number = {
        one["title"].partition(": ")[2]: int(
            one["classes"][0]["categories"][0]["measurements"][0]["value"]
        )
        for one in measures
    }
    by_grade = [count for words, count in number.items() if words.startswith("highest grade")]
    assert number["highest grade unknown"] > 0
    assert len(by_grade) == 6
    assert sum(by_grade) == number["any adverse event"]


def test_those_never_treated_stand_under_what_became_of_them():
    """P3 was never treated and withdrew: the words of the milestone say where to look."""
    found = made_with(COHORTS, (), registry_sdtm())
    (period,) = found.to_json()["resultsSection"]["participantFlowModule"]["periods"]
    withdrew = [one for one in period["dropWithdraws"] if one["type"] == "Withdrawal by Subject"]
    assert [one["comment"] for one in withdrew] == ["Never treated"]
    comment = period["milestones"][-1]["comment"]
    assert comment.endswith("(Other), those never treated by what became of them.")
    why = {one.collected: one.why for one in found.mapped if one.kind == "disposition"}
    assert why["Never treated"] == "ADSL; what became of them"
    assert why["Progressive disease"] == "T-1; end of treatment by DS"
