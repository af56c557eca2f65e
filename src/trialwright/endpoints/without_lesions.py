"""Results that need lesions, where lesions were not collected (R-142)."""

from __future__ import annotations

from trialwright.core.results import Result
from trialwright.core.tables import Adam
from trialwright.endpoints.baseline_validity import describe_baseline
from trialwright.endpoints.depth_of_response import describe_depth_of_response
from trialwright.endpoints.not_derived import NotDerived
from trialwright.endpoints.population import subsets
from trialwright.protocol.model import Protocol
from trialwright.protocol.rules import EndpointDefinition

NO_LESIONS = (
    "Not derived: lesions were not collected. Responses are taken as the reader reported them "
    "(response_source: reported, R-142), so there is no baseline to check, no sum of diameters, no "
    "waterfall and no spider plot."
)


def describe_depth(protocol: Protocol, adam: Adam) -> tuple[Result, ...]:
    """Depth of response for all subjects and each cohort, or why there is none.

    Parameters
    ----------
    protocol
        Settled; `response_source` says whether lesions are there.
    adam
        As `describe_depth_of_response`.
    """
    if protocol.response.response_source != "reported":
        return tuple(
            describe_depth_of_response(protocol, adam, group) for group in subsets(protocol)
        )
    return (_not_derived("DEPTH", "Depth of response"),)


def describe_baseline_lesions(protocol: Protocol, adam: Adam) -> Result:
    """The baseline and its validity, or why nothing can be said of it.

    Parameters
    ----------
    protocol, adam
        As `describe_baseline`.
    """
    if protocol.response.response_source != "reported":
        return describe_baseline(protocol, adam)
    return _not_derived("BASELINE", "Baseline and its validity")


def _not_derived(key: str, measure: str) -> NotDerived:
    definition = EndpointDefinition(id=key, kind="TUMOR_SIZE", role="secondary", measure=measure)
    return NotDerived(definition=definition, reason=NO_LESIONS)
