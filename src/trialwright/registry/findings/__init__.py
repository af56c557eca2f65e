"""Questions that the text of a record raises: one small detector per code.

Findings that follow from absent or clashing protocol values are in `trialwright.protocol.check`;
those that the words of the record answer are left out here.
"""

from __future__ import annotations

from collections.abc import Iterable

from trialwright.protocol.base import Finding
from trialwright.registry.findings.aims import AIM_DETECTORS
from trialwright.registry.findings.answered import unanswered
from trialwright.registry.findings.case import Case, Detector
from trialwright.registry.findings.conditions import CONDITION_DETECTORS
from trialwright.registry.findings.doubtful_outcomes import DOUBTFUL_DETECTORS
from trialwright.registry.findings.entries import ENTRY_DETECTORS
from trialwright.registry.findings.language import LANGUAGE_DETECTORS
from trialwright.registry.findings.population import POPULATION_DETECTORS
from trialwright.registry.findings.registered_fields import REGISTERED_DETECTORS
from trialwright.registry.findings.spelling import SPELLING_DETECTORS
from trialwright.registry.findings.timing import TIMING_DETECTORS
from trialwright.registry.findings.treatment import TREATMENT_DETECTORS

__all__ = ["DETECTORS", "find", "findings_of"]

DETECTORS: tuple[Detector, ...] = (
    *TIMING_DETECTORS,
    *TREATMENT_DETECTORS,
    *ENTRY_DETECTORS,
    *AIM_DETECTORS,
    *POPULATION_DETECTORS,
    *CONDITION_DETECTORS,
    *LANGUAGE_DETECTORS,
    *SPELLING_DETECTORS,
    *REGISTERED_DETECTORS,
    *DOUBTFUL_DETECTORS,
)


def find(case: Case) -> tuple[Finding, ...]:
    """Every finding of the text detectors, in their order."""
    return tuple(finding for detector in DETECTORS for finding in detector.find(case))


def findings_of(case: Case, raised: Iterable[Finding]) -> tuple[Finding, ...]:
    """The findings of the text, then those of `raised` that the text leaves open."""
    text = find(case)
    return (*text, *unanswered(case, raised, text))
