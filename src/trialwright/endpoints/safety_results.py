"""The results on safety beside the overview: related, special, serious, fatal, dose limiting, rates."""

from __future__ import annotations

from collections.abc import Iterator

from trialwright.core.results import Result
from trialwright.core.tables import Adam
from trialwright.endpoints.deaths import describe_deaths
from trialwright.endpoints.dose_limiting import estimate_dose_limiting
from trialwright.endpoints.event_rates import estimate_event_rates
from trialwright.endpoints.population import subsets
from trialwright.endpoints.related_events import estimate_related_events
from trialwright.endpoints.serious_events import estimate_serious_events
from trialwright.endpoints.special_events import estimate_special_events
from trialwright.protocol.model import Protocol


def analyze_safety(protocol: Protocol, adam: Adam) -> tuple[Result, ...]:
    """Tables T-13 to T-15, dose-limiting toxicity and rates, for all subjects and each cohort.

    Without a file of adverse events only the deaths can be counted.

    Parameters
    ----------
    protocol
        Settled.
    adam
        ADSL and ADAE.

    References
    ----------
    Rules A-02 to A-06, A-10, A-11; ICH E3, sections 12.2 and 12.3.
    """
    return tuple(_results(protocol, adam))


def _results(protocol: Protocol, adam: Adam) -> Iterator[Result]:
    delivered = "AE" not in adam.absent
    limiting = delivered and _asks_for_dose_limiting(protocol, adam)
    for subset in subsets(protocol):
        if delivered:
            yield estimate_event_rates(protocol, adam, subset)
            yield estimate_related_events(protocol, adam, subset)
            yield estimate_special_events(protocol, adam, subset)
            yield estimate_serious_events(protocol, adam, subset)
        if limiting:
            yield estimate_dose_limiting(protocol, adam, subset)
        yield describe_deaths(protocol, adam, subset)


def _asks_for_dose_limiting(protocol: Protocol, adam: Adam) -> bool:
    """A phase 1 trial, a window, criteria or a flag; a registered endpoint has its own result."""
    rule = protocol.safety
    if any(one.kind == "DLT" for one in protocol.endpoints):
        return False
    early = any("PHASE1" in phase for phase in protocol.design.phases or ())
    flagged = bool(adam["ADAE"]["DLTINVFL"].is_not_null().any())
    return early or flagged or bool(rule.dlt_window_days) or bool(rule.dlt_criteria)
