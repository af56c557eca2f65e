"""Treatment stopped for progression that no scan may have shown (C-07, C-12, R-058)."""

from __future__ import annotations

import polars as pl

from trialwright.core.tables import Sdtm
from trialwright.subjects.days import day_column, upper
from trialwright.subjects.reconcile import query
from trialwright.vocabulary.disposition import (
    NO_PROGRESSION_WORDS,
    PROGRESSION_TERMS,
    PROGRESSION_WORDS,
)


def clinical_progression(sdtm: Sdtm, queries: list[pl.DataFrame]) -> pl.DataFrame:
    """The day treatment was stopped for progression: USUBJID, CLPDDT, CLPDSEQ.

    Whether a scan showed the progression too is not asked here: a time to event takes the first
    of the two. A partial date is not imputed: it is a query.
    """
    words = upper("DSTERM").fill_null("")
    by_words = words.str.contains(PROGRESSION_WORDS) & ~words.str.contains(NO_PROGRESSION_WORDS)
    says = upper("DSDECOD").is_in(PROGRESSION_TERMS) | by_words
    stopped = upper("DSSCAT").fill_null("").is_in(("STUDY TREATMENT", ""))
    rows = (
        sdtm["DS"]
        .filter(says & stopped)
        .select("USUBJID", CLPDDT=day_column("DSSTDTC"), CLPDSEQ=pl.col("DSSEQ").cast(pl.String))
    )
    undated = rows.filter(pl.col("CLPDDT").is_null())
    queries.append(
        query(
            undated["USUBJID"],
            "C-12",
            "Treatment was stopped for progression without a complete date: not used.",
            do="complete the date of the disposition record",
        )
    )
    return (
        rows.drop_nulls("CLPDDT")
        .sort("USUBJID", "CLPDDT", "CLPDSEQ")
        .unique("USUBJID", keep="first", maintain_order=True)
    )
