"""The stages joined: ADaM to all results of a trial.

Plain composition; nothing is decided in this file. `derive` is the stage before
(`trialwright.adam.derive`), `main_job` the whole way from a record to a report.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from trialwright._version import __version__
from trialwright.core.results import Json, Result
from trialwright.core.tables import Adam
from trialwright.endpoints.adverse_event_checks import ae_checks
from trialwright.endpoints.catalogue import analyze_endpoints
from trialwright.endpoints.characteristics import describe_characteristics
from trialwright.endpoints.cohort_differences import compare_cohorts
from trialwright.endpoints.concordance.result import describe_concordance
from trialwright.endpoints.cross_checks import Analysis, require_consistency
from trialwright.endpoints.discrepancies import compare_stated
from trialwright.endpoints.disposition import describe_disposition
from trialwright.endpoints.exposure import describe_exposure
from trialwright.endpoints.irecist.results import analyze_immune
from trialwright.endpoints.laboratory.results import analyze_laboratory
from trialwright.endpoints.local_history import analyze_local_therapy
from trialwright.endpoints.mrecist.results import analyze_mrecist
from trialwright.endpoints.patient_course import describe_patient_course
from trialwright.endpoints.pending import describe_pending
from trialwright.endpoints.population import subsets
from trialwright.endpoints.safety_results import analyze_safety
from trialwright.endpoints.sensitivity import describe_options
from trialwright.endpoints.specification_curve import describe_specifications
from trialwright.endpoints.subgroups import describe_subgroups
from trialwright.endpoints.without_lesions import describe_baseline_lesions, describe_depth
from trialwright.protocol.model import Protocol
from trialwright.protocol.settled import settled_response


@dataclass(frozen=True, slots=True)
class Results(Mapping[str, Result]):
    """The results of an analysis by key: `results["ORR"]`, `results["ORR.COLORECTAL"]`."""

    items_: tuple[Result, ...]
    about: Mapping[str, Json]

    def __getitem__(self, key: str) -> Result:
        """The result of that key."""
        for result in self.items_:
            if result.key == key:
                return result
        raise KeyError(key)

    def __iter__(self) -> Iterator[str]:
        """The keys in the order of the report."""
        return iter(result.key for result in self.items_)

    def __len__(self) -> int:
        """The number of results."""
        return len(self.items_)

    def to_json(self) -> str:
        """All results as JSON text, unrounded, with what they were derived from."""
        body = {result.key: result.to_json() for result in self.items_}
        content = {"about": dict(self.about), "results": body}
        return json.dumps(content, indent=1, ensure_ascii=False, allow_nan=False) + "\n"


def analyze(protocol: Protocol, adam: Adam) -> Results:
    """Every result of a trial: flow, endpoints, depth of response, courses, safety.

    Parameters
    ----------
    protocol
        Settled.
    adam
        The datasets that `derive` made, from simulated or collected data alike.

    Raises
    ------
    InconsistencyError
        When two tables contradict each other: a defect of ours, never of the data.
    """
    groups = subsets(protocol)
    results: tuple[Result, ...] = (
        *(describe_disposition(protocol, adam, group) for group in groups),
        *(describe_characteristics(protocol, adam, group) for group in groups),
        describe_baseline_lesions(protocol, adam),
        *analyze_endpoints(protocol, adam),
        *compare_cohorts(protocol, adam),
        *describe_exposure(protocol, adam),
        *analyze_safety(protocol, adam),
        *analyze_laboratory(protocol, adam),
        *analyze_immune(protocol, adam),
        *analyze_mrecist(protocol, adam),
        *describe_concordance(protocol, adam),
        *analyze_local_therapy(protocol, adam),
        *describe_depth(protocol, adam),
        *compare_stated(adam),
        *describe_pending(adam),
        *describe_options(protocol, adam),
        *describe_specifications(protocol, adam),
        describe_subgroups(protocol, adam),
        describe_patient_course(protocol, adam),
    )
    by_key = {result.key: result for result in results}
    analysis = Analysis(by_key, adam, settled_response(protocol))
    require_consistency(analysis, ae_checks(protocol, adam, by_key))
    cutoffs = adam["ADSL"]["DCUTDT"].drop_nulls().unique().sort()
    about: dict[str, Json] = {
        "protocol": protocol.id,
        "version": __version__,
        "data_cutoff": str(cutoffs[-1]) if len(cutoffs) else None,
        "subjects": adam["ADSL"].height,
        "simulated": adam.simulated or None,
        "domains_absent": list(adam.absent),
    }
    return Results(results, about)
