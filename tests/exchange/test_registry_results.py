"""Registry results of a trial of six patients: every number worked by hand."""

from __future__ import annotations

import json
from dataclasses import replace

import polars as pl
import pytest

import trialwright as tw
from support.registry_trial import ENDPOINTS, registry_protocol, registry_sdtm
from trialwright.core.errors import DataError, InconsistencyError, OutputError, ProtocolError
from trialwright.endpoints.serious_events import RegistryRow, SeriousEvents
from trialwright.exchange.registry_results.cited import Cited, leaves
from trialwright.exchange.registry_results.events import _above, _side
from trialwright.exchange.registry_results.flow import registry_reason
from trialwright.exchange.registry_results.limits import check_limits
from trialwright.exchange.registry_results.measures import dispersion
from trialwright.exchange.registry_results.numbers import DECIMALS
from trialwright.exchange.registry_results.reconcile import reconcile
from trialwright.protocol.rules import EndpointDefinition
from trialwright.vocabulary.registry_results import (
    MAX_CHARACTERS,
    ORGAN_SYSTEMS,
    REASON_OF,
    REASONS,
)


@pytest.fixture(scope="module")
def trial():
    protocol = registry_protocol()
    adam = tw.derive(protocol, registry_sdtm())
    return protocol, adam, tw.analyze(protocol, adam)


@pytest.fixture(scope="module")
def made(trial):
    return tw.registry_results(*trial)


@pytest.fixture(scope="module")
def section(made):
    return json.loads(made.files()["registry_results.json"])["resultsSection"]


def values(measure, at=0):
    """Values of a measure by category, one column a group."""
    return {
        category.get("title", ""): [one["value"] for one in category["measurements"]]
        for category in measure["classes"][at]["categories"]
    }


def baseline(section, title):
    measures = section["baselineCharacteristicsModule"]["measures"]
    return next(one for one in measures if one["title"] == title)


def outcome(section, title):
    measures = section["outcomeMeasuresModule"]["outcomeMeasures"]
    return next(one for one in measures if one["title"] == title)


def cells(measure):
    return measure["classes"][0]["categories"][0]["measurements"]


def test_the_modules_have_the_names_of_the_public_json(section):
    assert list(section) == [
        "participantFlowModule", "baselineCharacteristicsModule", "outcomeMeasuresModule",
        "adverseEventsModule", "moreInfoModule",
    ]  # fmt: skip


def test_one_group_for_each_cohort(section):
    groups = section["participantFlowModule"]["groups"]
    assert [(g["id"], g["title"]) for g in groups] == [
        ("FG000", "Colon cancer"), ("FG001", "Stomach cancer"),
    ]  # fmt: skip
    assert [g["id"] for g in section["adverseEventsModule"]["eventGroups"]] == ["EG000", "EG001"]


def test_flow(section):
    """P1 and P2 progressed; P3 withdrew untreated; P4 goes on, P5 had an event, P6 is lost."""
    (period,) = section["participantFlowModule"]["periods"]
    milestones = {
        m["type"]: [a["numSubjects"] for a in m["achievements"]] for m in period["milestones"]
    }
    assert milestones == {
        "STARTED": ["3", "3"], "Received Treatment": ["2", "3"], "COMPLETED": ["0", "0"],
    }  # fmt: skip
    assert "received the treatment as planned" in period["milestones"][2]["comment"]
    left = {d["type"]: [r["numSubjects"] for r in d["reasons"]] for d in period["dropWithdraws"]}
    assert left == {
        "Adverse Event": ["0", "1"],
        "Lost to Follow-up": ["0", "1"],
        "Lack of Efficacy": ["2", "0"],
        "Withdrawal by Subject": ["1", "0"],
        "Other": ["0", "1"],
    }
    assert section["participantFlowModule"]["preAssignmentDetails"].startswith("6 were screened")


