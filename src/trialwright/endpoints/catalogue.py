"""Which estimator answers which kind of registered endpoint, and the results of a trial."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from trialwright.core.results import Result
from trialwright.core.tables import Adam
from trialwright.endpoints.adverse_events import estimate_adverse_events
from trialwright.endpoints.clinical_benefit import estimate_clinical_benefit
from trialwright.endpoints.disease_control import estimate_disease_control
from trialwright.endpoints.dose_limiting import estimate_dose_limiting
from trialwright.endpoints.duration_of_response import estimate_duration_of_response
from trialwright.endpoints.landmark_rate import estimate_landmark_rate, estimate_survival_rate
from trialwright.endpoints.not_derived import NotDerived
from trialwright.endpoints.objective_response import estimate_objective_response
from trialwright.endpoints.overall_survival import estimate_overall_survival
from trialwright.endpoints.population import subsets
from trialwright.endpoints.progression_free_survival import estimate_progression_free_survival
from trialwright.endpoints.refusals import refused_questions
from trialwright.endpoints.time_to_failure import estimate_time_to_failure
from trialwright.endpoints.time_to_progression import estimate_time_to_progression
from trialwright.endpoints.time_to_response import estimate_time_to_response
from trialwright.protocol.model import Protocol
from trialwright.protocol.rules import EndpointDefinition, EndpointKind

Estimator: TypeAlias = Callable[[Protocol, Adam, str], Result]

#: Estimator by kind of endpoint. Adding an endpoint is one file and one line here.
ENDPOINTS: dict[EndpointKind, Estimator] = {
    "ORR": estimate_objective_response,
    "DCR": estimate_disease_control,
    "CBR": estimate_clinical_benefit,
    "DOR": estimate_duration_of_response,
    "TTR": estimate_time_to_response,
    "PFS": estimate_progression_free_survival,
    "PFS_RATE": estimate_landmark_rate,
    "TTP": estimate_time_to_progression,
    "TTF": estimate_time_to_failure,
    "OS": estimate_overall_survival,
    "OS_RATE": estimate_survival_rate,
    "AE": estimate_adverse_events,
    "SAE": estimate_adverse_events,
    "DLT": estimate_dose_limiting,
}

#: Kinds that every report shows, registered or not (ICH E3, sections 11.4 and 12.2).
ALWAYS: tuple[EndpointKind, ...] = ("ORR", "DCR", "CBR", "DOR", "TTR", "PFS", "OS", "AE")
_EVENT_KINDS = ("AE", "SAE", "DLT")
_RATES = ("PFS_RATE", "OS_RATE")
_OTHERWISE = "Endpoints of kind {kind} are not derived from trial data; report this one by hand."
#: Kinds without an estimate, with what the report has instead or what the data lack.
_BY_HAND: dict[EndpointKind, str] = {
    "TUMOR_SIZE": "Change of tumour size is shown patient by patient as depth of response "
    "(waterfall and spider, E-12); a mean over patients is not derived.",
    "CONVERSION_RESECTION": "Resection for cure and its margin (R0) are decided outside the "
    "collected domains; count them by hand over all enrolled (E-16).",
    "QOL": "Endpoints of kind QOL (quality of life, E-17) are not derived: questionnaires are not "
    "among the domains that are read; report this one by hand.",
    "MORTALITY": "Deaths are the events of overall survival (T-9) and of the flow (T-1).",
}
_USUAL: dict[EndpointKind, str] = {
    "ORR": "Objective response rate",
    "DCR": "Disease control rate",
    "CBR": "Clinical benefit rate",
    "DOR": "Duration of response",
    "TTR": "Time to response",
    "PFS": "Progression-free survival",
    "TTP": "Time to progression",
    "OS": "Overall survival",
    "AE": "Adverse events",
}


def analyze_endpoints(protocol: Protocol, adam: Adam) -> tuple[Result, ...]:
    """Every endpoint of a trial, for all subjects and for each cohort.

    Registered endpoints come first, in their order and primary before secondary; then the usual
    ones that are not registered. An endpoint that cannot be derived is a `NotDerived` result.

    Parameters
    ----------
    protocol
        Settled.
    adam
        ADSL, ADRS, ADTTE and ADAE.

    Raises
    ------
    ProtocolError
        When options that an estimate needs are still open.
    """
    results: list[Result] = []
    seen: set[Estimator] = set()
    for definition in sorted(protocol.endpoints, key=_is_secondary):
        refused = refused_questions(protocol, definition)
        why_not = _why_not(definition, adam)
        if why_not is None:
            results += _estimates(ENDPOINTS[definition.kind], seen, protocol, adam)
        elif not refused:
            results.append(NotDerived(definition=definition, reason=why_not))
        results += refused
    for kind in (*ALWAYS, *_besides(protocol)):
        usual = EndpointDefinition(id=kind, kind=kind, role="secondary", measure=_USUAL[kind])
        why_not = _why_not(usual, adam)
        if why_not is None:
            results += _estimates(ENDPOINTS[kind], seen, protocol, adam)
        elif not any(one.kind == kind for one in protocol.endpoints):
            results.append(NotDerived(definition=usual, reason=why_not))
    return tuple(results)


def _besides(protocol: Protocol) -> tuple[EndpointKind, ...]:
    """TTP where a registered PFS names its events and leaves out death (E-07)."""
    events = (one.events for one in protocol.endpoints if one.kind in {"PFS", "PFS_RATE"})
    return ("TTP",) if any(said and "death" not in said for said in events) else ()


def _estimates(
    estimate: Estimator, seen: set[Estimator], protocol: Protocol, adam: Adam
) -> list[Result]:
    """One result a subset, once: an estimator answers all endpoints of its kind together."""
    if estimate in seen:
        return []
    seen.add(estimate)
    return [estimate(protocol, adam, subset) for subset in subsets(protocol)]


def _is_secondary(definition: EndpointDefinition) -> bool:
    return definition.role != "primary"


def _why_not(definition: EndpointDefinition, adam: Adam) -> str | None:
    """Why an endpoint has no estimate: nothing is counted from data that were not delivered."""
    if definition.kind in _EVENT_KINDS and "AE" in adam.absent:
        return "No file of adverse events (AE) was delivered: nothing can be counted."
    if definition.kind not in ENDPOINTS:
        return _BY_HAND.get(definition.kind, _OTHERWISE.format(kind=definition.kind))
    if definition.kind in _RATES and definition.landmark_months is None:
        return (
            f"The protocol does not say at how many months; set endpoints.{definition.id}."
            "landmark_months."
        )
    return None
