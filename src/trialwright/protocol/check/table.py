"""The detectors, one line each, and the check that runs them.

Adding a detector is one function and one line in `DETECTORS`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from trialwright.protocol.base import Finding, Severity
from trialwright.protocol.check import design, origins, regimen, response, safety, time_to_event
from trialwright.protocol.check.options_open import options_open
from trialwright.protocol.check.view import Remark, View
from trialwright.protocol.model import Protocol

_RANK: dict[Severity, int] = {"error": 0, "warning": 1, "note": 2}


@dataclass(frozen=True, slots=True)
class Detector:
    """A kind of question: its code, its usual severity, and the function that raises it."""

    code: str
    severity: Severity
    find: Callable[[View], Iterator[Remark]]


DETECTORS: tuple[Detector, ...] = (
    Detector("origin_impossible", "error", origins.origin_impossible),
    Detector("origin_mismatch", "error", origins.origin_mismatch),
    Detector("origin_ambiguous", "warning", origins.origin_ambiguous),
    Detector("pfs_without_death", "error", time_to_event.pfs_without_death),
    Detector("rate_vs_time", "error", time_to_event.rate_vs_time),
    Detector("dose_missing", "warning", regimen.dose_missing),
    Detector("route_missing", "note", regimen.route_missing),
    Detector("frequency_missing", "warning", regimen.frequency_missing),
    Detector("cycle_length_missing", "warning", regimen.cycle_length_missing),
    Detector("sequence_missing", "warning", regimen.sequence_missing),
    Detector("schedule_conflict", "error", regimen.schedule_conflict),
    Detector("repeat_undefined", "warning", regimen.repeat_undefined),
    Detector("agents_undefined", "error", regimen.agents_undefined),
    Detector("regimen_undefined", "warning", regimen.regimen_undefined),
    Detector("discontinuation_missing", "error", regimen.discontinuation_missing),
    Detector("discontinuation_incomplete", "note", regimen.discontinuation_incomplete),
    Detector("max_duration_missing", "note", regimen.max_duration_missing),
    Detector("enrollment_missing", "error", design.enrollment_missing),
    Detector("cohorts_undefined", "error", design.cohorts_undefined),
    Detector("sample_size_rationale_missing", "warning", design.sample_size_rationale_missing),
    Detector("hypothesis_missing", "warning", design.hypothesis_missing),
    Detector("interim_missing", "warning", design.interim_missing),
    Detector("pooling_undefined", "warning", design.pooling_undefined),
    Detector("multiple_primaries", "warning", design.multiple_primaries),
    Detector("phase_vs_endpoint", "warning", design.phase_vs_endpoint),
    Detector("masking_missing", "note", design.masking_missing),
    Detector("centres_missing", "note", design.centres_missing),
    Detector("objective_without_endpoint", "error", design.objective_without_endpoint),
    Detector("endpoint_absent", "note", design.endpoint_absent),
    Detector("response_evaluability", "error", response.response_evaluability),
    Detector("local_therapy_response", "warning", response.local_therapy_response),
    Detector("confirmation_mismatch", "warning", response.confirmation_mismatch),
    Detector("confirmation_scope", "note", response.confirmation_scope),
    Detector("confirmation_missing", "warning", response.confirmation_missing),
    Detector("assessment_schedule_missing", "warning", response.assessment_schedule_missing),
    Detector("assessor_missing", "warning", response.assessor_missing),
    Detector("baseline_undefined", "warning", response.baseline_undefined),
    Detector("denominator_missing", "warning", response.denominator_missing),
    Detector("denominator_mismatch", "warning", response.denominator_mismatch),
    Detector("evaluable_undefined", "warning", response.evaluable_undefined),
    Detector("sd_duration_missing", "note", response.sd_duration_missing),
    Detector("censoring_missing", "warning", time_to_event.censoring_missing),
    Detector("intercurrent_event_missing", "warning", time_to_event.intercurrent_event_missing),
    Detector("estimator_missing", "warning", time_to_event.estimator_missing),
    Detector("single_arm_tte", "warning", time_to_event.single_arm_tte),
    Detector("timeframe_uniform", "note", time_to_event.timeframe_uniform),
    Detector("dlt_missing", "error", safety.dlt_missing),
    Detector("dlt_criteria_missing", "warning", safety.dlt_criteria_missing),
    Detector("safety_runin_missing", "warning", safety.safety_runin_missing),
    Detector("safety_stopping_missing", "warning", safety.safety_stopping_missing),
    Detector("ae_criteria_missing", "warning", safety.ae_criteria_missing),
    Detector("ae_window", "note", safety.ae_window),
    Detector("ae_attribution_missing", "note", safety.ae_attribution_missing),
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
    return Finding(
        code=detector.code,
        severity=remark.severity or detector.severity,
        path=remark.path,
        message=remark.message,
        quote=source.quote if source else None,
        start=source.start if source else None,
        end=source.end if source else None,
        proposal=dict(remark.values) or None,
        reason=remark.reason,
        rule=remark.rule,
    )
