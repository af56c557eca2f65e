"""Settling: values, sources, paths and their errors, worked by hand."""

from __future__ import annotations

import pytest

from trialwright.core.errors import ProtocolError
from trialwright.protocol.base import Finding, Source
from trialwright.protocol.model import (
    Anchor,
    Cohort,
    Component,
    DoseLevel,
    Population,
    Protocol,
    TrialDesign,
)
from trialwright.protocol.options import OPTIONS
from trialwright.protocol.rules import EndpointDefinition, ResponseRule
from trialwright.protocol.settle import (
    accept_defaults,
    defaults_in_force,
    get_value,
    leaf_paths,
    settle,
    sources_by_path,
    value_text,
)

OS = EndpointDefinition(
    id="OS", kind="OS", role="secondary", measure="Overall survival", origin="randomization"
)
DRUG = Component(
    id="drug", name="Drug", kind="drug", dose=(DoseLevel(value=80, unit="mg"),),
    anchors=(Anchor(event="surgery", relation="after", offset_days=7),),
)  # fmt: skip
RECORD = Source(
    path="endpoints.OS.origin",
    kind="record",
    quote="from randomization",
    start=10,
    end=28,
    text='"randomization"',
)


def protocol(**parts: object) -> Protocol:
    return Protocol(id="p", title="A trial", **parts)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (30, "30"),
        ("randomization", '"randomization"'),
        ("über", '"über"'),
        (True, "true"),
        (("a", "b"), '["a","b"]'),
        (DRUG.dose, '[{"unit":"mg","value":80.0}]'),
        (DRUG.anchors, '[{"event":"surgery","offset_days":7,"relation":"after"}]'),
        (((24, 6), (52, 9)), "[[24,6],[52,9]]"),
    ],
)
def test_value_text_is_compact_json_with_sorted_keys(value, text):
    assert value_text(value) == text


def test_leaf_paths_name_members_by_id_and_leave_out_what_is_absent():
    whole = protocol(
        design=TrialDesign(enrollment=30),
        population=Population(conditions=("Colorectal Cancer",)),
        cohorts=(Cohort(id="A", name="a"),),
        regimen=(DRUG,),
        endpoints=(OS,),
        response=ResponseRule(interval_weeks=((24, 6),)),
        sources=(RECORD,),
    )
    assert leaf_paths(whole) == (
        "title",
        "design.enrollment",
        "population.conditions",
        "cohorts.A.name",
        "regimen.drug.name",
        "regimen.drug.kind",
        "regimen.drug.dose",
        "regimen.drug.anchors",
        "endpoints.OS.kind",
        "endpoints.OS.role",
        "endpoints.OS.measure",
        "endpoints.OS.origin",
        "response.interval_weeks",
    )


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("endpoints.OS.origin", "randomization"),
        ("endpoints.OS", OS),
        ("endpoints", (OS,)),
        ("endpoints.PFS", None),
        ("endpoints.PFS.origin", None),
        ("design.enrollment", None),
        ("regimen.drug.dose", DRUG.dose),
        ("cohorts", None),
    ],
)
def test_get_value_resolves_members_by_id(path, value):
    assert get_value(protocol(regimen=(DRUG,), endpoints=(OS,)), path) == value


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("design.enrolment", 'did you mean "enrollment"'),
        ("desing.enrollment", 'did you mean "design"'),
        ("endpoints.OS.orign", 'did you mean "origin"'),
        ("title.words", "nothing: the value above it has no fields"),
        ("sources", "title, record_sha256"),
        ("regimen.drug.dose.value", "no fields"),
        ("", "title"),
    ],
)
def test_an_unknown_path_names_the_step_and_what_is_there(path, words):
    with pytest.raises(ProtocolError) as caught:
        get_value(protocol(regimen=(DRUG,), endpoints=(OS,)), path)
    assert words in str(caught.value)
    assert f"path {path}" in caught.value.where


def test_settling_keeps_the_quote_and_says_what_was_replaced():
    settled = settle(
        protocol(endpoints=(OS,), sources=(RECORD,)), {"endpoints.OS.origin": "enrolment"}
    )
    assert settled.endpoints[0].origin == "enrolment"
    assert sources_by_path(settled)["endpoints.OS.origin"] == Source(
        path="endpoints.OS.origin",
        kind="user",
        quote="from randomization",
        start=10,
        end=28,
        reason='replaces "randomization" (record)',
        text='"enrolment"',
    )


