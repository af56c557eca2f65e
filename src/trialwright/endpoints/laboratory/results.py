"""The results on laboratory values of a trial, or none where none were delivered."""

from __future__ import annotations

from collections.abc import Iterator

from trialwright.core.results import Result
from trialwright.core.tables import Adam
from trialwright.endpoints.laboratory.grade_shift import estimate_laboratory_grades
from trialwright.endpoints.laboratory.liver import estimate_liver_safety
from trialwright.endpoints.laboratory.severe_results import list_severe_results
from trialwright.endpoints.laboratory.versions import compare_versions
from trialwright.endpoints.population import subsets
from trialwright.protocol.model import Protocol


def analyze_laboratory(protocol: Protocol, adam: Adam) -> tuple[Result, ...]:
    """Worst grades, liver safety and grades under other versions, for all and each cohort.

    Parameters
    ----------
    protocol
        Settled.
    adam
        ADSL and, where laboratory values were delivered, ADLB.

    References
    ----------
    Tables T-16 and T-17, listing L-10, figure F-8; rules G-57, A-14.
    """
    return tuple(_results(protocol, adam)) if "ADLB" in adam.datasets else ()


def _results(protocol: Protocol, adam: Adam) -> Iterator[Result]:
    for subset in subsets(protocol):
        yield estimate_laboratory_grades(protocol, adam, subset)
        yield estimate_liver_safety(protocol, adam, subset)
    yield list_severe_results(protocol, adam)
    yield compare_versions(protocol, adam)
