"""Words and kinds of endpoints only save time: without them, every detector finds the same."""

from __future__ import annotations

from pathlib import Path

import pytest

from trialwright.protocol.check.table import DETECTORS as OF_VALUES
from trialwright.protocol.check.table import question_rows, view_of
from trialwright.registry.draft import draft_protocol
from trialwright.registry.facts import read
from trialwright.registry.findings import DETECTORS, find
from trialwright.registry.findings.case import Case
from trialwright.registry.findings.phrases import PHRASES
from trialwright.registry.record import read_record

RECORDS = sorted((Path(__file__).parent / "records").glob("*.txt"))


@pytest.fixture(scope="module", params=RECORDS, ids=lambda path: path.stem)
def case(request: pytest.FixtureRequest) -> Case:
    draft = draft_protocol(read_record(request.param))
    return Case(read(draft.record), draft.protocol, draft.outcomes)


def test_detectors_of_the_text_find_the_same_without_their_words_and_kinds(case):
    ungated = [row for detector in DETECTORS for row in detector.find(case)]
    assert [(row["code"], row["path"], row["start"]) for row in ungated] == [
        (one.code, one.path, one.start) for one in find(case)
    ]


def test_detectors_of_the_values_find_the_same_without_their_kinds(case):
    view = view_of(case.protocol)
    ungated = [(one.code, remark.path) for one in OF_VALUES for remark in one.find(view)]
    assert ungated == [(row["code"], row["path"]) for row in question_rows(view)]


def test_a_phrase_holds_one_of_its_strings_wherever_it_matches(case):
    for phrase in PHRASES:
        for match in phrase.pattern.finditer(case.low):
            assert any(held in match.group() for held in phrase.holds)
            assert case.says(phrase.words)
