"""A proportion of subjects with its two-sided interval: the building block of ORR and DCR."""

from __future__ import annotations

from dataclasses import dataclass

from trialwright.core.format import n_pct, pct_range, percent
from trialwright.core.results import Json
from trialwright.endpoints.population import SET_LABELS
from trialwright.protocol.rules import AnalysisSet
from trialwright.protocol.settled import SettledAnalysis
from trialwright.stats.binomial import METHOD_NAMES, ProportionMethod, proportion_interval


@dataclass(frozen=True, slots=True, kw_only=True)
class Proportion:
    """Subjects with a property among those of an analysis set.

    The limits are `None` when the set is empty.
    """

    analysis_set: AnalysisSet
    count: int
    subjects: int
    lower: float | None
    upper: float | None
    conf_level: float
    method: ProportionMethod

    @property
    def rate(self) -> float | None:
        """Share between 0 and 1, `None` when the set is empty."""
        return self.count / self.subjects if self.subjects else None

    @property
    def interval_name(self) -> str:
        """Level and method of the interval."""
        return f"{interval_level(self.conf_level)}, {METHOD_NAMES[self.method]}"

    def cell(self) -> str:
        """`n (%) [interval]` as a table cell."""
        if not self.subjects:
            return "nobody in this set"
        return f"{n_pct(self.count, self.subjects)} [{pct_range(self.lower, self.upper)}]"

    def words(self) -> str:
        """`9/30 (30 %), 95 % CI 14.7 to 49.4 %` for a sentence."""
        if not self.subjects:
            return f"nobody in the set ({SET_LABELS[self.analysis_set]})"
        share = f"{self.count}/{self.subjects} ({percent(self.count, self.subjects)} %)"
        level = interval_level(self.conf_level)
        return f"{share}, {level} {pct_range(self.lower, self.upper)} %"

    def to_json(self) -> dict[str, Json]:
        """Counts, rate and limits, unrounded."""
        return {
            "analysis_set": self.analysis_set,
            "count": self.count,
            "subjects": self.subjects,
            "rate": self.rate,
            "lower": self.lower,
            "upper": self.upper,
            "conf_level": self.conf_level,
            "method": self.method,
        }


def interval_level(conf_level: float) -> str:
    """`95 % CI`."""
    return f"{100 * conf_level:g} % CI"


def estimate_proportion(
    count: int, subjects: int, analysis_set: AnalysisSet, rule: SettledAnalysis
) -> Proportion:
    """A proportion with the interval that the protocol names (rule T-01)."""
    lower, upper = (
        proportion_interval(count, subjects, rule.conf_level, rule.prop_ci)
        if subjects
        else (None, None)
    )
    return Proportion(
        analysis_set=analysis_set,
        count=count,
        subjects=subjects,
        lower=lower,
        upper=upper,
        conf_level=rule.conf_level,
        method=rule.prop_ci,
    )
