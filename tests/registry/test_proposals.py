"""Every proposal can be accepted, alone or with all others, and is not asked about again."""

from __future__ import annotations

from pathlib import Path

import pytest

from support.finding_pairs import PAIRS, record
from trialwright.protocol.check import check_protocol
from trialwright.protocol.settle import accept_defaults, get_value, plain, settle, sources_by_path
from trialwright.registry.draft import Draft

OWN = sorted((Path(__file__).parent / "records").glob("*.txt"))


def _proposals(draft: Draft):
    return [(one, dict(one.proposal)) for one in draft.findings if one.proposal]


def _holds(draft: Draft) -> None:
    for finding, proposal in _proposals(draft):
        settled = settle(draft.protocol, proposal, kind="user", reason="asked the investigator")
        sources = sources_by_path(settled)
        for path, value in proposal.items():
            held = plain(get_value(settled, path))
            kept = (
                {k: v for k, v in held.items() if k in value} if isinstance(value, dict) else held
            )
            assert kept == plain(value), (finding.code, path)
            assert sources[path].kind == "user"
        left = [one for one in check_protocol(settled) if one.code == finding.code]
        assert all(one.proposal != proposal for one in left), finding.code
    accepted = accept_defaults(draft.protocol, draft.findings)
    assert [one.code for one in check_protocol(accepted) if one.proposal] == []


@pytest.mark.parametrize("stem", ["000", "002", "003"])
def test_the_proposals_of_an_example_can_be_accepted(example, stem):
    _holds(example(stem))


@pytest.mark.parametrize("at", range(0, len(PAIRS), 6))
def test_the_proposals_of_a_defect_can_be_accepted(drafted, at):
    _holds(drafted(record(PAIRS[at].defect)))


def _never_replaces_what_is_stated(draft: Draft) -> None:
    stated = {
        path: plain(get_value(draft.protocol, path))
        for path, source in sources_by_path(draft.protocol).items()
        if source.kind in {"record", "inferred"}
    }
    for finding, proposal in _proposals(draft):
        for path, value in proposal.items():
            old = stated.get(path)
            more_closely = old == "first_treatment" and value in {"first_dose", "first_procedure"}
            if old not in (None, plain(value)) and not more_closely:
                assert finding.severity == "error", (finding.code, path, old, value)
                assert path.startswith(finding.path.rpartition(".")[0]) or (
                    path.rpartition(".")[2] == finding.path.rpartition(".")[2]
                ), "an error about another value"


@pytest.mark.parametrize("stem", ["000", "002", "003"])
def test_no_proposal_of_an_example_replaces_what_is_stated(example, stem):
    _never_replaces_what_is_stated(example(stem))


@pytest.mark.parametrize("path", OWN, ids=lambda path: path.stem)
def test_no_proposal_of_an_own_record_replaces_what_is_stated(drafted, path):
    _never_replaces_what_is_stated(drafted(path.read_text("utf-8")))


def test_no_proposal_of_a_defect_replaces_what_is_stated(drafted):
    for pair in PAIRS:
        _never_replaces_what_is_stated(drafted(record(pair.defect)))


def test_a_default_keeps_the_words_of_the_record_and_its_reason(example):
    draft = example("000")
    accepted = accept_defaults(draft.protocol, draft.findings)
    origin = sources_by_path(accepted)["endpoints.OS.origin"]
    assert (origin.kind, origin.quote) == ("default", "Time from randomization")
    assert "no randomization" in (origin.reason or "")
    merge = sources_by_path(accepted)["response.merge_days"]
    assert merge.reason == "scans less than 14 days apart form one time point (R-059)"


def test_a_dose_that_a_person_gives_stays_when_defaults_are_accepted(example):
    """The record gives no dose, an error that proposes 3 mg/kg; the person's 2 mg/kg decides."""
    draft = example("000")
    dose = [{"value": 2, "unit": "mg/kg"}]
    decided = settle(draft.protocol, {"regimen.serplulimab.dose": dose})
    settled = accept_defaults(decided, draft.findings)
    given = next(one for one in settled.regimen if one.id == "serplulimab").dose
    assert given is not None
    assert [(one.value, one.unit) for one in given] == [(2, "mg/kg")]
