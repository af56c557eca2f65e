"""The detectors, one line each, and the check that runs them.

Adding a detector is one function and one line in `DETECTORS`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeAlias

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
from trialwright.protocol.check.rows import Row, findings_of_rows
from trialwright.protocol.check.view import (
    ASSESSED,
    MEASURED,
    PROGRESSION,
    PROPORTIONS,
    RESPONSE,
    TIME_TO_EVENT,
    Remark,
    Trait,
    View,
    view_of,
)
from trialwright.protocol.model import Protocol

_Find: TypeAlias = Callable[[View], Iterator[Remark]]
_RANK: dict[Severity, int] = {"error": 0, "warning": 1, "note": 2}


@dataclass(frozen=True, slots=True)
class Detector:
    """A kind of question: its code, whose severity stands in `codes`, and what raises it.

    `needs` are kinds of endpoints, and `trait` is what the protocol has; without any of the kinds, or
    without the trait, there is nothing to ask.
    """

    code: str
    find: _Find
    needs: frozenset[str] = frozenset()
    trait: Trait | None = None


DETECTORS: tuple[Detector, ...] = (
    Detector("origin_impossible", origins.origin_impossible, TIME_TO_EVENT),
    Detector("origin_mismatch", origins.origin_mismatch, TIME_TO_EVENT),
    Detector("origin_ambiguous", origins.origin_ambiguous, TIME_TO_EVENT),
    Detector("pfs_without_death", time_to_event.pfs_without_death, PROGRESSION),
    Detector("rate_vs_time", time_to_event.rate_vs_time, TIME_TO_EVENT),
    Detector("dose_missing", doses.dose_missing),
    Detector("route_missing", doses.route_missing),
    Detector("frequency_missing", doses.frequency_missing, trait="repeated agents"),
    Detector("cycle_length_missing", doses.cycle_length_missing, trait="repeated agents"),
    Detector("sequence_missing", regimen.sequence_missing, trait="procedures"),
    Detector("schedule_conflict", regimen.schedule_conflict, trait="anchors"),
    Detector("puncture_gap", regimen.puncture_gap, trait="anchors"),
    Detector("repeat_undefined", regimen.repeat_undefined, trait="ablation"),
    Detector("agents_undefined", regimen.agents_undefined, trait="choice"),
    Detector("regimen_undefined", regimen.regimen_undefined, trait="choice"),
    Detector("discontinuation_missing", regimen.discontinuation_missing, trait="repeated agents"),
    Detector("discontinuation_incomplete", regimen.discontinuation_incomplete, trait="until"),
    Detector("max_duration_missing", regimen.max_duration_missing, trait="until"),
    Detector("enrollment_missing", design.enrollment_missing),
    Detector("cohorts_undefined", design.cohorts_undefined, trait="cohorts"),
    Detector("sample_size_rationale_missing", design.sample_size_rationale_missing, trait="size"),
    Detector("hypothesis_missing", design.hypothesis_missing),
    Detector("interim_missing", design.interim_missing),
    Detector("pooling_undefined", design.pooling_undefined, trait="cohorts"),
    Detector("multiple_primaries", design.multiple_primaries, trait="several primaries"),
    Detector("phase_vs_endpoint", design.phase_vs_endpoint),
    Detector("masking_missing", design.masking_missing),
    Detector("centres_missing", design.centres_missing),
    Detector("objective_without_endpoint", design.objective_without_endpoint, trait="phase 1"),
    Detector("endpoint_absent", design.endpoint_absent),
    Detector("response_evaluability", local_treatment.response_evaluability, RESPONSE, "ablation"),
    Detector(
        "local_therapy_response",
        local_treatment.local_therapy_response,
        ASSESSED,
        "local treatment",
    ),
    Detector("confirmation_mismatch", response.confirmation_mismatch, RESPONSE),
    Detector("confirmation_scope", response.confirmation_scope, PROPORTIONS),
    Detector("confirmation_missing", response.confirmation_missing, PROPORTIONS),
    Detector("assessment_schedule_missing", response.assessment_schedule_missing, ASSESSED),
    Detector("assessor_missing", response.assessor_missing, ASSESSED),
    Detector("baseline_undefined", response.baseline_undefined, MEASURED),
    Detector("denominator_missing", denominators.denominator_missing, PROPORTIONS),
    Detector("denominator_mismatch", denominators.denominator_mismatch, PROPORTIONS),
    Detector("evaluable_undefined", denominators.evaluable_undefined),
    Detector("sd_duration_missing", response.sd_duration_missing, PROPORTIONS),
    Detector("censoring_missing", time_to_event.censoring_missing, TIME_TO_EVENT),
    Detector("intercurrent_event_missing", time_to_event.intercurrent_event_missing, ASSESSED),
    Detector("estimator_missing", time_to_event.estimator_missing, TIME_TO_EVENT),
    Detector("single_arm_tte", time_to_event.single_arm_tte, TIME_TO_EVENT, "single arm"),
    Detector("timeframe_uniform", time_to_event.timeframe_uniform, TIME_TO_EVENT),
    Detector("dlt_missing", safety.dlt_missing, trait="phase 1"),
    Detector("dlt_criteria_missing", safety.dlt_criteria_missing),
    Detector("safety_runin_missing", safety.safety_runin_missing, trait="phase 1"),
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
    return findings_of_rows(question_rows(view_of(protocol)))


def question_rows(view: View) -> list[Row]:
    """The same as rows, unchecked."""
    rows: list[Row] = []
    traits = view.traits
    for code, usual, find, trait in _detectors(view.kinds):
        if trait is not None and trait not in traits:
            continue
        for path, message, values, reason, rule, severity, quoted in find(view):
            source = view.source(quoted or path)
            rows.append(
                {
                    "code": code,
                    "severity": severity or usual,
                    "path": path,
                    "message": message,
                    "quote": source.quote if source else None,
                    "start": source.start if source else None,
                    "end": source.end if source else None,
                    "proposal": values or None,
                    "reason": reason,
                    "rule": rule,
                }
            )
    return rows


@lru_cache(maxsize=4_096)
def _detectors(kinds: frozenset[str]) -> tuple[tuple[str, Severity, _Find, Trait | None], ...]:
    """The detectors that can find something in a protocol with endpoints of these kinds."""
    return tuple(
        [
            (one.code, SEVERITY[one.code], one.find, one.trait)
            for one in DETECTORS
            if not (one.needs and one.needs.isdisjoint(kinds))
        ]
    )


def notes_on_options(protocol: Protocol, found: Iterable[Finding]) -> Iterator[Finding]:
    """A note for each open option that none of the findings proposes a value for."""
    named = {path for finding in found for path in finding.proposal or {}}
    return options_open(view_of(protocol), named)
