"""Every code of the text is raised on a record with the defect, and not on the mended record."""

from __future__ import annotations

import pytest

from support.finding_pairs import BASE, PAIRS, Pair, record
from support.findings_page import PAGE, page
from trialwright.protocol.check import DETECTORS as OF_VALUES
from trialwright.protocol.check.codes import CODES, NOT_DECIDABLE
from trialwright.registry.facts import read
from trialwright.registry.findings import DETECTORS, find
from trialwright.registry.findings.case import Case

TEXT_CODES = {code for detector in DETECTORS for code in detector.codes}


def _found(drafted, text):
    draft = drafted(text)
    return draft, find(Case(read(draft.record), draft.protocol, draft.outcomes))


def test_nothing_is_asked_about_the_base(drafted):
    _, found = _found(drafted, record({}))
    assert [(one.code, one.quote) for one in found] == []


@pytest.mark.parametrize("pair", PAIRS, ids=lambda pair: f"{pair.code}-{pair.quote}"[:60])
def test_a_defect_is_found_and_its_mending_is_not(drafted, pair: Pair):
    draft, found = _found(drafted, record(pair.defect))
    raised = [one for one in found if one.code == pair.code]
    assert raised
    if pair.quote is not None:
        assert raised[0].quote == pair.quote
    for one in found:
        if one.quote is not None:
            assert draft.record.text[one.start : one.end] == one.quote
    mended = {name: pair.mended.get(name, BASE[name]) for name in pair.defect} | pair.mended
    codes = {one.code for one in _found(drafted, record(mended))[1]}
    assert pair.code not in codes


def test_every_code_has_a_detector_or_a_reason_why_not():
    known = {one.code for one in CODES}
    values = {detector.code for detector in OF_VALUES} | {"option_open"}
    assert len(known) == len(CODES)
    assert TEXT_CODES | values | set(NOT_DECIDABLE) == known
    assert not set(NOT_DECIDABLE) & (TEXT_CODES | values)
    assert all(NOT_DECIDABLE.values())


def test_every_code_of_the_text_has_a_pair():
    assert TEXT_CODES - {pair.code for pair in PAIRS} == set()


def test_no_severity_other_than_that_of_the_table(example):
    allowed = {one.code: one.severities for one in CODES}
    for stem in ("000", "002", "003"):
        for finding in example(stem).findings:
            assert finding.severity in allowed[finding.code], finding


def test_the_page_of_findings_is_complete():
    """Print it anew with `python tests/support/findings_page.py`."""
    assert PAGE.read_text("utf-8") == page()
    assert all(f"| {one.code} |" in page() for one in CODES)
