"""Properties of every draft: quotes stand at their offsets, silence stays silent, time is bounded."""

from __future__ import annotations

import json
import time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from trialwright.protocol.settle import leaf_paths
from trialwright.registry.draft import draft_protocol
from trialwright.registry.record import parse_record

WORDS = st.sampled_from(
    [
        "phase",
        "2",
        "single-arm",
        "randomized",
        "open-label",
        "a",
        "total",
        "of",
        "30",
        "patients",
        "will",
        "be",
        "enrolled",
        "every",
        "two",
        "weeks",
        "200",
        "mg",
        "intravenously",
        "until",
        "progression",
        "or",
        "toxicity",
        "serplulimab",
        "haic",
        "ablation",
        "first",
        "followed",
        "by",
        "days",
        "1",
        "to",
        "21",
        "，",
        "、",
        "（CR）",
        "癌",
        "İ",
        "ß",
        "|",
        ",",
        ".",
        "ORR",
        "PFS",
        "from",
        "enrollment",
        "to",
        "death",
        "up",
        "to",
        "18",
        "months",
        "RECIST",
        "1.1",
        "third-line",
        "treatment",
        "one",
        "week",
        "after",
        "each",
        "ablation",
        "liver",
        "metastases/lung",
        "metastases",
        "discontinued",
        "until",
        "21th",
        "overal",
        "\u2028",
        "\x0b",
        "'\"",
    ]
)
LINE = st.lists(WORDS, max_size=25).map(" ".join)
OWN = (
    "background", "dose_escalation", "gastric_randomised", "inverted", "multiline", "neoadjuvant",
    "rfa_recurrence", "silent",
)  # fmt: skip


def _check(draft) -> None:
    text = draft.record.text
    for source in draft.protocol.sources:
        assert text[source.start : source.end] == source.quote
        assert source.quote or source.path == "title"
    for finding in draft.findings:
        assert (finding.quote is None) == (finding.start is None)
        if finding.quote is not None:
            assert text[finding.start : finding.end] == finding.quote
    assert {s.path for s in draft.protocol.sources} == set(leaf_paths(draft.protocol))
    json.dumps(draft.to_json())


@pytest.mark.parametrize("stem", OWN)
def test_own_records_have_exact_quotes(own, stem):
    _check(own(stem))


@pytest.mark.parametrize("stem", ["000", "002", "003"])
def test_examples_have_exact_quotes(example, stem):
    _check(example(stem))


@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(st.tuples(LINE, LINE, LINE), LINE.filter(bool), st.tuples(LINE, LINE, LINE))
def test_made_up_records_have_exact_quotes(head, name, tail):
    lines = [*head, f"DRUG: {name}", *tail]
    _check(draft_protocol(parse_record("r", "\n".join(lines).encode(), where="r")))


def test_a_silent_record_invents_nothing(own):
    protocol = own("silent").protocol
    assert set(leaf_paths(protocol)) == {
        "title",
        "population.conditions",
        "regimen.observation.name",
        "regimen.observation.registered_as",
        "endpoints.OTHER.kind",
        "endpoints.OTHER.role",
        "endpoints.OTHER.measure",
        "endpoints.OTHER.time_frame",
    }
    row = own("silent").to_json()
    silent = ("phases", "enrollment", "allocation", "single_arm", "masking", "arms")
    assert all(row[key] is None for key in silent)
    assert row["secondary"] == []


def test_other_trials_are_not_this_trial(own):
    """Phase, randomisation, size, masking, dose, line of the rationale belong to other trials."""
    protocol = own("background").protocol
    assert protocol.design.model_dump(exclude_none=True) == {}
    assert protocol.population.line_of_therapy is None
    assert protocol.regimen[0].dose is None


def _regimen(draft):
    return {c.id: c for c in draft.protocol.regimen}