def test_settling_with_kind_and_reason_and_an_untouched_neighbour():
    settled = settle(
        protocol(endpoints=(OS,), sources=(RECORD,)),
        {"design.enrollment": 30},
        kind="inferred",
        reason="sum of the cohorts",
    )
    assert settled.design.enrollment == 30
    assert settled.sources == (
        RECORD,
        Source(path="design.enrollment", kind="inferred", reason="sum of the cohorts", text="30"),
    )


def test_settling_none_takes_value_and_source_away():
    settled = settle(protocol(endpoints=(OS,), sources=(RECORD,)), {"endpoints.OS.origin": None})
    assert settled.endpoints[0].origin is None
    assert settled.sources == ()


def test_a_list_and_a_new_member_are_given_as_plain_data():
    cohorts = [{"id": "A", "name": "a"}, {"id": "B", "name": "b"}]
    ae = {"kind": "AE", "role": "secondary", "measure": "Adverse events"}
    settled = settle(protocol(endpoints=(OS,)), {"cohorts": cohorts, "endpoints.AE": ae})
    assert settled.cohorts == (Cohort(id="A", name="a"), Cohort(id="B", name="b"))
    assert [endpoint.id for endpoint in settled.endpoints] == ["OS", "AE"]
    assert [source.path for source in settled.sources] == ["cohorts", "endpoints.AE"]


def test_a_value_inside_a_settled_list_keeps_the_source_of_the_list_in_step():
    first = settle(protocol(), {"cohorts": [{"id": "A", "name": "a"}]}, kind="default", reason="r")
    second = settle(first, {"cohorts.A.enrollment": 12})
    assert sources_by_path(second)["cohorts"] == Source(
        path="cohorts", kind="default", reason="r", text='[{"enrollment":12,"id":"A","name":"a"}]'
    )
    assert sources_by_path(second)["cohorts.A.enrollment"].kind == "user"


def test_replacing_a_whole_member_drops_the_sources_inside_it():
    whole = protocol(endpoints=(OS,), sources=(RECORD,))
    new = {"kind": "OS", "role": "primary", "measure": "OS"}
    assert [s.path for s in settle(whole, {"endpoints.OS": new}).sources] == ["endpoints.OS"]
    assert settle(whole, {"endpoints.OS": None}).sources == ()
    assert settle(whole, {"endpoints.OS": None}).endpoints == ()


@pytest.mark.parametrize(
    ("path", "value", "words"),
    [
        ("design.enrollment", "thirty", ('design.enrollment cannot be "thirty"', "a whole number")),
        ("design.enrollment", 0, ('cannot be "0"', "a number of at least 1")),
        ("design.enrollment", 30.5, ('cannot be "30.5"', "a whole number")),
        ("design.null_rate", 1, ('cannot be "1"', "less than 1")),
        ("endpoints.OS.origin", "birth", ('endpoints.OS.origin cannot be "birth"', "'enrolment'")),
        ("response.sd_min_days", "six", ("a whole number or 'auto'",)),
        ("response.interval_weeks", [[24, 6], [12, 9]], ("the until weeks rising",)),
        ("response.new_node_mm", 10.25, ("at most one decimal",)),
        ("response.bor_stop_nact", "yes", ("true or false",)),
        ("analysis.data_cutoff", "2024-13-01", ("a date of the calendar, YYYY-MM-DD",)),
        ("safety.missing_grade", 6, ("1, 2, 3, 4, 5 or 'none'",)),
        ("endpoints.PFS.origin", "enrolment", ('at "PFS"', "allowed: OS")),
        ("endpoints.AE", "AE", ("a mapping of the fields of the member",)),
        ("endpoints.AE", {"kind": "AE"}, ('"role" is missing', '"measure" is missing')),
        ("regimen.drug.dose", [{"value": -1, "unit": "mg"}], ("regimen.drug.dose[1].value",)),
        ("title", None, ('"title" is missing',)),
    ],
)  # fmt: skip
def test_a_bad_value_is_refused_with_path_value_and_what_is_allowed(path, value, words):
    whole = protocol(regimen=(DRUG,), endpoints=(OS,))
    with pytest.raises(ProtocolError) as caught:
        settle(whole, {path: value})
    for word in words:
        assert word in str(caught.value)


