"""Counts of adverse events that are not serious: ADAE, since no table shows them alone."""

from __future__ import annotations

import polars as pl

from trialwright.core.tables import Adam
from trialwright.endpoints.event_counts import emergent_events
from trialwright.endpoints.population import ALL
from trialwright.endpoints.safety_set import safety_subjects

_SOC = pl.col("AEBODSYS").str.strip_chars().str.to_uppercase()
_PT = pl.coalesce("AEDECOD", "AETERM").str.strip_chars().str.to_uppercase()


def records_where(subset: str, *, serious: bool) -> pl.Expr:
    """Emergent records of ADAE of the safety set (with ADSL columns), serious or the others."""
    is_serious = (pl.col("AESER") == "Y").fill_null(value=False)
    where = (
        (pl.col("TRTEMFL") == "Y")
        & (pl.col("SAFFL") == "Y")
        & (is_serious if serious else ~is_serious)
    )
    return where if subset == ALL else where & (pl.col("COHORT") == subset)


def is_term(key: tuple[str, str]) -> pl.Expr:
    """Records of a term in its organ system, both in capitals."""
    system, term = key
    return _SOC.eq(system) & _PT.eq(term)


def listed_where(subset: str, terms: tuple[tuple[str, str], ...]) -> pl.Expr:
    """Records of any of the listed terms."""
    listed = pl.lit(value=False)
    for key in terms:
        listed |= is_term(key)
    return records_where(subset, serious=False) & listed


def affected_by(adam: Adam, subset: str, terms: tuple[tuple[str, str], ...]) -> int:
    """Subjects with at least one listed event that is not serious."""
    events = emergent_events(adam["ADAE"], safety_subjects(adam, subset))
    is_other = ~(pl.col("AESER") == "Y").fill_null(value=False)
    keys = pl.DataFrame(terms, schema={"S": pl.String, "T": pl.String}, orient="row")
    named = events.filter(is_other).with_columns(
        S=pl.col("SOC").str.to_uppercase(), T=pl.col("PT").str.to_uppercase()
    )
    return named.join(keys, on=["S", "T"], how="semi")["USUBJID"].n_unique()