def test_flow_by_follow_up(trial):
    """Followed to death: P1, P5; alive: P2, P4. P3 withdrew, P6 was lost."""
    found = tw.registry_results(*trial, tw.RegistryChoices(completed="follow-up"))
    (period,) = found.to_json()["resultsSection"]["participantFlowModule"]["periods"]
    assert [a["numSubjects"] for a in period["milestones"][2]["achievements"]] == ["2", "2"]
    left = {d["type"]: [r["numSubjects"] for r in d["reasons"]] for d in period["dropWithdraws"]}
    assert left == {"Lost to Follow-up": ["0", "1"], "Withdrawal by Subject": ["1", "0"]}


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        ("Progressive disease", "Lack of Efficacy"),
        ("Progressive disease, without PD on a scan", "Lack of Efficacy"),
        ("Death, end of treatment not recorded", "Death"),
        ("Withdrawal of consent, end of treatment not recorded", "Withdrawal by Subject"),
        ("Completed", "COMPLETED"),
        ("Reason not recorded", "Other"),
        ("Moved abroad", "Other"),
    ],
)
def test_reasons(words, reason):
    assert registry_reason(words) == reason


def test_baseline(section):
    """Treated: 50 and 70 years (SD 14.14); 18, 60 and 65 years (mean 47.67, SD 25.81)."""
    age = baseline(section, "Age, Continuous")
    assert [(m["value"], m["spread"]) for m in cells(age)] == [("60.0", "14.1"), ("47.7", "25.8")]
    assert values(baseline(section, "Age, Categorical")) == {
        "<=18 years": ["0", "1"],
        "Between 18 and 65 years": ["1", "1"],
        ">=65 years": ["1", "1"],
    }
    assert values(baseline(section, "Sex: Female, Male")) == {
        "Female": ["1", "2"], "Male": ["1", "1"],
    }  # fmt: skip
    race = {k: v for k, v in values(baseline(section, "Race (NIH/OMB)")).items() if v != ["0", "0"]}
    assert race == {"Asian": ["1", "2"], "White": ["1", "0"], "Unknown or Not Reported": ["0", "1"]}
    region = baseline(section, "Region of Enrollment")
    assert [one["title"] for one in region["classes"]] == ["China", "Germany"]
    assert [values(region, at)[""] for at in (0, 1)] == [["2", "2"], ["0", "1"]]
    size = cells(baseline(section, "Sum of target diameters (mm)"))
    assert [(m["value"], m["lowerLimit"], m["upperLimit"]) for m in size] == [
        ("45.0", "40", "50"), ("30.0", "20", "60"),
    ]  # fmt: skip


def test_what_was_not_collected_is_told_and_not_made_up(made, section):
    titles = [one["title"] for one in section["baselineCharacteristicsModule"]["measures"]]
    assert not any("Ethnicity" in title for title in titles)
    assert any(one.kind == "missing" and "Ethnicity" in one.place for one in made.told)


def test_measures_stand_in_registered_order_in_registered_words(section):
    measures = section["outcomeMeasuresModule"]["outcomeMeasures"]
    begins = list(dict.fromkeys(one["title"].partition(":")[0] for one in measures))
    assert begins == [one.measure for one in ENDPOINTS]
    response = outcome(section, "Objective response")
    assert response["description"] == "Complete or partial response by RECIST 1.1"
    assert (response["type"], response["timeFrame"]) == ("PRIMARY", "18 months")


def test_objective_response(section):
    """P1 of 2, and P4 of 3; Clopper-Pearson 1/2: 1.26 to 98.74 %, 1/3: 0.84 to 90.57 %."""
    response = outcome(section, "Objective response")
    assert response["paramType"] == "COUNT_OF_PARTICIPANTS"
    assert [count["value"] for count in response["denoms"][0]["counts"]] == ["2", "3"]
    assert values(response) == {"": ["1", "1"]}
    said = [
        (a["paramValue"], a["ciLowerLimit"], a["ciUpperLimit"], a["ciPctValue"])
        for a in response["analyses"]
    ]
    assert said == [("50.0", "1.3", "98.7", "95"), ("33.3", "0.8", "90.6", "95")]


