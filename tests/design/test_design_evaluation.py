"""What a design evaluation says for records with a number, without one, and with cohorts."""

from __future__ import annotations

import json

import pytest

from trialwright.core.errors import DesignError
from trialwright.core.results import Result
from trialwright.design.evaluation import evaluate_design
from trialwright.design.groups import planned_groups
from trialwright.protocol.base import Source
from trialwright.protocol.model import Cohort, Protocol, TrialDesign
from trialwright.protocol.rules import EndpointDefinition

ORR = EndpointDefinition(id="ORR", kind="ORR", role="primary", measure="ORR")
PFS_12 = EndpointDefinition(
    id="PFS_RATE_12", kind="PFS_RATE", role="primary", measure="12-month PFS", landmark_months=12
)


def trial(**parts) -> Protocol:
    """A protocol with what a test needs."""
    return Protocol(**({"id": "trial", "title": "Trial", "endpoints": (ORR,)} | parts))


def said(*paths: str, kind: str = "record") -> tuple[Source, ...]:
    return tuple(Source(path=path, kind=kind) for path in paths)


THIRTY = trial(design=TrialDesign(enrollment=30), sources=said("design.enrollment"))


def rows(table):
    return {(row[1], row[2]): row[3:] for row in table.rows}


def test_thirty_subjects_without_a_hypothesis():
    """Rule T-13 and the exact values of >= 4/30: alpha .061, power .877 at 20 %, .963 at 25 %."""
    evaluation = evaluate_design(THIRTY)
    assert isinstance(evaluation, Result)
    table = evaluation.table()
    shown = rows(table)
    at = {name: i - 3 for i, name in enumerate(table.columns)}
    strict, easy = shown["5 %", ">= 5/30"], shown["5 %", ">= 4/30"]
    assert strict[0] == "0.016"
    assert (strict[at["Power at 20 %"]], strict[at["Power at 25 %"]]) == ("0.745", "0.902")
    assert easy[0] == "0.061"
    assert (easy[at["Power at 20 %"]], easy[at["Power at 25 %"]]) == ("0.877", "0.963")
    assert shown["10 %", ">= 7/30"][0] == "0.026"
    assert shown["10 %", ">= 7/30"][at["Power at 30 %"]] == "0.840"
    assert shown["10 %", ">= 7/30"][at["Power at 10 %"]] == ""


def test_it_says_that_nothing_is_registered():
    words = " ".join(evaluate_design(THIRTY).text())
    assert "Reverse-engineered, not registered" in words
    assert "one-sided alpha 5 % and power 80 %" in words
    assert evaluate_design(THIRTY).to_json()["registered"] is False


def test_precision_of_every_possible_result():
    """Anchor of rule T-01: 5/30 gives 5.6 to 34.7 %."""
    evaluation = evaluate_design(THIRTY)
    precision = evaluation.groups[0].precision
    assert [one.x for one in precision] == list(range(31))
    table = next(t for t in evaluation.tables() if t.title.startswith("Precision"))
    assert ("5/30", "17", "5.6 to 34.7", "29.1") in table.rows


def test_simon_stands_beside_the_single_stage():
    """Rule T-13: 0/10 and 3/29 with 17.6 subjects on average; 0/13 and 3/27."""
    sizes = evaluate_design(THIRTY).to_json()["sizes"]
    pair = next(size for size in sizes if (size["p0"], size["p1"]) == (0.05, 0.20))
    optimal, minimax = pair["designs"]["simon_optimal"], pair["designs"]["simon_minimax"]
    assert (optimal["r1"], optimal["n1"], optimal["r"], optimal["n"]) == (0, 10, 3, 29)
    assert round(optimal["expected_n_p0"], 1) == 17.6
    assert (minimax["r1"], minimax["n1"], minimax["r"], minimax["n"]) == (0, 13, 3, 27)


def test_registered_rates_are_the_question():
    design = TrialDesign(enrollment=40, null_rate=0.1, alternative_rate=0.3, alpha=0.1, power=0.9)
    paths = ("design.enrollment", "design.null_rate")
    evaluation = evaluate_design(trial(design=design, sources=said(*paths)))
    assert evaluation.to_json()["registered"] is True
    assert "Reverse-engineered" not in " ".join(evaluation.text())
    assert "Assumed" not in " ".join(evaluation.text())
    assert {rule.p0 for one in evaluation.groups for rule in one.rules} == {0.1}
    assert [(s.question.p0, s.question.p1) for s in evaluation.sizings] == [(0.1, 0.3)]


