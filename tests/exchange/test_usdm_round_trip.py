"""Protocol to USDM and back: the same protocol, whatever another program does to the text."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import trialwright as tw
from support.random_protocols import protocols
from trialwright.exchange.usdm.nodes import nodes_of
from trialwright.exchange.usdm.reading import parse_usdm
from trialwright.exchange.usdm.rules import RULES
from trialwright.exchange.usdm.writing import usdm_text
from trialwright.protocol.document import with_sources
from trialwright.protocol.settle import get_value, sources_by_path

RECORDS = sorted((Path(__file__).parents[2] / "examples/records").glob("*.txt"))


@cache
def protocol(number, *, accepted=True):
    draft = tw.draft_protocol(tw.read_record(RECORDS[number]))
    return tw.accept_defaults(draft.protocol, draft.findings) if accepted else draft.protocol


@cache
def text(number):
    return usdm_text(protocol(number))


def document(number):
    return json.loads(text(number))


def back(data):
    return parse_usdm(json.dumps(data))


def design(data):
    return data["study"]["versions"][0]["studyDesigns"][0]


def named(held, name):
    return next(one for one in held if one["name"] == name)


@pytest.mark.parametrize("number", [0, 1, 2])
@pytest.mark.parametrize("accepted", [True, False])
def test_the_examples_come_back_exactly(number, accepted):
    written = usdm_text(protocol(number, accepted=accepted))
    read = parse_usdm(written)
    assert read.protocol == protocol(number, accepted=accepted)
    assert read.remarks == ()


@pytest.mark.parametrize("number", [0, 1, 2])
def test_the_examples_keep_every_rule(number):
    nodes = nodes_of(document(number))
    assert len(nodes.nodes) > 1000
    assert [one for rule in RULES for one in rule.problems(nodes)] == []
    assert nodes.unknown == []


def test_the_same_protocol_gives_the_same_bytes():
    assert usdm_text(protocol(0)) == text(0)


def test_an_imported_protocol_is_exported_to_the_same_bytes():
    assert usdm_text(parse_usdm(text(1)).protocol) == text(1)


@pytest.mark.parametrize(
    "write",
    [
        lambda data: json.dumps(data, sort_keys=True),
        lambda data: json.dumps(data, indent=7, ensure_ascii=True),
        lambda data: "\ufeff\n\n  " + json.dumps(data, separators=(",", ":")),
    ],
)
def test_other_programs_may_write_the_json_anew(write):
    read = parse_usdm(write(document(2)).encode())
    assert read.protocol == protocol(2)
    assert read.remarks == ()


def test_absent_and_null_are_the_same():
    def filled(held):
        if isinstance(held, dict):
            return {key: filled(one) for key, one in held.items()} | (
                {} if "label" in held or "name" not in held else {"label": None}
            )
        return [filled(one) for one in held] if isinstance(held, list) else held

    assert back(filled(document(0))).protocol == protocol(0)


@settings(max_examples=20, derandomize=True, suppress_health_check=list(HealthCheck))
@given(protocols(), st.booleans())
def test_any_protocol_comes_back(made, keys_sorted):
    whole = with_sources(made)
    data = json.loads(usdm_text(whole))
    read = parse_usdm(json.dumps(data, sort_keys=keys_sorted))
    assert read.protocol == whole
    assert read.remarks == ()
    nodes = nodes_of(data)
    found = {one.rule for rule in RULES for one in rule.problems(nodes)}
    assert found <= {"U-26"}  # cohorts larger than the study: the protocol says so itself


def _enrollment(data):
    design(data)["population"]["plannedEnrollmentNumber"]["value"] = 36


def _title(data):
    data["study"]["versions"][0]["titles"][0]["text"] = "Another title"


def _phase(data):
    design(data)["studyPhase"]["standardCode"] |= {"code": "C15693", "decode": "Phase I/II Trial"}


def _condition(data):
    design(data)["indications"][0]["label"] = "Rectal Cancer"


def _frequency(data):
    held = named(data["study"]["versions"][0]["studyInterventions"], "serplulimab")
    code = held["administrations"][0]["frequency"]["standardCode"]
    code |= {"code": "C64535", "decode": "Every Three Weeks"}


def _dose(data):
    held = named(data["study"]["versions"][0]["studyInterventions"], "serplulimab")
    held["administrations"][0]["dose"]["value"] = 4.5


def _route(data):
    held = named(data["study"]["versions"][0]["studyInterventions"], "serplulimab")
    code = held["administrations"][0]["route"]["standardCode"]
    code |= {"code": "C38299", "decode": "Subcutaneous Route of Administration"}


def _measure(data):
    named(design(data)["objectives"][0]["endpoints"], "ORR")["text"] = "Response at 6 months"


def _level(data):
    end = named(design(data)["objectives"][1]["endpoints"], "OS")
    end["level"] |= {"code": "C94496", "decode": "Primary Endpoint"}


def _criterion(data):
    items = data["study"]["versions"][0]["eligibilityCriterionItems"]
    named(items, "min_prior_lines")["text"] = "At least 3 earlier lines of treatment"


def _until(data):
    for element in design(data)["elements"]:
        if "transitionEndRule" in element:
            element["transitionEndRule"]["text"] = "Treatment ends with: progression"


@pytest.mark.parametrize(
    ("edit", "path", "value"),
    [
        (_enrollment, "design.enrollment", 36),
        (_title, "title", "Another title"),
        (_phase, "design.phases", ("PHASE1", "PHASE2")),
        (_condition, "population.conditions", ("Rectal Cancer", "Liver Metastases")),
        (_frequency, "regimen.serplulimab.frequency", "Q3W"),
        (_frequency, "regimen.serplulimab.interval_days", 21),
        (_route, "regimen.serplulimab.route", "subcutaneous"),
        (_measure, "endpoints.ORR.measure", "Response at 6 months"),
        (_level, "endpoints.OS.role", "primary"),
        (_criterion, "population.min_prior_lines", 3),
        (_until, "treatment.until", ("progression",)),
    ],
)
def test_a_value_changed_in_its_place_is_a_persons(edit, path, value):
    data = document(0)
    edit(data)
    read = back(data)
    before, after = sources_by_path(protocol(0))[path], sources_by_path(read.protocol)[path]
    assert get_value(read.protocol, path) == value
    assert (after.kind, after.quote) == ("user", before.quote)
    assert "replaces" in after.reason
    others = {
        name: one for name, one in sources_by_path(read.protocol).items() if one.kind == "user"
    }
    assert set(others) <= {
        path,
        "regimen.serplulimab.frequency",
        "regimen.serplulimab.interval_days",
    }
    assert read.remarks == ()


def test_a_changed_dose_keeps_its_unit():
    data = document(0)
    _dose(data)
    [dose] = back(data).protocol.regimen[0].dose
    assert (dose.value, dose.unit) == (4.5, "mg/kg")


def test_an_extension_attribute_may_be_edited_too():
    data = document(0)
    [held] = [
        one
        for one in design(data)["extensionAttributes"]
        if [inside.get("valueString") for inside in one["extensionAttributes"]]
        == ["response.confirm_days"]
    ]
    held["valueString"] = "42"
    read = back(data)
    assert read.protocol.response.confirm_days == 42
    assert sources_by_path(read.protocol)["response.confirm_days"].kind == "user"


def _free_of(held, known):
    """Plain data without an object and without the references to it."""
    if isinstance(held, dict):
        return {key: _free_of(one, known) for key, one in held.items()}
    if isinstance(held, list):
        kept = (one for one in held if one != known and not _has_id(one, known))
        return [_free_of(one, known) for one in kept]
    return held


def _has_id(held, known):
    return isinstance(held, dict) and held.get("id") == known


def test_a_component_taken_out_is_gone_with_its_sources():
    interventions = document(0)["study"]["versions"][0]["studyInterventions"]
    read = back(_free_of(document(0), named(interventions, "regorafenib")["id"]))
    assert [one.id for one in read.protocol.regimen] == [
        "serplulimab", "hepatic_artery_bicarbonate_infusion",
    ]  # fmt: skip
    assert not [one for one in read.protocol.sources if one.path.startswith("regimen.regorafenib")]


def test_a_change_that_no_value_takes_up_is_told():
    data = document(0)
    timing = design(data)["scheduleTimelines"][0]["timings"][3]
    timing["value"] = "P99D"
    read = back(data)
    assert read.protocol == protocol(0)
    [remark] = read.remarks
    assert timing["id"] in remark
    assert "not taken up" in remark


def _without_extensions(held):
    if isinstance(held, dict):
        return {
            key: _without_extensions(one)
            for key, one in held.items()
            if key != "extensionAttributes"
        }
    return [_without_extensions(one) for one in held] if isinstance(held, list) else held


def test_a_file_of_others_gives_what_its_places_say():
    data = _without_extensions(document(0))
    intervention = data["study"]["versions"][0]["studyInterventions"][0]
    intervention["name"] = "HLX 10 v1.0"
    read = back(data)
    made = read.protocol
    assert made.regimen[0].id == "HLX_10_v1_0"
    assert made.regimen[0].interval_days == 14
    assert made.regimen[0].dose[0].unit == "mg/kg"
    assert made.design.phases == ("PHASE2",)
    assert made.design.enrollment == 30
    first = made.endpoints[0]
    assert (first.id, first.kind, first.role) == ("ORR", "OTHER", "primary")
    assert {one.kind for one in made.sources} == {"user"}
    assert all("USDM" in one.reason for one in made.sources)
    words = " ".join(read.remarks)
    assert all(name in words for name in ("scheduleTimelines", "encounters", "estimands"))
    assert made.treatment.until == protocol(0).treatment.until


def test_what_a_file_of_others_says_beyond_is_listed():
    data = _without_extensions(document(0))
    held = design(data)
    code = held["studyType"] | {"id": "Code_x"}
    held["therapeuticAreas"] = [code | {"code": "X1", "decode": "Oncology", "codeSystem": "s"}]
    held["characteristics"].append(code | {"id": "Code_y", "code": "C98704", "decode": "Adaptive"})
    held["colour"] = "blue"
    words = " | ".join(back(data).remarks)
    assert "InterventionalStudyDesign.therapeuticAreas is not read (1 object)" in words
    assert 'the code C98704 "Adaptive"' in words
    assert "colour: no attribute of USDM v4" in words


def test_one_object_written_out_at_two_places_is_one_object():
    """Other programs write a shared code or date twice, with its id; another content is refused."""
    data = document(0)
    design(data)["therapeuticAreas"] = [design(data)["studyType"]]
    assert back(data).protocol == protocol(0)
    design(data)["therapeuticAreas"] = [design(data)["studyType"] | {"decode": "Else"}]
    with pytest.raises(tw.TrialwrightError, match="breaks the form"):
        back(data)


def test_a_place_that_was_edited_wins_over_the_attribute_beside_it():
    """20 days stand beside "every 3 weeks", which alone would be 21; "every 2 weeks" takes over."""
    unusual = tw.settle(protocol(0), {"regimen.serplulimab.interval_days": 20,
                                      "regimen.serplulimab.frequency": "Q3W"})  # fmt: skip
    data = json.loads(usdm_text(unusual))
    assert back(data).protocol == unusual
    held = named(data["study"]["versions"][0]["studyInterventions"], "serplulimab")
    code = held["administrations"][0]["frequency"]["standardCode"]
    code |= {"code": "C71127", "decode": "Every Two Weeks"}
    made = back(data).protocol.regimen[0]
    assert (made.frequency, made.interval_days) == ("Q2W", 14)


def test_new_ids_and_another_order_of_references_are_no_change():
    def renamed(held, key=""):
        if isinstance(held, dict):
            return {name: renamed(one, name) for name, one in held.items()}
        if isinstance(held, list):
            plain = [one for one in held if isinstance(one, str)]
            return [renamed(one, key) for one in (held[::-1] if plain else held)]
        refers = key == "id" or (key.endswith(("Id", "Ids")) and isinstance(held, str))
        return f"their-{held}" if refers and held is not None else held

    read = back(renamed(document(2)))
    assert read.remarks == ()
    assert read.protocol == protocol(2)


@pytest.mark.parametrize("name", ["Camrelizumab (SHR-1210)", "haic", "a.b/c"])
def test_another_name_is_a_remark_and_loses_nothing(name):
    data = document(2)
    named(data["study"]["versions"][0]["studyInterventions"], "camrelizumab")["name"] = name
    ends = [end for one in design(data)["objectives"] for end in one["endpoints"]]
    named(ends, "ORR")["name"] = f"{name} response"
    read = back(data)
    assert read.protocol == protocol(2)
    assert len([one for one in read.remarks if "changed from" in one]) == 2


def test_what_was_taken_out_is_told():
    data = document(2)
    drug = named(data["study"]["versions"][0]["studyInterventions"], "camrelizumab")
    del drug["administrations"][0]["dose"]
    read = back(data)
    [told] = [one for one in read.remarks if "taken out" in one]
    assert told.startswith("regimen.camrelizumab.dose: taken out of the file")
    assert "200" in told


@pytest.mark.parametrize(
    ("number", "name"), [(0, "OS"), (0, "AE"), (1, "PFS"), (2, "ORR"), (2, "AE")]
)
def test_an_endpoint_taken_out_is_one_remark_with_its_name(number, name):
    data = document(number)
    held = design(data)
    [gone] = [end for one in held["objectives"] for end in one["endpoints"] if end["name"] == name]
    for one in held["objectives"]:
        one["endpoints"] = [end for end in one["endpoints"] if end is not gone]
    held["estimands"] = [
        one for one in held["estimands"] if one["variableOfInterestId"] != gone["id"]
    ]
    read = back(data)
    assert read.remarks == (f"endpoints.{name}: taken out of the file, and of the protocol",)
    assert [one.id for one in read.protocol.endpoints] == [
        one.id for one in protocol(number).endpoints if one.id != name
    ]
    # A second change beside it is still told.
    named(held["encounters"], "EOT")["label"] = "Goodbye"
    assert len(back(data).remarks) == 2


@pytest.mark.parametrize(
    ("lines", "text"),
    [(1, "At least 1 earlier line of treatment"), (2, "At least 2 earlier lines of treatment")],
)
def test_one_earlier_line_is_in_the_singular(lines, text):
    made = tw.settle(protocol(0), {"population.min_prior_lines": lines})
    data = json.loads(usdm_text(made))
    item = named(data["study"]["versions"][0]["eligibilityCriterionItems"], "min_prior_lines")
    assert item["text"] == text
    item["text"] = "At least 1 earlier lines of treatment"
    assert back(data).protocol.population.min_prior_lines == 1
