"""Best overall response of each subject, and its distribution in an analysis set (E-01)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from trialwright.core.results import Json
from trialwright.core.tables import Adam
from trialwright.endpoints.headline import headline_rows
from trialwright.endpoints.population import in_set
from trialwright.protocol.rules import AnalysisSet
from trialwright.response.best_overall import WHY_TEXT, Why

#: ADRS parameter of the unconfirmed and of the confirmed best overall response.
PARAMETER = {False: "BOR", True: "CBOR"}
RESPONDERS = ("CR", "PR")
CONTROLLED = ("CR", "PR", "SD", "NON-CR/NON-PD")
#: Order of the categories in tables.
CATEGORIES = ("CR", "PR", "SD", "NON-CR/NON-PD", "PD", "NE", "MISSING", "NED")
#: Why a subject is not evaluable, as shell T-7 always lists it (R-065).
USUAL_REASONS = (
    WHY_TEXT[Why.NOT_YET], WHY_TEXT[Why.ALL_NE], WHY_TEXT[Why.TOO_EARLY], WHY_TEXT[Why.EARLY_DEATH],
)  # fmt: skip
NO_RECORD = "no best overall response in ADRS"


@dataclass(frozen=True, slots=True, kw_only=True)
class BestResponses:
    """Number of subjects by best overall response in one analysis set.

    Attributes
    ----------
    counts
        Subjects by category, every category of `CATEGORIES`.
    reasons
        Why subjects are not evaluable, most frequent first.
    pending
        Subjects with an unconfirmed response that a later scan may still confirm (R-070).
    unmeasurable
        Subjects without measurable disease at baseline (R-015, R-105).
    """

    analysis_set: AnalysisSet
    subjects: int
    counts: Mapping[str, int]
    reasons: tuple[tuple[str, int], ...]
    pending: int
    unmeasurable: int

    def among(self, categories: tuple[str, ...]) -> int:
        """Subjects whose best overall response is one of `categories`."""
        return sum(self.counts[category] for category in categories)

    def to_json(self) -> dict[str, Json]:
        """The counts by category and the reasons for NE."""
        return {
            "analysis_set": self.analysis_set,
            "subjects": self.subjects,
            "counts": dict(self.counts),
            "reasons_not_evaluable": dict(self.reasons),
            "unconfirmed_pending": self.pending,
            "without_measurable_disease": self.unmeasurable,
        }


def best_responses(
    adam: Adam, subjects: pl.DataFrame, evaluator: str, *, confirmed: bool
) -> pl.DataFrame:
    """One row per subject with the best overall response; a subject without one is NE.

    Parameters
    ----------
    adam
        ADRS with the parameters of `PARAMETER`, at most one record a subject and evaluator.
    subjects
        Rows of ADSL.
    evaluator
        Whose reading counts (R-072).
    confirmed
        Confirmed or unconfirmed best overall response.

    Returns
    -------
    pl.DataFrame
        The rows of `subjects` with `AVALC`, `UNCONFFL` and `REASON`.
    """
    rows = headline_rows(adam, "ADRS", evaluator).filter(pl.col("PARAMCD") == PARAMETER[confirmed])
    best = rows.select("USUBJID", "AVALC", "UNCONFFL", "REASON")
    missing = pl.col("AVALC").is_null()
    return subjects.join(best, on="USUBJID", how="left", maintain_order="left").with_columns(
        pl.when(missing).then(pl.lit(NO_RECORD)).otherwise(pl.col("REASON")).alias("REASON"),
        AVALC=pl.col("AVALC").fill_null("NE"),
    )


def response_counts(responses: pl.DataFrame, analysis_set: AnalysisSet) -> BestResponses:
    """Distribution of the best overall response in an analysis set.

    Parameters
    ----------
    responses
        As `best_responses` returns them.
    """
    members = in_set(responses, analysis_set)
    found = Counter(members["AVALC"].to_list())
    unevaluable = members.filter(pl.col("AVALC").is_in(["NE", "MISSING"]))
    reasons = Counter(_reason(text) for text in unevaluable["REASON"].to_list())
    return BestResponses(
        analysis_set=analysis_set,
        subjects=members.height,
        counts={category: found[category] for category in CATEGORIES},
        reasons=tuple(sorted(reasons.items(), key=lambda pair: (-pair[1], pair[0]))),
        pending=members.filter(pl.col("UNCONFFL") == "Y").height,
        unmeasurable=members.filter(pl.col("MEASFL").ne_missing("Y")).height,
    )


def _reason(text: str | None) -> str:
    """The reason without what belongs to a single patient, such as dates."""
    said = text or ""
    return next((why for why in WHY_TEXT if why and why in said), said or "reason not recorded")
