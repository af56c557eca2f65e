"""Questions that the text of a record raises: one small detector per code.

Findings that follow from absent or clashing protocol values are in `trialwright.protocol.check`;
those that the words of the record answer are left out here.
"""

from __future__ import annotations

from trialwright.protocol.base import Finding
from trialwright.protocol.check.rows import Row, findings_of_rows
from trialwright.protocol.check.table import question_rows
from trialwright.registry.findings.aims import AIM_DETECTORS
from trialwright.registry.findings.answered import unanswered
from trialwright.registry.findings.case import Case, Detector
from trialwright.registry.findings.composites import COMPOSITE_DETECTORS
from trialwright.registry.findings.conditions import CONDITION_DETECTORS
from trialwright.registry.findings.definitions import DEFINITION_DETECTORS
from trialwright.registry.findings.doubtful_outcomes import DOUBTFUL_DETECTORS
from trialwright.registry.findings.entries import ENTRY_DETECTORS
from trialwright.registry.findings.language import LANGUAGE_DETECTORS
from trialwright.registry.findings.population import POPULATION_DETECTORS
from trialwright.registry.findings.registered_fields import REGISTERED_DETECTORS
from trialwright.registry.findings.spelling import SPELLING_DETECTORS
from trialwright.registry.findings.timing import TIMING_DETECTORS
from trialwright.registry.findings.treatment import TREATMENT_DETECTORS

__all__ = ["DETECTORS", "find", "rows_of"]

DETECTORS: tuple[Detector, ...] = (
    *TIMING_DETECTORS,
    *TREATMENT_DETECTORS,
    *ENTRY_DETECTORS,
    *AIM_DETECTORS,
    *POPULATION_DETECTORS,
    *CONDITION_DETECTORS,
    *LANGUAGE_DETECTORS,
    *DEFINITION_DETECTORS,
    *COMPOSITE_DETECTORS,
    *SPELLING_DETECTORS,
    *REGISTERED_DETECTORS,
    *DOUBTFUL_DETECTORS,
)
_GATED = tuple([(one.find, one.words, one.kinds, one.trait) for one in DETECTORS])


def find(case: Case) -> tuple[Finding, ...]:
    """Every finding of the text detectors, in their order."""
    return findings_of_rows(_rows(case))


def rows_of(case: Case) -> list[Row]:
    """Rows of the text's findings, then of the protocol's values that the text leaves open."""
    text = _rows(case)
    return [*text, *unanswered(case, question_rows(case.view), text)]


def _rows(case: Case) -> list[Row]:
    words, kinds, traits = case.words, case.view.kinds, case.view.traits
    rows: list[Row] = []
    for find_rows, some_words, some_kinds, trait in _GATED:
        if some_words and some_words.isdisjoint(words):
            continue
        if some_kinds and some_kinds.isdisjoint(kinds):
            continue
        if trait is not None and trait not in traits:
            continue
        rows += find_rows(case)
    return rows
