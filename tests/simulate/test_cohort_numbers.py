"""Stated curves, subgroups and extended files: what is read, and what is refused."""

from __future__ import annotations

import re

import pytest

from support.virtual_trials import SCENARIOS, protocol_of, scenario_of
from trialwright.core.errors import ScenarioError
from trialwright.protocol.settled import settled_response
from trialwright.simulate.assumptions import BY_PROGRAM, assumed_numbers
from trialwright.simulate.calibration.start import start_clock
from trialwright.simulate.consistency import check_scenario
from trialwright.simulate.scenario_file import read_scenario, scenario_from_yaml
from trialwright.simulate.scenario_numbers import number_paths, source_of, unstated
from trialwright.simulate.stated import os_points, pfs_points
from trialwright.simulate.virtual.model import trial_model
from trialwright.simulate.virtual.patients import enrol

TEXT = """\
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
    - id: LUNG
      share: 0.3
scans:
  missed_share: 0.1
sources:
  follow_up_months: assumption
  cohorts: "assumption: small"
  disease: assumption
  scans: "assumption: scans"
"""
MEDIANS = "    median_pfs_days: 150\n    median_os_days: 400\n"


def cohort_of(*lines):
    """The text with other lines for the curves of its cohort."""
    return TEXT.replace(MEDIANS, "".join(f"    {line}\n" for line in lines))


def refused(text):
    with pytest.raises(ScenarioError) as caught:
        scenario_from_yaml(text, "my.yaml")
    return caught.value


def test_landmarks_stand_for_medians():
    """S(6 months) is at day 182.6; the points come in order of time, the median among them."""
    text = cohort_of(
        "median_pfs_days: 150", "pfs_rates: [[3, 0.7], [6, 0.4]]", "os_rates: [[12, 0.5]]"
    )
    truth = scenario_from_yaml(text).cohorts[0]
    assert [(one.day, one.share) for one in pfs_points(truth)] == [
        (91.3125, 0.7), (150, 0.5), (182.625, 0.4),
    ]  # fmt: skip
    assert [(one.field, one.day) for one in os_points(truth)] == [("os_rates", 365.25)]


@pytest.mark.parametrize(
    ("lines", "message", "line"),
    [
        (["pfs_rates: [[6, 1.2]]", "median_os_days: 400"], "cannot be 1.2", 10),
        (["pfs_rates: [[6, 0.4], [9, 0.5]]", "median_os_days: 400"], "do not fall with time", 10),
        (["pfs_rates: [[6, 0.4], [6, 0.3]]", "median_os_days: 400"], "do not fall with time", 10),
        (["median_pfs_days: 150", "pfs_rates: [[3, 0.4]]", "median_os_days: 400"],
         "40 % at 3 months and median_pfs_days 150", 11),
        (["median_pfs_days: 150", "pfs_rates: [[9, 0.6]]", "median_os_days: 400"],
         "do not fall with time", 11),
        (["median_pfs_days: 150", "os_rates: [[4, 0.45]]"], "who is free of progression is alive", 11),
        (["median_pfs_days: 150"], '"median_os_days" is missing', 6),
        (["pfs_rates: []", "median_os_days: 400"], '"median_pfs_days" is missing', 6),
        ([*MEDIANS.split("\n")[:1], "median_os_days: 400", "sensitive_share: 0.1"],
         "sensitive_share stands alone", 12),
        (["median_pfs_days: 150", "median_os_days: 400", "sensitive_share: 0.5",
          "sensitive_response_rate: 0.6"], "others would respond at -0.2", 13),
        (["median_pfs_days: 150", "median_os_days: 400", "depth: 0.2"], "cannot be 0.2", 12),
    ],
)  # fmt: skip
def test_numbers_that_no_cohort_can_show(lines, message, line):
    error = refused(cohort_of(*(one.strip() for one in lines)))
    assert message.casefold() in error.what.casefold()
    assert re.fullmatch(rf"my\.yaml, line {line}, column \d+", error.where), error.where