def test_median_not_reached_is_na_with_a_comment(section):
    """COLON: events on days 85 and 127, flat at one half: 106 days. STOMACH: 2 of 3 at the end."""
    pfs = outcome(section, "Progression-free survival")
    assert (pfs["paramType"], pfs["dispersionType"], pfs["unitOfMeasure"]) == (
        "MEDIAN", "CONFIDENCE_95", "Months",
    )  # fmt: skip
    colon, stomach = cells(pfs)
    assert (colon["value"], colon["lowerLimit"], colon["upperLimit"]) == ("3.5", "2.8", "NA")
    assert (stomach["value"], stomach["lowerLimit"], stomach["upperLimit"]) == ("NA", "1.4", "NA")
    assert "Median not estimable" in stomach["comment"]
    assert "Upper limit not estimable" in colon["comment"]


def test_landmark_rate(section):
    """Nobody of COLON is left without PD; of STOMACH nobody is left at risk."""
    rate = outcome(section, "PFS at one year")
    assert (rate["paramType"], rate["unitOfMeasure"]) == ("NUMBER", "percentage of participants")
    colon, stomach = cells(rate)
    assert colon["value"] == "0.0"
    assert (stomach["value"], stomach["comment"]) == (
        "NA", "Not estimable: nobody is left at risk at this time.",
    )  # fmt: skip


def test_adverse_events_are_split_into_one_number_a_title(section):
    title = "Incidence and degree of adverse events and serious adverse events"
    found = {
        one["title"].partition(": ")[2]: values(one)[""]
        for one in section["outcomeMeasuresModule"]["outcomeMeasures"]
        if one["title"].startswith(title)
    }
    assert found == {
        "any adverse event": ["2", "2"],
        "adverse event of grade 3 or higher": ["1", "1"],
        "serious adverse event": ["1", "1"],
        "treatment-related adverse event": ["1", "1"],
        "treatment-related adverse event of grade 3 or higher": ["1", "1"],
        "treatment-related serious adverse event": ["1", "1"],
        "adverse event leading to discontinuation of any component": ["0", "0"],
        "fatal adverse event": ["0", "0"],
        "highest grade 1": ["1", "0"],
        "highest grade 2": ["0", "1"],
        "highest grade 3": ["1", "0"],
        "highest grade 4": ["0", "1"],
        "highest grade 5": ["0", "0"],
    }


def test_an_endpoint_without_a_result_is_not_posted_with_its_reason(made, section):
    quality = outcome(section, "Quality of life")
    assert quality["reportingStatus"] == "NOT_POSTED"
    assert "classes" not in quality
    (told,) = [one for one in made.told if one.kind == "NOT_POSTED"]
    assert "Quality of life" in told.place
    assert "questionnaires" in told.why
    assert "1 not posted" in made.news()


def test_adverse_events_module(section):
    module = section["adverseEventsModule"]
    names = ("deaths", "serious", "other")
    totals = [
        [(g[f"{name}NumAffected"], g[f"{name}NumAtRisk"]) for name in names]
        for g in module["eventGroups"]
    ]
    assert totals == [[(1, 3), (1, 2), (2, 2)], [(1, 3), (1, 3), (2, 3)]]

    def told(events):
        return {
            (one["term"], one["organSystem"]): [
                (s["numEvents"], s["numAffected"], s["numAtRisk"]) for s in one["stats"]
            ]
            for one in events
        }

    assert told(module["seriousEvents"]) == {
        ("Hepatitis", "Hepatobiliary disorders"): [(0, 0, 2), (1, 1, 3)],
        ("Rash", "Skin and subcutaneous tissue disorders"): [(1, 1, 2), (0, 0, 3)],
    }
    assert told(module["otherEvents"]) == {
        ("NAUSEA", "Gastrointestinal disorders"): [(2, 1, 2), (1, 1, 3)],
        ("Fatigue", "General disorders"): [(0, 0, 2), (1, 1, 3)],
        ("Rash", "Skin and subcutaneous tissue disorders"): [(1, 1, 2), (0, 0, 3)],
    }


