"""The detectors, one line each, and the check that runs them.

Adding a detector is one function and one line in `DETECTORS`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from trialwright.protocol.base import Finding, Severity
from trialwright.protocol.check import (
    denominators,
    design,
    doses,
    local_treatment,
    origins,
    regimen,
    response,
    safety,
    time_to_event,
)
from trialwright.protocol.check.codes import SEVERITY
from trialwright.protocol.check.options_open import options_open
from trialwright.protocol.check.view import Remark, View
from trialwright.protocol.model import Protocol

_RANK: dict[Severity, int] = {"error": 0, "warning": 1, "note": 2}


@dataclass(frozen=True, slots=True)
class Detector:
    """A kind of question: its code, whose severity stands in `codes`, and what raises it."""

    code: str
    find: Callable[[View], Iterator[Remark]]


DETECTORS: tuple[Detector, ...] = (
    Detector("origin_impossible", origins.origin_impossible),
    Detector("origin_mismatch", origins.origin_mismatch),
    Detector("origin_ambiguous", origins.origin_ambiguous),
    Detector("pfs_without_death", time_to_event.pfs_without_death),
    Detector("rate_vs_time", time_to_event.rate_vs_time),
    Detector("dose_missing", doses.dose_missing),
    Detector("route_missing", doses.route_missing),
    Detector("frequency_missing", doses.frequency_missing),
    Detector("cycle_length_missing", doses.cycle_length_missing),
    Detector("sequence_missing", regimen.sequence_missing),
    Detector("schedule_conflict", regimen.schedule_conflict),
    Detector("repeat_undefined", regimen.repeat_undefined),
    Detector("agents_undefined", regimen.agents_undefined),
    Detector("regimen_undefined", regimen.regimen_undefined),
    Detector("discontinuation_missing", regimen.discontinuation_missing),
    Detector("discontinuation_incomplete", regimen.discontinuation_incomplete),
    Detector("max_duration_missing", regimen.max_duration_missing),
    Detector("enrollment_missing", design.enrollment_missing),
    Detector("cohorts_undefined", design.cohorts_undefined),
    Detector("sample_size_rationale_missing", design.sample_size_rationale_missing),
    Detector("hypothesis_missing", design.hypothesis_missing),
    Detector("interim_missing", design.interim_missing),
    Detector("pooling_undefined", design.pooling_undefined),
    Detector("multiple_primaries", design.multiple_primaries),
    Detector("phase_vs_endpoint", design.phase_vs_endpoint),
    Detector("masking_missing", design.masking_missing),
    Detector("centres_missing", design.centres_missing),
    Detector("objective_without_endpoint", design.objective_without_endpoint),
    Detector("endpoint_absent", design.endpoint_absent),
    Detector("response_evaluability", local_treatment.response_evaluability),
    Detector("local_therapy_response", local_treatment.local_therapy_response),
    Detector("confirmation_mismatch", response.confirmation_mismatch),
    Detector("confirmation_scope", response.confirmation_scope),
    Detector("confirmation_missing", response.confirmation_missing),
    Detector("assessment_schedule_missing", response.assessment_schedule_missing),
    Detector("assessor_missing", response.assessor_missing),
    Detector("baseline_undefined", response.baseline_undefined),
    Detector("denominator_missing", denominators.denominator_missing),
    Detector("denominator_mismatch", denominators.denominator_mismatch),
    Detector("evaluable_undefined", denominators.evaluable_undefined),
    Detector("sd_duration_missing", response.sd_duration_missing),
    Detector("censoring_missing", time_to_event.censoring_missing),
    Detector("intercurrent_event_missing", time_to_event.intercurrent_event_missing),
    Detector("estimator_missing", time_to_event.estimator_missing),
    Detector("single_arm_tte", time_to_event.single_arm_tte),
    Detector("timeframe_uniform", time_to_event.timeframe_uniform),
    Detector("dlt_missing", safety.dlt_missing),
    Detector("dlt_criteria_missing", safety.dlt_criteria_missing),
    Detector("safety_runin_missing", safety.safety_runin_missing),
    Detector("safety_stopping_missing", safety.safety_stopping_missing),
    Detector("ae_criteria_missing", safety.ae_criteria_missing),
    Detector("ae_window", safety.ae_window),
    Detector("ae_attribution_missing", safety.ae_attribution_missing),
)


def check_protocol(protocol: Protocol) -> tuple[Finding, ...]:
    """Everything that a protocol leaves open or contradicts, errors first.

    Only the values of the protocol are looked at; the quotes are those of its sources. Each option
    without a value that no other finding names ends as a note of its own ("option_open").
    """
    found = questions(protocol)
    return tuple(
        sorted((*found, *notes_on_options(protocol, found)), key=lambda one: _RANK[one.severity])
    )


def questions(protocol: Protocol) -> tuple[Finding, ...]:
    """What the detectors raise, in their order."""
    view = View(protocol)
    return tuple(
        _finding(view, detector, remark) for detector in DETECTORS for remark in detector.find(view)
    )


def notes_on_options(protocol: Protocol, found: Iterable[Finding]) -> Iterator[Finding]:
    """A note for each open option that none of the findings proposes a value for."""
    named = {path for finding in found for path in finding.proposal or {}}
    return options_open(View(protocol), named)


def _finding(view: View, detector: Detector, remark: Remark) -> Finding:
    source = view.source(remark.quoted or remark.path)
    return _validated(
        {
            "code": detector.code,
            "severity": remark.severity or SEVERITY[detector.code],
            "path": remark.path,
            "message": remark.message,
            "quote": source.quote if source else None,
            "start": source.start if source else None,
            "end": source.end if source else None,
            "proposal": dict(remark.values) or None,
            "reason": remark.reason,
            "rule": remark.rule,
        }
    )


#: Checks like `Finding(...)`, in half the time.
_validated: Callable[[dict[str, Any]], Finding] = Finding.__pydantic_validator__.validate_python