def test_depth_without_responders_is_refused():
    text = TEXT.replace("response_rate: 0.2", "response_rate: 0").replace(
        MEDIANS, MEDIANS + "    depth: 0.5\n"
    )
    assert "with a response rate of 0" in refused(text).what


def test_rates_by_site_need_a_component_on_the_liver():
    scenario = scenario_of("002")
    cohort = scenario.cohorts[0].model_copy(update={"hepatic_response_rate": 0.4})
    with pytest.raises(ScenarioError, match="no component of the protocol acts on the liver"):
        check_scenario(protocol_of("002"), scenario.model_copy(update={"cohorts": (cohort,)}))


def test_assumptions_tell_stated_numbers_from_those_of_the_program():
    text = cohort_of(
        "median_pfs_days: 150", "pfs_rates: [[3, 0.7], [6, 0.4]]", "median_os_days: 400"
    )
    rows = {
        path: (value, source) for path, value, source in assumed_numbers(scenario_from_yaml(text))
    }
    assert rows["cohorts.ALL.pfs_rates"] == ("3, 0.7; 6, 0.4", "assumption: small")
    assert rows["scans.other_reader_share"] == ("0", BY_PROGRAM)
    assert "cohorts.ALL.os_rates" not in rows
    assert "cohorts.ALL.depth" not in rows


def test_accrual_grows_evenly_during_the_ramp():
    """A ramp of 6 months passes as many entries as 3 months at full rate: 91.3 days later."""
    scenario = scenario_of("000")
    protocol = protocol_of("000")
    days = []
    for ramp in (0.0, 6.0):
        slow = scenario.cohorts[0].model_copy(update={"accrual_ramp_months": ramp})
        one = scenario.model_copy(update={"cohorts": (slow,)})
        clocks = (start_clock(one, slow, settled_response(protocol), 0.0),)
        model = trial_model(protocol, one, clocks, 1)
        days.append(enrol(model.cohorts[0], range(1), model.ramps[0]).day)
    assert days[1][-1] - days[0][-1] in {91, 92}
    assert days[1][0] > days[0][0]


# ------------------------------------------------------------------------------- extended files

CHILD = """\
extends: base.yaml
id: child
title: Another
cohorts:
  - id: ALL
    response_rate: 0.4
    median_pfs_days:
    pfs_rates: [[6, 0.5]]
disease:
  organs:
    - id: LUNG
      share: 0.5
scans:
  missed_share: 0.2
sources:
  cohorts.ALL: A paper
  disease.organs.LUNG: Another paper
  scans.missed_share: A third paper
"""


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "base.yaml").write_text(
        TEXT.replace("  disease:", '  cohorts.ALL.median_pfs_days: "base paper"\n  disease:')
    )
    (tmp_path / "child.yaml").write_text(CHILD)
    return tmp_path


def test_an_extended_file_says_what_differs(folder):
    scenario = read_scenario(folder / "child.yaml")
    truth = scenario.cohorts[0]
    assert (scenario.id, truth.response_rate, truth.subjects) == ("child", 0.4, 10)
    assert truth.median_pfs_days is None
    assert truth.pfs_rates == ((6.0, 0.5),)
    assert [(one.id, one.share) for one in scenario.disease.organs] == [
        ("LIVER", None),
        ("LUNG", 0.5),
    ]
    assert scenario.disease.organs[0].median_mm == 30
    assert source_of(scenario, "cohorts.ALL.response_rate") == "A paper"
    assert source_of(scenario, "cohorts.ALL.subjects") == "A paper"
    assert source_of(scenario, "disease.organs.LIVER.median_mm") == "assumption"
    assert "cohorts.ALL.median_pfs_days" not in scenario.sources
    assert "scans.late_share" in unstated(scenario)


def test_an_extended_file_may_be_extended(folder):
    text = "extends: child.yaml\nid: third\ntitle: T\nscans:\n  late_share: 0.3\nsources:\n"
    (folder / "third.yaml").write_text(text + "  scans.late_share: assumption\n")
    scenario = read_scenario(folder / "third.yaml")
    assert (scenario.scans.late_share, scenario.scans.missed_share) == (0.3, 0.2)
    assert source_of(scenario, "scans.missed_share") == "A third paper"


