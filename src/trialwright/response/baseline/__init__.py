"""Is the baseline valid? Findings about the lesions as delivered; nothing is dropped (section 2)."""

from trialwright.response.baseline.checks import baseline_queries
from trialwright.response.baseline.terms import organ_of

__all__ = ["baseline_queries", "organ_of"]
