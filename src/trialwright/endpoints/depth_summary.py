"""Depth of response by analysis set, as one line of the response table (E-12)."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import median

from trialwright.core.format import NOT_ESTIMABLE, signed
from trialwright.core.results import Json
from trialwright.core.tables import Adam
from trialwright.endpoints.depth_course import sum_courses
from trialwright.endpoints.population import enrolled_subjects, in_set
from trialwright.protocol.model import Protocol
from trialwright.protocol.rules import AnalysisSet
from trialwright.protocol.settled import settled_response


@dataclass(frozen=True, slots=True)
class DepthSummary:
    """Best percent change of those who have one, among the subjects of a set."""

    analysis_set: AnalysisSet
    subjects: int
    values: tuple[float, ...]

    def cell(self) -> str:
        """Median and range with the number of subjects who have a value."""
        if not self.values:
            return f"{NOT_ESTIMABLE} (n = 0)"
        low, high = signed(min(self.values)), signed(max(self.values))
        return f"{signed(median(self.values))} ({low} to {high}), n = {len(self.values)}"

    def to_json(self) -> dict[str, Json]:
        """Median and range unrounded, with both numbers of subjects."""
        known = self.values
        return {
            "analysis_set": self.analysis_set,
            "subjects": self.subjects,
            "measured": len(known),
            "median_percent": median(known) if known else None,
            "lowest_percent": min(known) if known else None,
            "highest_percent": max(known) if known else None,
        }


def depth_by_set(
    protocol: Protocol, adam: Adam, subset: str, sets: tuple[AnalysisSet, ...]
) -> tuple[DepthSummary, ...]:
    """Depth of response in each analysis set; empty where lesions were not collected.

    Parameters
    ----------
    adam
        ADSL; ADTR with SUMDIAM; ADRS with OVR and CBOR.
    """
    rule = settled_response(protocol)
    if rule.response_source != "lesions" or "ADTR" not in adam.datasets:
        return ()
    subjects = enrolled_subjects(adam, subset)
    courses = sum_courses(adam, subjects, rule)
    best = {one.usubjid: one.best.percent for one in courses if one.best is not None}
    found = []
    for name in sets:
        members = in_set(subjects, name)["USUBJID"].to_list()
        values = tuple(best[one] for one in members if one in best)
        found.append(DepthSummary(name, len(members), values))
    return tuple(found)
