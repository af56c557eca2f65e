"""Which estimator answers which kind of registered endpoint, and the results of a trial."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from trialwright.core.results import Result
from trialwright.core.tables import Adam
from trialwright.endpoints.adverse_events import estimate_adverse_events
from trialwright.endpoints.disease_control import estimate_disease_control
from trialwright.endpoints.duration_of_response import estimate_duration_of_response
from trialwright.endpoints.landmark_rate import estimate_landmark_rate
from trialwright.endpoints.not_derived import NotDerived
from trialwright.endpoints.objective_response import estimate_objective_response
from trialwright.endpoints.overall_survival import estimate_overall_survival
from trialwright.endpoints.population import subsets
from trialwright.endpoints.progression_free_survival import estimate_progression_free_survival
from trialwright.protocol.model import Protocol
from trialwright.protocol.rules import EndpointDefinition, EndpointKind

Estimator: TypeAlias = Callable[[Protocol, Adam, str], Result]

#: Estimator by kind of endpoint. Adding an endpoint is one file and one line here.
ENDPOINTS: dict[EndpointKind, Estimator] = {
    "ORR": estimate_objective_response,
    "DCR": estimate_disease_control,
    "DOR": estimate_duration_of_response,
    "PFS": estimate_progression_free_survival,
    "PFS_RATE": estimate_landmark_rate,
    "OS": estimate_overall_survival,
    "AE": estimate_adverse_events,
    "SAE": estimate_adverse_events,
}

#: Kinds that every report shows, registered or not (ICH E3, sections 11.4 and 12.2).
ALWAYS: tuple[EndpointKind, ...] = ("ORR", "DCR", "DOR", "PFS", "OS", "AE")
_EVENT_KINDS = ("AE", "SAE")
_USUAL: dict[EndpointKind, str] = {
    "ORR": "Objective response rate",
    "DCR": "Disease control rate",
    "DOR": "Duration of response",
    "PFS": "Progression-free survival",
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
    registered = sorted(protocol.endpoints, key=_is_secondary)
    for definition in registered:
        refusal = _refusal(definition, adam)
        if refusal is not None:
            results.append(NotDerived(definition=definition, reason=refusal))
            continue
        results += _estimates(ENDPOINTS[definition.kind], seen, protocol, adam)
    for kind in ALWAYS:
        usual = EndpointDefinition(id=kind, kind=kind, role="secondary", measure=_USUAL[kind])
        refusal = _refusal(usual, adam)
        if refusal is None:
            results += _estimates(ENDPOINTS[kind], seen, protocol, adam)
        elif not any(one.kind == kind for one in protocol.endpoints):
            results.append(NotDerived(definition=usual, reason=refusal))
    return tuple(results)


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


def _refusal(definition: EndpointDefinition, adam: Adam) -> str | None:
    """Why an endpoint has no estimate: nothing is counted from data that were not delivered."""
    if definition.kind in _EVENT_KINDS and "AE" in adam.absent:
        return "No file of adverse events (AE) was delivered: nothing can be counted."
    if definition.kind not in ENDPOINTS:
        return (
            f"Endpoints of kind {definition.kind} are not derived from trial data; report this one "
            "by hand."
        )
    if definition.kind == "PFS_RATE" and definition.landmark_months is None:
        return (
            f"The protocol does not say at how many months; set endpoints.{definition.id}."
            "landmark_months."
        )
    return None
