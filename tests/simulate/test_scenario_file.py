"""Reading scenarios: the examples, and one refusal for each way to get it wrong."""

from __future__ import annotations

import contextlib
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from support.virtual_trials import SCENARIOS, TRIALS, protocol_of, scenario_of
from trialwright.core.errors import ProtocolError, ScenarioError
from trialwright.simulate.consistency import check_scenario, matching_components
from trialwright.simulate.scenario_file import read_scenario, scenario_from_yaml
from trialwright.simulate.scenario_numbers import number_paths, source_of, unstated
from trialwright.simulate.trial import simulate_trial

SMALL = """\
trialwright_scenario: 1
id: small
title: A small one
follow_up_months: 12
cohorts:
  - id: ALL
    subjects: 10
    accrual_per_month: 2
    response_rate: 0.2
    median_pfs_days: 150
    median_os_days: 400
disease:
  core:
    - organs: [LIVER]
      share: 1
  organs:
    - id: LIVER
      median_mm: 30
adverse_events:
  - term: Rash
    soc: Skin and subcutaneous tissue disorders
    any: 0.3
    grade3plus: 0.1
    related: [serplulimab]
sources:
  follow_up_months: assumption
  cohorts: "assumption: small"
  cohorts.ALL.response_rate: Some paper 2020
  disease: assumption
  adverse_events: assumption
"""


def refused(text):
    with pytest.raises(ScenarioError) as caught:
        scenario_from_yaml(text, "my.yaml")
    return caught.value


@pytest.mark.parametrize("trial", TRIALS)
def test_the_examples_fit_their_trials_and_have_sources(trial):
    scenario = scenario_of(trial)
    check_scenario(protocol_of(trial), scenario)
    paths = number_paths(scenario)
    assert len(paths) > 60
    assert all(source_of(scenario, path) for path in paths)


def test_the_examples_state_the_published_targets():
    """Base cases: ORR 15 %, PFS 3.6, OS 12 months; PFS 54 % at 12 months; ORR 20, 25, 15, 20 %."""
    first = scenario_of("000").cohorts[0]
    assert (first.subjects, first.response_rate) == (30, 0.15)
    assert round(first.median_pfs_days / 30.4375, 1) == 3.6
    assert round(first.median_os_days / 30.4375, 1) == 12.0
    assert scenario_of("002").cohorts[0].pfs_rates == ((12.0, 0.54),)
    assert [one.response_rate for one in scenario_of("003").cohorts] == [0.2, 0.25, 0.15, 0.2]
    assert {one.subjects for one in scenario_of("003").cohorts} == {12}


def test_one_example_for_each_record():
    records = {one.stem for one in (SCENARIOS.parent / "records").glob("*.txt")}
    assert {one.stem for one in SCENARIOS.glob("*.yaml") if "-" not in one.stem} == records


def test_a_small_scenario_is_read_and_its_sources_found():
    scenario = scenario_from_yaml(SMALL)
    assert scenario.subjects == 10
    assert source_of(scenario, "cohorts.ALL.response_rate") == "Some paper 2020"
    assert source_of(scenario, "cohorts.ALL.subjects") == "assumption: small"
    assert "scans.missed_share" in unstated(scenario)
    assert "cohorts.ALL.response_rate" not in unstated(scenario)


@pytest.mark.parametrize(
    ("old", "new", "message", "line"),
    [
        ("response_rate: 0.2\n", "responserate: 0.2\n", 'unknown key "responserate"', 9),
        ("response_rate: 0.2\n", "response_rate: 20\n", "cannot be 20", 9),
        ("response_rate: 0.2\n", 'response_rate: "0.2"\n', 'cannot be "0.2"', 9),
        ("    median_pfs_days: 150\n", "", '"median_pfs_days" is missing', 6),
        ("median_os_days: 400", "median_os_days: 100", "shorter than median PFS", 11),
        ("      share: 1\n", "      share: 0.5\n", "the shares add to 0.5", 14),
        ("organs: [LIVER]", "organs: [LUNG]", '"LUNG" is no organ', 14),
        ("grade3plus: 0.1", "grade3plus: 0.4", "exceeds any grade 0.3", 23),
        ("  cohorts: \"assumption: small\"\n", "", "subjects has no source", 7),
        ("  disease: assumption\n", "  disease: ''\n", "has no source", 15),
        ("  disease: assumption", "  disaese: assumption\n  disease: assumption", "covers no number", 29),
        ("    any: 0.3", "    any: 0.3\n    onset_days: 20", "onset_days belongs to immune", 23),
        ("id: small", "id: small\nid: two", "stands twice", 3),
        ("id: small", "id: &x small", "anchors", 2),
        ("subjects: 10", "subjects: [10", "YAML syntax", 8),
        ("subjects: 10", "subjects: .nan", "cannot be", 7),
    ],
)  # fmt: skip
def test_a_refusal_names_file_line_and_what_is_allowed(old, new, message, line):
    assert old in SMALL
    error = refused(SMALL.replace(old, new, 1))
    assert message.casefold() in error.what.casefold()
    assert re.fullmatch(rf"my\.yaml, line {line}, column \d+", error.where), error.where
    assert error.do