def test_doses_belong_to_the_agent_before_them(own):
    found = _regimen(own("gastric_randomised"))
    assert [(d.value, d.unit) for d in found["paclitaxel"].dose] == [(80, "mg/m2")]
    assert [(d.value, d.unit) for d in found["ramucirumab"].dose] == [(8, "mg/kg")]
    assert [(d.value, d.unit) for d in found["nivolumab"].dose] == [(240, "mg")]
    assert found["placebo"].dose is None
    assert found["paclitaxel"].days_in_cycle == (1, 8, 15)
    assert found["paclitaxel"].cycle_length_days == 28
    assert found["ramucirumab"].cycle_length_days is None
    assert (found["ramucirumab"].frequency, found["ramucirumab"].interval_days) == ("Q2W", 14)


def test_a_misspelt_agent_gets_no_dose(own):
    found = _regimen(own("inverted"))
    assert found["tislelizumab"].dose is None
    assert found["tislelizumab"].interval_days is None
    assert found["fruquintinib"].days_in_cycle == tuple(range(1, 15))
    assert found["fruquintinib"].frequency == "QD"


def test_dose_levels_are_kept_and_earlier_doses_left_out(own):
    agent = _regimen(own("dose_escalation"))["xz_100"]
    assert [d.value for d in agent.dose] == [10, 20, 40]
    assert (agent.route, agent.frequency, agent.cycle_length_days) == ("oral", "BID", 28)


def test_an_agent_after_a_procedure(own):
    draft = own("rfa_recurrence")
    found = _regimen(draft)
    anchor = found["sintilimab"].anchors[0]
    assert (anchor.event, anchor.relation, anchor.offset_days) == (
        "radiofrequency_ablation",
        "after",
        14,
    )
    assert anchor.each is None
    assert draft.protocol.treatment.sequence == ("radiofrequency_ablation", "sintilimab")


def test_compound_entries_are_split(own):
    assert list(_regimen(own("multiline"))) == [
        "bcma_car_t_cells", "cyclophosphamide", "fludarabine",
    ]  # fmt: skip


def test_endpoints_of_own_records(own):
    found = {e.id: e for e in own("gastric_randomised").protocol.endpoints}
    assert found["PFS"].assessor == "independent"
    assert found["PFS"].origin == "randomization"
    assert found["ORR"].confirmed is True
    assert found["AE"].time_frame_months is None, "90 days count from the last dose"
    landmark = {e.id: e.landmark_months for e in own("neoadjuvant").protocol.endpoints}
    assert landmark == {
        "PCR": None, "CONVERSION_RESECTION": None, "EFS": None, "OS_RATE_24": 24.0,
    }  # fmt: skip


def test_repeated_kinds_are_numbered(drafted):
    text = "T\nS\nC\nDRUG: A\nORR, by reader 1, 1 year|ORR, by reader 2, 1 year\nORR, at 6 months\n"
    assert [e.id for e in drafted(text).protocol.endpoints] == ["ORR", "ORR_2", "ORR_3"]


HOSTILE = [
    "(" * 20_000,
    ", " * 20_000,
    "a, " * 15_000 + "1 year",
    "|" * 20_000,
    "ORR, rate, 1 year|" * 500,
    "every " * 10_000,
    "1, " * 15_000 + "months",
    "day 1 and " * 5_000,
    "phase 1/" * 8_000,
    "from the date of " * 4_000,
    "a total of 30 " * 5_000,
    "complete response (cr) " * 2_500,
    "serplulimab 3 mg/kg " * 3_000,
    "single arm. " * 5_000,
    "x" * 60_000,
    "\n" * 40_000,
    "，" * 20_000,
    "response evaluation criteria " * 2_500,
]


@pytest.mark.parametrize("payload", HOSTILE, ids=lambda text: repr(text[:12]))
@pytest.mark.parametrize("place", [3, 4, 6])
def test_hostile_text_is_read_in_bounded_time(payload, place):
    """Quadratic work on these texts takes minutes of processor time; linear work a fraction of 1 s."""
    lines = ["T", "S", "C", "DRUG: Serplulimab", "ORR, rate, 1 year", "", "Detail"]
    lines[place] = ("DRUG: " if place == 3 else "") + payload
    start = time.process_time()
    draft_protocol(parse_record("r", "\n".join(lines).encode(), where="r"))
    assert time.process_time() - start < 10