@pytest.mark.parametrize(
    ("old", "new", "message", "line"),
    [
        ("  cohorts.ALL: A paper\n", "", "response_rate has no source", 6),
        ("  scans.missed_share: A third paper", "  scans.late_share: A paper", "missed_share has no source", 14),
        ("response_rate: 0.4", "response_rate: 4", "cannot be 4", 6),
        ("[[6, 0.5]]", "[[6, 0.5], [9, 0.6]]", "do not fall", 8),
        ("title: Another\n", "", '"title" is missing', 1),
        ("extends: base.yaml", "extends: ../base.yaml", "extends cannot be", 1),
        ("extends: base.yaml", "extends: child.yaml", "extend each other without end", 1),
        ("extends: base.yaml", "extends:", "extends cannot be", 1),
        ("  missed_share: 0.2", "  missed: 0.2", 'unknown key "missed"', 14),
        ("    pfs_rates: [[6, 0.5]]\n", "", '"median_pfs_days" is missing', 5),
    ],
)  # fmt: skip
def test_a_refusal_names_the_line_of_the_extending_file(folder, old, new, message, line):
    assert old in CHILD
    (folder / "child.yaml").write_text(CHILD.replace(old, new, 1))
    with pytest.raises(ScenarioError) as caught:
        read_scenario(folder / "child.yaml")
    assert message.casefold() in caught.value.what.casefold()
    assert re.fullmatch(rf"child\.yaml, line {line}, column \d+", caught.value.where)


def test_a_fault_of_the_base_is_told_there(folder):
    (folder / "base.yaml").write_text(TEXT.replace("response_rate: 0.2", "response_rate: 2"))
    with pytest.raises(ScenarioError) as caught:
        read_scenario(folder / "child.yaml")
    assert caught.value.where.startswith("base.yaml, line 9")
    (folder / "base.yaml").unlink()
    with pytest.raises(ScenarioError, match="cannot be read") as caught:
        read_scenario(folder / "child.yaml")
    assert caught.value.where.endswith("base.yaml")


def test_a_text_extends_nothing():
    assert "no folder" in refused(CHILD).what


@pytest.mark.parametrize("file", sorted(SCENARIOS.glob("*-*.yaml")), ids=lambda one: one.stem)
def test_the_further_examples_fit_their_trials_and_have_sources(file):
    scenario = read_scenario(file)
    check_scenario(protocol_of(file.stem[:3]), scenario)
    assert all(source_of(scenario, path) for path in number_paths(scenario))
    assert scenario.id == f"{file.stem[:3]}{file.stem[20:]}"


def test_the_further_examples_state_the_published_numbers():
    """Null, optimistic and pessimistic cases in percent and months."""

    def numbers(stem):
        (file,) = SCENARIOS.glob(f"{stem[:3]}_{'?' * 16}{stem[3:]}.yaml")
        return [
            (100 * one.response_rate, one.median_pfs_days and round(one.median_pfs_days / 30.4375, 1),
             round(one.median_os_days / 30.4375, 1), [share for _, share in one.pfs_rates])
            for one in read_scenario(file).cohorts
        ]  # fmt: skip

    assert numbers("000-null") == [(5, 2.4, 11, [])]
    assert numbers("000-optimistic") == [(35, 7.0, 15.0, [])]
    assert numbers("002-null") == [(35, None, 40.5, [0.4])]
    assert numbers("002-optimistic") == [(50, None, 45.3, [0.63])]
    assert numbers("002-pessimistic") == [(15, 6.0, 14.8, [0.2])]
    assert numbers("003-null") == [(10, 2.4, 7.5, [])] * 4
    assert numbers("003-optimistic") == [(40, 7.5, 15.0, [])] * 4
    assert numbers("003-one-null") == [(40, 7.5, 15.0, [])] * 3 + [(5, 2.4, 7.5, [])]