def test_the_threshold_must_be_exceeded_in_a_group(trial):
    """5 of 100 is 5 percent and does not exceed it; 6 of 100 does."""
    _, _, results = trial
    row = RegistryRow(term="T", organ_system="S", serious=False, events=9, affected=5)
    base = replace(results["SAE"], subjects=100)
    assert isinstance(base, SeriousEvents)
    for affected, threshold, listed in ((5, 5, 0), (6, 5, 1), (5, 4, 1), (1, 0, 1)):
        kept = {"all": replace(base, registry=(replace(row, affected=affected),))}
        assert len(_above(_side(kept, serious=False), kept, threshold).terms) == listed


def test_a_threshold_takes_the_terms_and_their_patients_out(trial):
    """At 40 percent (more than the registry takes) 1 of 2 exceeds, 1 of 3 does not."""
    _, _, results = trial
    kept = {"COLON": results["SAE.COLON"], "STOMACH": results["SAE.STOMACH"]}
    listed = _above(_side(kept, serious=False), kept, 40).terms
    assert [term for _, term in listed] == ["NAUSEA", "RASH"]


def test_every_number_is_that_of_a_table(made, section):
    assert all(row.equal for row in made.rows)
    numbers = sum(isinstance(leaf, Cited) for _, leaf in leaves(made.modules))
    assert numbers > 150
    assert len(made.rows) >= numbers
    by_item = {(row.module, row.item): row for row in made.rows}
    item = "outcomeMeasures[13].analyses[1].ciUpperLimit"
    row = by_item["outcomeMeasuresModule", item]
    assert (row.registry, row.table_number) == ("90.6", "90.6")
    assert row.table == "T-7 ORR.STOMACH: ORR (confirmed), n (%) [95 % CI]"


def changed(node, path, value, *, cited=True):
    """The tree with another value at a place; `cited` keeps the sources of the old one."""
    for step in path[:-1]:
        node = node[step]
    old = node[path[-1]]
    node[path[-1]] = Cited(value, old.sources) if cited else value
    return old


NUMBERS = [
    (
        ("participantFlowModule", "periods", 0, "milestones", 0, "achievements", 0, "numSubjects"),
        "4",
    ),
    (("baselineCharacteristicsModule", "denoms", 0, "counts", 1, "value"), "4"),
    (("outcomeMeasuresModule", "outcomeMeasures", 13, "analyses", 0, "ciLowerLimit"), "1.4"),
    (("adverseEventsModule", "eventGroups", 0, "deathsNumAffected"), 0),
    (("adverseEventsModule", "otherEvents", 0, "stats", 0, "numEvents"), 3),
]


@pytest.mark.parametrize(("path", "value"), NUMBERS)
def test_a_number_that_differs_stops_the_export(trial, made, path, value):
    _, adam, results = trial
    old = changed(made.modules, path, value)
    try:
        with pytest.raises(InconsistencyError, match="not those of the tables"):
            reconcile(results, adam, made.modules)
    finally:
        changed(made.modules, path, old.value)
    assert reconcile(results, adam, made.modules) == made.rows


def test_a_number_without_a_table_stops_the_export(trial, made):
    _, adam, results = trial
    path = NUMBERS[0][0]
    old = changed(made.modules, path, "3", cited=False)
    try:
        with pytest.raises(InconsistencyError) as refused:
            reconcile(results, adam, made.modules)
    finally:
        changed(made.modules, path, old, cited=False)
    assert "no table" in refused.value.where


def test_a_flow_that_does_not_add_up_stops_the_export(trial, made):
    """A reason left out: each number is right, and one participant is nowhere."""
    _, adam, results = trial
    period = made.modules["participantFlowModule"]["periods"][0]
    kept = period["dropWithdraws"]
    period["dropWithdraws"] = kept[:-1]
    try:
        with pytest.raises(InconsistencyError) as refused:
            reconcile(results, adam, made.modules)
    finally:
        period["dropWithdraws"] = kept
    assert "COMPLETED and not completed" in refused.value.where


