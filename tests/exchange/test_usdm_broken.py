"""Files with one defect: each is refused, or reported by `usdm check`, with its place."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

import pytest

import trialwright as tw
from trialwright.exchange.usdm.checking import check_usdm
from trialwright.exchange.usdm.reading import parse_usdm
from trialwright.exchange.usdm.rules import CONTENT, FORM, RULES
from trialwright.exchange.usdm.structure import classes
from trialwright.exchange.usdm.writing import usdm_text

RECORDS = sorted((Path(__file__).parents[2] / "examples/records").glob("*.txt"))


@cache
def whole():
    draft = tw.draft_protocol(tw.read_record(RECORDS[2]))
    return usdm_text(tw.accept_defaults(draft.protocol, draft.findings))


def at(data, place):
    """The object at a place such as `designs.arms.0`; `version` and `design` are short forms."""
    here = data
    for step in place.split("."):
        if step == "version":
            here = data["study"]["versions"][0]
        elif step == "design":
            here = data["study"]["versions"][0]["studyDesigns"][0]
        else:
            here = here[int(step)] if step.isdigit() else here[step]
    return here


def put(place, key, value):
    return lambda data: at(data, place).__setitem__(key, value)


def drop(place, key):
    return lambda data: at(data, place).pop(key)


def cut(place, key):
    return lambda data: at(data, place)[key].pop()


def _copied_name(data):
    at(data, "design.encounters.1")["name"] = at(data, "design.encounters.0")["name"]


def _second_meaning(data):
    at(data, "design.encounters.1.type")["decode"] = "Telephone call"


def _second_main(data):
    at(data, "design.scheduleTimelines.1")["mainTimeline"] = True


def _lost_instance(data):
    at(data, "design.scheduleTimelines.0.instances.0")["defaultConditionId"] = at(
        data, "design.scheduleTimelines.0.instances.2"
    )["id"]


def _strange_exit(data):
    at(data, "design.scheduleTimelines.0.instances")[-1]["timelineExitId"] = at(
        data, "design.scheduleTimelines.1.exits.0"
    )["id"]


def _no_fixed(data):
    for timing in at(data, "design.scheduleTimelines.1.timings"):
        timing["type"] |= {"code": "C201356", "decode": "After"}


def _large_cohort(data):
    quantity = {"id": "Quantity_a", "value": 40, "instanceType": "Quantity"}
    people = at(data, "design.population")
    people["plannedEnrollmentNumber"] = quantity
    people["cohorts"][0]["plannedEnrollmentNumber"] = quantity | {"id": "Quantity_b", "value": 41}


def _falling_range(data):
    def years(name, value):
        return {"id": name, "value": value, "instanceType": "Quantity"}

    at(data, "design.population")["plannedAge"] = {
        "id": "Range_a", "minValue": years("Quantity_a", 75), "maxValue": years("Quantity_b", 18),
        "isApproximate": False, "instanceType": "Range",
    }  # fmt: skip


def _dose_below_zero(data):
    held = at(data, "version.studyInterventions")
    at(next(one for one in held if one["name"] == "camrelizumab"), "administrations.0.dose")[
        "value"
    ] = -200


def _subjects_below_zero(data):
    at(data, "design.population")["plannedEnrollmentNumber"] = {
        "id": "Quantity_a", "value": -30, "instanceType": "Quantity",
    }  # fmt: skip


def _cohort_below_zero(data):
    at(data, "design.population.cohorts.0")["plannedEnrollmentNumber"] = {
        "id": "Range_a", "isApproximate": True, "instanceType": "Range",
        "minValue": {"id": "Quantity_a", "value": -3, "instanceType": "Quantity"},
        "maxValue": {"id": "Quantity_b", "value": 9, "instanceType": "Quantity"},
    }  # fmt: skip


FORM_DEFECTS = [
    (_dose_below_zero, "U-27", "administrations[0].dose.value"),
    (_subjects_below_zero, "U-27", "population.plannedEnrollmentNumber.value"),
    (_cohort_below_zero, "U-27", "cohorts[0].plannedEnrollmentNumber.minValue.value"),
    (drop("study", "name"), "U-02", "study.name"),
    (lambda d: d.update(usdmVersion="3.0.0"), "U-08", "usdmVersion"),
    (lambda d: d.pop("study"), "U-02", "study"),
    (lambda d: d["study"].update(versions=[]), "U-08", "study.versions"),
    (lambda d: d["study"].update(id="not a uuid"), "U-03", "study.id"),
    (drop("version", "titles"), "U-02", "titles"),
    (put("version", "titles", {}), "U-03", "titles"),
    (put("version.titles.0", "text", 5), "U-03", "titles[0].text"),
    (put("design.arms.0", "name", ""), "U-03", "arms[0].name"),
    (drop("design.arms.0", "type"), "U-02", "arms[0].type"),
    (put("design.arms.0", "instanceType", "StudyEpoch"), "U-04", "arms[0]"),
    (drop("design.epochs.1", "instanceType"), "U-04", "epochs[1]"),
    (put("design.model", "instanceType", "AliasCode"), "U-04", "model"),
    (put("design.scheduleTimelines.0", "mainTimeline", "yes"), "U-03", "mainTimeline"),
    (put("design.population", "includesHealthySubjects", None), "U-02", "includesHealthySubjects"),
    (put("design.objectives.0", "endpoints", ["x"]), "U-03", "endpoints[0]"),
    (put("design.epochs.0", "id", "StudyArm_1"), "U-05", "epochs[0]"),
    (put("design.studyCells.0", "armId", "nobody"), "U-06", "studyCells[0].armId"),
    (put("design.encounters.0", "scheduledAtId", "Timing_999"), "U-06", "scheduledAtId"),
    (put("design", "studyInterventionIds", ["StudyIntervention_9"]), "U-06", "studyInterventionIds"),
    (put("version.studyIdentifiers.0", "scopeId", "StudyArm_1"), "U-07", "scopeId"),
    (put("design.studyCells.0", "epochId", "StudyArm_1"), "U-07", "epochId"),
    (put("design.estimands.0", "variableOfInterestId", "Objective_1"), "U-07", "variableOfInterestId"),
    (put("design.encounters.0", "nextId", "Activity_1"), "U-07", "nextId"),
]  # fmt: skip
CONTENT_DEFECTS = [
    (_copied_name, "U-09", "encounters[1]"),
    (_second_meaning, "U-10", "type"),
    (put("design.encounters.2", "previousId", None), "U-11", "encounters"),
    (put("design.epochs.2", "previousId", None), "U-12", "epochs[0]"),
    (_second_main, "U-13", "scheduleTimelines"),
    (put("design.scheduleTimelines.0", "entryId", "ScheduledActivityInstance_999"), "U-14", "entryId"),
    (_lost_instance, "U-15", "scheduleTimelines[0]"),
    (lambda d: at(d, "design.scheduleTimelines.1.instances")[-1].pop("timelineExitId"), "U-15", "scheduleTimelines[1]"),
    (_strange_exit, "U-16", "scheduleTimelines[0]"),
    (cut("design.scheduleTimelines.1", "timings"), "U-17", "scheduleTimelines[1]"),
    (_no_fixed, "U-18", "scheduleTimelines[1]"),
    (put("design.scheduleTimelines.0.timings.1", "value", "two weeks"), "U-19", "value"),
    (put("design.scheduleTimelines.0.timings.2", "windowUpper", None), "U-20", "timings[2]"),
    (_falling_range, "U-21", "plannedAge"),
    (cut("design", "studyCells"), "U-22", "studyDesigns[0]"),
    (put("design.objectives.0", "endpoints", []), "U-23", "objectives[0]"),
    (lambda d: at(d, "version.titles.0.type").update(code="C207615"), "U-24", "titles"),
    (put("design.scheduleTimelines.0.instances.0", "encounterId", None), "U-25", "encounters[0]"),
    (_large_cohort, "U-26", "population"),
]  # fmt: skip


def broken(defect):
    data = json.loads(whole())
    defect(data)
    return data


def checked(tmp_path, data):
    path = tmp_path / "study.json"
    path.write_text(json.dumps(data), "utf-8")
    return check_usdm(path)


@pytest.mark.parametrize(("defect", "rule", "place"), FORM_DEFECTS)
def test_a_file_that_breaks_the_form_is_refused_with_the_place(tmp_path, defect, rule, place):
    data = broken(defect)
    with pytest.raises(tw.TrialwrightError) as caught:
        parse_usdm(json.dumps(data), "study.json")
    assert place in caught.value.where
    assert f"({rule})" in caught.value.where
    found = checked(tmp_path, data)
    assert rule in found.failed
    assert any(place in one.place for one in found.problems if one.rule == rule)


@pytest.mark.parametrize(("defect", "rule", "place"), CONTENT_DEFECTS)
def test_a_study_that_does_not_hold_together_is_reported_with_the_place(
    tmp_path, defect, rule, place
):
    found = checked(tmp_path, broken(defect))
    assert rule in found.failed
    assert any(place in one.place for one in found.problems if one.rule == rule)


def test_there_are_enough_defects_and_every_rule_has_one():
    seen = {rule for _, rule, _ in (*FORM_DEFECTS, *CONTENT_DEFECTS)}
    assert len(FORM_DEFECTS) + len(CONTENT_DEFECTS) >= 25
    assert {rule.id for rule in RULES} - seen == {"U-01"}
    assert len({rule.id for rule in FORM + CONTENT}) == len(RULES)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "not JSON"),
        (b"{", "not JSON"),
        (b"\xff\xfe", "not JSON"),
        (b'{"study": 1, "study": 2}', "not JSON"),
        (b'{"study": NaN}', "not JSON"),
        (b"[" * 100_000, "not JSON"),
        (b"[]", "breaks the form"),
        (b"7", "breaks the form"),
        (b"{}", "breaks the form"),
        (b'{"study": null, "usdmVersion": "4.0.0"}', "breaks the form"),
        (b'{"study": [], "usdmVersion": "4.0.0"}', "breaks the form"),
    ],
)
def test_what_is_no_usdm_file_is_refused(data, words):
    with pytest.raises(tw.TrialwrightError, match=words):
        parse_usdm(data, "x.json")


def test_an_extension_attribute_that_nests_without_end_is_refused():
    data = json.loads(whole())
    held = at(data, "design")["extensionAttributes"][0]
    for n in range(80):
        inner = held | {"id": f"deep_{n}", "extensionAttributes": []}
        held["extensionAttributes"] = [inner]
        held = inner
    with pytest.raises(tw.TrialwrightError, match="breaks the form"):
        parse_usdm(json.dumps(data))


def test_an_extension_attribute_of_ours_that_is_broken_is_refused():
    text = whole().replace('"valueString": "\\"PFS\\""', '"valueString": "{"')
    assert text != whole()
    with pytest.raises(tw.TrialwrightError, match="extension attribute"):
        parse_usdm(text)


def test_a_value_that_no_protocol_may_have_is_refused():
    text = whole().replace('"valueString": "\\"PFS\\""', '"valueString": "\\"XYZ\\""')
    with pytest.raises(tw.TrialwrightError, match="not those of a protocol"):
        parse_usdm(text)


def test_an_observational_study_is_refused():
    data = json.loads(whole())
    held = at(data, "design")
    extra = {
        "instanceType": "ObservationalStudyDesign",
        "timePerspective": held["model"] | {"id": "Code_t"},
    }
    dropped = {k: v for k, v in held.items() if k not in {"intentTypes", "blindingSchema"}}
    data["study"]["versions"][0]["studyDesigns"] = [dropped | extra]
    with pytest.raises(tw.TrialwrightError, match="no interventional design"):
        parse_usdm(json.dumps(data))


#: A definition as small as one can be, in the form of the official document.
DEFINITION = {
    "openapi": "3.1.0",
    "info": {"title": "DDF USDM API", "version": "4.0.0"},
    "components": {
        "schemas": {
            **{
                f"{name}-Output": {
                    "type": "object",
                    "required": ["instanceType"],
                    "properties": {"instanceType": {"const": name}},
                }
                for name in classes()
            },
            "Wrapper-Output": {
                "type": "object",
                "required": ["study", "usdmVersion"],
                "properties": {
                    "study": {"$ref": "#/components/schemas/Study-Output"},
                    "usdmVersion": {"type": "string"},
                },
            },
            "Study-Output": {
                "type": "object",
                "required": ["name", "instanceType"],
                "properties": {
                    "instanceType": {"const": "Study"},
                    "name": {"type": "string", "minLength": 1},
                    "id": {"anyOf": [{"type": "string", "format": "uuid"}, {"type": "null"}]},
                    "versions": {
                        "type": "array",
                        "items": {
                            "anyOf": [
                                {
                                    "type": "object",
                                    "properties": {
                                        "instanceType": {"const": "StudyVersion"},
                                        "rationale": {"type": "string"},
                                    },
                                },
                                {
                                    "type": "object",
                                    "properties": {"instanceType": {"const": "Other"}},
                                },
                            ]
                        },
                    },
                },
            },
        }
    },
}


@pytest.fixture
def schema(tmp_path):
    path = tmp_path / "USDM_API.json"
    path.write_text(json.dumps(DEFINITION), "utf-8")
    return path


@pytest.mark.parametrize(
    ("defect", "place"),
    [
        (drop("study", "name"), "study"),
        (lambda d: d.update(usdmVersion=4), "usdmVersion"),
        (lambda d: d["study"].update(id="x"), "study.id"),
        (put("version", "rationale", 7), "study.versions[0].rationale"),
    ],
)
def test_the_schema_is_one_of_the_rules(tmp_path, schema, defect, place):
    path = tmp_path / "study.json"
    path.write_text(whole(), "utf-8")
    right = check_usdm(path, schema)
    assert right.problems == ()
    assert len(right.rules) == len(RULES) + 1
    assert f"{len(RULES) + 1} rules run, 0 failed" in right.news()
    assert "0 errors against Wrapper-Output" in right.news()
    path.write_text(json.dumps(broken(defect)), "utf-8")
    wrong = [one for one in check_usdm(path, schema).problems if one.rule == "schema"]
    assert place in {one.place for one in wrong}


def redefined(**schemas):
    return json.dumps(
        DEFINITION | {"components": {"schemas": DEFINITION["components"]["schemas"] | schemas}}
    )


@pytest.mark.parametrize(
    "text",
    [redefined(**{"Wrapper-Output": {}}), redefined(**{"Wrapper-Output": True}),
     redefined(**{"Study-Output": {}}), redefined(**{"Wrapper-Output": 5}),
     redefined(**{"StudyArm-Output": DEFINITION["components"]["schemas"]["StudyArm-Output"]
                  | {"type": "objekt"}}),
     json.dumps(DEFINITION | {"info": {"version": "3.0.0"}}),
     json.dumps({"components": []}), json.dumps({"components": {"schemas": None}}), "[" * 100_000],
)  # fmt: skip
def test_a_schema_that_accepts_everything_is_refused(tmp_path, text):
    path, schema = tmp_path / "study.json", tmp_path / "schema.json"
    path.write_text(whole(), "utf-8")
    schema.write_text(text, "utf-8")
    with pytest.raises(tw.TrialwrightError, match="The schema is not"):
        check_usdm(path, schema)


@pytest.mark.parametrize("value", [["a"], {"a": 1}, [None], 10**400])
@pytest.mark.parametrize(
    ("place", "key"),
    [("design.arms.0", "id"), ("design.studyCells.0", "armId"),
     ("design.scheduleTimelines.0", "entryId"), ("design.scheduleTimelines.0", "timings"),
     ("design.scheduleTimelines.0.timings.0", "relativeFromScheduledInstanceId"),
     ("version.studyInterventions.1.administrations.0.dose", "value")],
)  # fmt: skip
def test_a_value_of_a_wrong_kind_stops_no_other_rule(tmp_path, place, key, value):
    path = tmp_path / "study.json"
    path.write_text(json.dumps(broken(put(place, key, value))), "utf-8")
    found = check_usdm(path)
    assert "U-03" in found.failed
    assert len(found.rules) == len(RULES)
    with pytest.raises(tw.TrialwrightError, match="breaks the form"):
        parse_usdm(path.read_text("utf-8"))


def test_null_is_no_list():
    with pytest.raises(tw.TrialwrightError, match="null is no list"):
        parse_usdm(json.dumps(broken(put("design.arms.0", "extensionAttributes", None))))


@pytest.mark.parametrize(
    "text",
    ["", "[]", "{}", json.dumps({"components": {"schemas": {"Study": {}}}}),
     json.dumps(DEFINITION).replace("Study-Output\"", "Stud-Output\"", 1)],
)  # fmt: skip
def test_a_schema_without_the_definition_is_refused(tmp_path, text):
    path, schema = tmp_path / "study.json", tmp_path / "schema.json"
    path.write_text(whole(), "utf-8")
    schema.write_text(text, "utf-8")
    with pytest.raises(tw.TrialwrightError, match="The schema is not"):
        check_usdm(path, schema)


def test_nothing_to_check_is_no_success(tmp_path):
    path = tmp_path / "study.json"
    path.write_text("[]", "utf-8")
    with pytest.raises(tw.TrialwrightError, match="no rule can be run"):
        check_usdm(path)
