"""Questions that the text of a record raises: one small detector per code.

Findings that follow from absent or clashing protocol values are in `trialwright.protocol.check`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from trialwright.protocol.base import Finding
from trialwright.registry.findings.case import Case
from trialwright.registry.findings.conditions import CONDITION_DETECTORS
from trialwright.registry.findings.language import LANGUAGE_DETECTORS
from trialwright.registry.findings.population import POPULATION_DETECTORS
from trialwright.registry.findings.spelling import SPELLING_DETECTORS
from trialwright.registry.findings.timing import TIMING_DETECTORS
from trialwright.registry.findings.treatment import TREATMENT_DETECTORS

__all__ = ["DETECTORS", "find"]

DETECTORS: tuple[Callable[[Case], Iterable[Finding]], ...] = (
    *TIMING_DETECTORS,
    *TREATMENT_DETECTORS,
    *POPULATION_DETECTORS,
    *CONDITION_DETECTORS,
    *LANGUAGE_DETECTORS,
    *SPELLING_DETECTORS,
)


def find(case: Case) -> tuple[Finding, ...]:
    """Every finding of the text detectors, in their order."""
    return tuple(finding for detector in DETECTORS for finding in detector(case))