def test_numbers_have_the_decimals_of_the_table_only(section):
    def texts(node, key=""):
        if isinstance(node, dict):
            for name, value in node.items():
                yield from texts(value, name)
        elif isinstance(node, list):
            for value in node:
                yield from texts(value, key)
        elif key in {"value", "spread", "lowerLimit", "upperLimit", "paramValue", "ciLowerLimit"}:
            yield str(node)

    decimals = {len(text.partition(".")[2]) for text in texts(section)}
    assert decimals <= {0, *DECIMALS.values()}


@pytest.mark.parametrize(
    ("length", "refused"), [(255, False), (256, True)], ids=["at the limit", "one more"]
)
def test_too_long_a_title_is_refused_and_never_cut(trial, length, refused):
    protocol, adam, results = trial
    long = EndpointDefinition(id="QOL", kind="QOL", role="secondary", measure="x" * length)
    changed_protocol = protocol.model_copy(update={"endpoints": (long,)})
    if not refused:
        section = tw.registry_results(changed_protocol, adam, results).to_json()["resultsSection"]
        (measure,) = section["outcomeMeasuresModule"]["outcomeMeasures"]
        assert len(measure["title"]) == length
        return
    with pytest.raises(OutputError) as found:
        tw.registry_results(changed_protocol, adam, results)
    assert "outcomeMeasures[0].title: 256 characters, at most 255" in found.value.where


def test_every_limit_is_of_a_place_that_the_modules_have():
    for place, limit in MAX_CHARACTERS.items():
        module, *rest = place.split(".")
        node: object = "x" * (limit + 1)
        for step in reversed(rest):
            name, list_ = step.removesuffix("[]"), step.endswith("[]")
            node = {name: [node] if list_ else node}
        with pytest.raises(OutputError, match="another length"):
            check_limits({module: node})


def test_an_enrolled_subject_without_a_cohort_is_refused(trial):
    protocol, adam, _ = trial
    one = protocol.model_copy(update={"cohorts": protocol.cohorts[:1]})
    with pytest.raises(DataError, match="3 of 6 enrolled subjects belong to no cohort"):
        tw.registry_results(one, adam, tw.analyze(one, adam))


def test_simulated_data_are_refused_unless_said_and_then_say_so(trial):
    protocol, adam, results = trial
    simulated = replace(adam, simulated="Simulated data: scenario x, seed 7")
    with pytest.raises(tw.RefusedError, match="simulated"):
        tw.registry_results(protocol, simulated, results)
    choices = tw.RegistryChoices(
        simulated=True, words=tw.RegistryWords(limitationsAndCaveats="Six patients only.")
    )
    section = tw.registry_results(protocol, simulated, results, choices).to_json()["resultsSection"]
    said = section["moreInfoModule"]["limitationsAndCaveats"]["description"]
    assert said.startswith("Simulated data: scenario x, seed 7. No patient was treated")
    assert said.endswith("Six patients only.")


def test_events_without_an_organ_system_leave_the_module_out_and_say_so(trial):
    protocol, adam, _ = trial
    events = adam["ADAE"].with_columns(AEBODSYS=pl.lit(None, pl.String))
    bare = replace(adam, datasets={**adam.datasets, "ADAE": events})
    found = tw.registry_results(protocol, bare, tw.analyze(protocol, bare))
    assert "adverseEventsModule" not in found.modules
    assert any("AEBODSYS" in one.why for one in found.told)


def test_an_endpoint_by_another_reader_is_not_posted(trial):
    protocol, adam, results = trial
    central = next(one for one in ENDPOINTS if one.kind == "ORR").model_copy(
        update={"assessor": "independent"}
    )
    found = tw.registry_results(
        protocol.model_copy(update={"endpoints": (central,)}), adam, results
    )
    (told,) = [one for one in found.told if one.kind == "NOT_POSTED"]
    assert "independent review" in told.why