def test_a_default_null_rate_is_no_registered_one():
    design = TrialDesign(enrollment=40, null_rate=0.1)
    sources = said("design.null_rate", kind="default")
    assert not evaluate_design(trial(design=design, sources=sources)).question.is_registered


def test_landmark_rate_is_labelled_as_if_all_were_followed():
    """p0 40 %, p1 60 %: 42 subjects, at least 23 without progression."""
    evaluation = evaluate_design(trial(endpoints=(PFS_12,)), subjects=42)
    words = " ".join(evaluation.text())
    assert "As if every subject were followed to the landmark" in words
    assert "free of progression at 12 months" in words
    pair = next(s for s in evaluation.to_json()["sizes"] if s["p0"] == 0.40)
    assert set(pair["designs"]) == {"single_stage", "single_stage_stable"}
    assert pair["designs"]["single_stage"]["n"] == 42
    assert pair["designs"]["single_stage"]["reject_at"] == 23


def test_no_number_is_refused_with_what_to_do():
    with pytest.raises(DesignError) as refusal:
        evaluate_design(trial())
    assert "design.enrollment" in refusal.value.where
    assert "--n" in refusal.value.do


@pytest.mark.parametrize("subjects", [0, -5])
def test_nobody_is_refused(subjects):
    with pytest.raises(DesignError, match="without subjects"):
        evaluate_design(trial(), subjects=subjects)


def test_a_given_number_goes_before_the_record():
    (group,) = planned_groups(THIRTY, 24)
    assert (group.subjects, group.source) == (24, "given")


def cohorts(*sizes: int | None) -> tuple[Cohort, ...]:
    return tuple(
        Cohort(id=f"c{i}", name=f"Cohort {i}", enrollment=n) for i, n in enumerate(sizes, 1)
    )


def test_cohorts_are_evaluated_apart():
    evaluation = evaluate_design(trial(cohorts=cohorts(12, 15)))
    assert [(g.group.id, g.group.subjects) for g in evaluation.groups] == [("c1", 12), ("c2", 15)]
    assert [figure.title for figure in evaluation.figures()] == [
        "Power of 12 subjects",
        "Power of 15 subjects",
    ]
    assert {row[0] for row in evaluation.table().rows} == {"Cohort 1", "Cohort 2"}


def test_cohorts_without_numbers_share_the_rest_and_it_is_said():
    evaluation = evaluate_design(trial(cohorts=cohorts(10, None, None)), subjects=31)
    assert [g.group.subjects for g in evaluation.groups] == [10, 11, 10]
    assert any("Equal shares" in note for note in evaluation.table().footnotes)


@pytest.mark.parametrize(
    ("sizes", "subjects"),
    [((None, None), None), ((None, None), 1), ((10, None), 10), ((10, 10), 25)],
)
def test_cohorts_without_a_share_or_against_the_total_are_refused(sizes, subjects):
    with pytest.raises(DesignError, match="cohorts"):
        evaluate_design(trial(cohorts=cohorts(*sizes)), subjects=subjects)


def test_rates_too_close_leave_a_row_that_says_so():
    design = TrialDesign(enrollment=30, null_rate=0.10, alternative_rate=0.11)
    evaluation = evaluate_design(trial(design=design, sources=said("design.null_rate")))
    table = evaluation.tables()[-1]
    assert all("more subjects than are searched" in row[1] for row in table.rows[1:])


def test_figure_and_json_hold_the_same_power():
    evaluation = evaluate_design(THIRTY)
    line = next(mark for mark in evaluation.figure().marks if mark.role == "power_1")
    at = line.x.index(pytest.approx(0.20))
    rule = evaluation.to_json()["groups"][0]["rules"][0]
    assert line.y[at] == pytest.approx(dict(map(tuple, rule["power"]))[0.2], abs=1e-12)
    assert round(line.y[at], 3) == 0.745
    assert evaluation.figure().alt


def test_json_is_plain_and_complete():
    text = json.dumps(evaluate_design(THIRTY).to_json(), allow_nan=False)
    for word in ("method", "conf_level", "alpha", "precision", "text"):
        assert f'"{word}"' in text