def finding(severity: str, proposal: dict[str, object] | None, **more: str) -> Finding:
    return Finding(
        code="c", severity=severity, path="x", message="open.", proposal=proposal, **more
    )


def test_accepting_defaults_writes_every_option_with_its_rule():
    settled = accept_defaults(protocol(), ())
    always = [option.path for option in OPTIONS if option.criterion is None]
    assert [source.path for source in settled.sources] == always
    assert {source.kind for source in settled.sources} == {"default"}
    assert sources_by_path(settled)["response.confirm_days"].reason == (
        "the confirming scan is at least 28 days later (R-062)"
    )
    assert settled.response.confirm_days == 28
    assert len(defaults_in_force(settled)) == len(always)


def test_of_two_proposals_the_graver_finding_wins_then_the_earlier():
    findings = (
        finding("note", {"response.confirm_days": 35}),
        finding("warning", {"response.confirm_days": 42, "response.merge_days": 7}, reason="w"),
        finding("warning", {"response.confirm_days": 49}),
        finding("error", None),
    )
    settled = accept_defaults(protocol(), findings)
    assert settled.response.confirm_days == 42
    assert settled.response.merge_days == 7
    assert sources_by_path(settled)["response.merge_days"].reason == "w"
    assert settled == accept_defaults(protocol(), (findings[1], findings[2], findings[0]))


def test_a_default_replaces_a_stated_value_only_in_an_error():
    proposal = {"endpoints.OS.origin": "enrolment"}
    registered = protocol(endpoints=(OS,), sources=(RECORD,))
    decided = settle(registered, {"endpoints.OS.origin": "first_dose"})
    warned = (finding("warning", proposal, reason="one origin", rule="D-03"),)
    assert accept_defaults(registered, warned).endpoints[0].origin == "randomization"
    wrong = (finding("error", proposal, reason="one origin", rule="D-03"),)
    source = sources_by_path(accept_defaults(registered, wrong))["endpoints.OS.origin"]
    assert (source.kind, source.quote) == ("default", "from randomization")
    assert source.reason == 'one origin (D-03); replaces "randomization" (record)'
    assert accept_defaults(decided, warned).endpoints[0].origin == "first_dose"
    # The finding may be older than the answer: a person's value is never replaced.
    failed = (finding("error", proposal),)
    kept = accept_defaults(decided, failed)
    assert kept.endpoints[0].origin == "first_dose"
    assert sources_by_path(kept)["endpoints.OS.origin"].kind == "user"


def test_a_default_says_more_closely_which_treatment_is_the_first():
    treated = OS.model_copy(update={"origin": "first_treatment"})
    said = RECORD.model_copy(update={"text": '"first_treatment"'})
    registered = protocol(endpoints=(treated,), sources=(said,))
    for origin, held in (("first_procedure", "first_procedure"), ("enrolment", "first_treatment")):
        warned = (finding("warning", {"endpoints.OS.origin": origin}),)
        assert accept_defaults(registered, warned).endpoints[0].origin == held


def test_options_that_are_decided_are_left_alone():
    decided = settle(protocol(), {"response.confirm_days": 35})
    assert accept_defaults(decided, ()).response.confirm_days == 35
    assert "response.confirm_days" not in {
        s.path for s in defaults_in_force(accept_defaults(decided, ()))
    }


def test_defaults_in_force_stand_in_the_order_of_the_protocol():
    settled = settle(protocol(), {"safety.te_window_days": 30}, kind="default", reason="a")
    settled = settle(settled, {"cohorts": [{"id": "A", "name": "a"}]}, kind="default", reason="b")
    settled = settle(settled, {"design.enrollment": 10}, kind="default", reason="c")
    settled = settle(settled, {"design.power": 0.8}, kind="user")
    assert [source.path for source in defaults_in_force(settled)] == [
        "design.enrollment",
        "cohorts",
        "safety.te_window_days",
    ]