def test_the_words_of_a_person(tmp_path):
    file = tmp_path / "words.yaml"
    file.write_text(
        "sourceVocabulary: MedDRA 27.0\nassessmentType: NON_SYSTEMATIC_ASSESSMENT\n"
        "pointOfContact: {title: Study office, organization: Example Hospital, phone: 555}\n"
    )
    words = tw.read_registry_words(file)
    assert words.sourceVocabulary == "MedDRA 27.0"
    assert words.pointOfContact is not None
    assert words.pointOfContact.phone == "555"


@pytest.mark.parametrize(
    "text",
    [
        "speed: fast\n",
        "pointOfContact: {title: A}\n",
        "a: [\n",
        "- 1\n",
        "anticipatedPostingDate: soon\n",
    ],
)
def test_words_that_the_registry_does_not_have_are_refused(tmp_path, text):
    file = tmp_path / "words.yaml"
    file.write_text(text)
    with pytest.raises(ProtocolError, match="file of words"):
        tw.read_registry_words(file)


def test_a_file_of_words_that_is_not_there_says_so(tmp_path):
    with pytest.raises(ProtocolError, match="No such file"):
        tw.read_registry_words(tmp_path / "nowhere.yaml")


def test_words_take_their_places(trial):
    words = tw.RegistryWords(
        sourceVocabulary="MedDRA 27.0",
        anticipatedPostingDate="2026-12",
        recruitmentDetails="At one hospital.",
    )
    found = tw.registry_results(*trial, tw.RegistryChoices(words=words))
    section = found.to_json()["resultsSection"]
    assert section["adverseEventsModule"]["otherEvents"][0]["sourceVocabulary"] == "MedDRA 27.0"
    assert outcome(section, "Quality of life")["anticipatedPostingDate"] == "2026-12"
    assert section["participantFlowModule"]["recruitmentDetails"] == "At one hospital."
    assert not any("sourceVocabulary" in one.place for one in found.told)


#: Keys of the results section of the public JSON (version 2) that the modules may have.
PUBLIC_KEYS = """
    participantFlowModule baselineCharacteristicsModule outcomeMeasuresModule adverseEventsModule
    moreInfoModule recruitmentDetails preAssignmentDetails groups id title description periods
    milestones type comment achievements groupId numSubjects dropWithdraws reasons
    populationDescription denoms units counts value measures paramType dispersionType unitOfMeasure
    classes categories measurements spread lowerLimit upperLimit outcomeMeasures timeFrame
    reportingStatus anticipatedPostingDate analyses groupIds groupDescription testedNonInferiority
    nonInferiorityType paramValue ciNumSides ciPctValue ciLowerLimit ciUpperLimit estimateComment
    pValue pValueComment statisticalMethod frequencyThreshold eventGroups deathsNumAffected
    deathsNumAtRisk seriousNumAffected seriousNumAtRisk otherNumAffected otherNumAtRisk seriousEvents
    otherEvents term organSystem sourceVocabulary assessmentType stats numEvents numAffected
    numAtRisk limitationsAndCaveats certainAgreement pointOfContact
"""


def test_every_key_is_one_of_the_public_json(section):
    def keys(node):
        if isinstance(node, dict):
            for name, value in node.items():
                yield name
                yield from keys(value)
        elif isinstance(node, list):
            for value in node:
                yield from keys(value)

    assert set(keys(section)) <= set(PUBLIC_KEYS.split())


@pytest.mark.parametrize(
    ("level", "name"),
    [(0.95, "CONFIDENCE_95"), (0.9, "CONFIDENCE_90"), (0.975, "CONFIDENCE_975"),
     (0.8, "CONFIDENCE_80"), (0.99, "CONFIDENCE_99"), (0.85, "CONFIDENCE_OTHER")],
)  # fmt: skip
def test_dispersion_follows_the_level(level, name):
    assert dispersion(level) == name


def test_vocabulary():
    assert len(set(ORGAN_SYSTEMS.values())) == 26
    assert set(REASON_OF.values()) <= set(REASONS)


def test_the_same_trial_gives_the_same_files(trial, made):
    assert tw.registry_results(*trial).files() == made.files()