def test_an_unknown_key_shows_the_allowed_ones():
    error = refused(SMALL.replace("response_rate: 0.2", "respons_rate: 0.2"))
    assert 'did you mean "response_rate"' in error.what
    assert "median_pfs_days" in error.allowed


@pytest.mark.parametrize("text", ["", "[]", "text", "{}", "id: 1\n  x: 2"])
def test_what_is_no_scenario_is_refused(text):
    assert refused(text).where.startswith("my.yaml, line ")


def test_a_missing_file_and_other_bytes_are_refused(tmp_path):
    with pytest.raises(ScenarioError, match="cannot be read"):
        read_scenario(tmp_path / "none.yaml")
    (tmp_path / "latin.yaml").write_bytes("title: Zürich".encode("latin-1"))
    with pytest.raises(ScenarioError, match="not UTF-8"):
        read_scenario(tmp_path / "latin.yaml")
    (tmp_path / "large.yaml").write_text("#" * 1_000_001)
    with pytest.raises(ScenarioError, match="too large"):
        read_scenario(tmp_path / "large.yaml")


def _with_cohort(scenario, **values):
    cohort = scenario.cohorts[0].model_copy(update=values)
    return scenario.model_copy(update={"cohorts": (cohort,)})


def test_a_response_rate_that_outlives_the_median_is_refused():
    """60 % of subjects respond until day 147, so half of them cannot progress by day 60."""
    scenario = _with_cohort(scenario_of("000"), response_rate=0.6, median_pfs_days=60.0)
    with pytest.raises(ScenarioError, match="contradicts the response rate of 60 %"):
        simulate_trial(protocol_of("000"), scenario, 1)


def test_a_median_that_scans_cannot_show_is_refused():
    scenario = _with_cohort(scenario_of("000"), median_pfs_days=30.0)
    with pytest.raises(ScenarioError, match="contradicts the scan calendar of the protocol"):
        simulate_trial(protocol_of("000"), scenario, 1)


def test_a_cohort_that_the_protocol_lacks_is_refused():
    with pytest.raises(ScenarioError, match='"ALL" is no cohort of the protocol') as caught:
        check_scenario(protocol_of("003"), scenario_of("000"))
    assert "PANCREATOBILIARY" in caught.value.allowed


def test_several_cohorts_need_a_protocol_with_cohorts():
    with pytest.raises(ScenarioError, match="the protocol has one cohort"):
        check_scenario(protocol_of("000"), scenario_of("003"))


def test_a_component_that_the_protocol_lacks_is_refused():
    with pytest.raises(ScenarioError, match='"regorafenib" is no component') as caught:
        check_scenario(protocol_of("002"), scenario_of("000"))
    assert caught.value.allowed == "camrelizumab, ablation, chemotherapy"


def test_components_are_named_by_id_name_or_reach():
    protocol = protocol_of("000")
    assert matching_components(protocol, "regorafenib") == (1,)
    assert matching_components(protocol, "bicarbonate") == (2,)
    assert matching_components(protocol, "liver") == (2,)
    assert matching_components(protocol, "nothing") == ()


def test_an_open_protocol_is_refused():
    protocol = protocol_of("000")
    rule = protocol.response.model_copy(update={"interval_weeks": None})
    with pytest.raises(ProtocolError, match="interval_weeks"):
        simulate_trial(protocol.model_copy(update={"response": rule}), scenario_of("000"), 1)


@given(st.integers(0, len(SMALL)), st.integers(0, 30), st.text(max_size=8))
@settings(max_examples=150, deadline=None)
def test_a_damaged_file_is_read_or_refused(start, length, insert):
    """Never anything but a scenario or our own error."""
    text = SMALL[:start] + insert + SMALL[start + length :]
    with contextlib.suppress(ScenarioError):
        scenario_from_yaml(text)
