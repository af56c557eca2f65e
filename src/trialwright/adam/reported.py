"""Responses that a reader stated (RS), compared with the derived ones and never used (R-053)."""

from __future__ import annotations

import numpy as np
import polars as pl

from trialwright.core.tables import Sdtm
from trialwright.response.adapter import LesionRecords
from trialwright.response.evaluators import of_evaluator
from trialwright.subjects.days import upper
from trialwright.subjects.reconcile import unused
from trialwright.timetoevent.decisions import Decisions
from trialwright.vocabulary.recist import RESPONSE_TEXT

#: The overall response of a time point in RS.
_OVERALL = "OVRLRESP"


def compare_reported(
    sdtm: Sdtm, records: LesionRecords, decisions: Decisions, evaluator: str
) -> tuple[list[pl.DataFrame], list[pl.DataFrame]]:
    """Queries where a stated response differs from the derived one, and the records not used.

    A stated response belongs to the time point of its VISITNUM; one without a time point is listed.
    """
    read = of_evaluator("RS", sdtm["RS"], evaluator)
    rows = read.frame.with_columns(
        SAID=upper("RSSTRESC"), VISITNUM=pl.col("VISITNUM").cast(pl.Float64)
    )
    overall = upper("RSTESTCD") == _OVERALL
    stated = rows.filter(overall).join(
        records.visits, on=["USUBJID", "VISITNUM"], how="left", maintain_order="left"
    )
    placed = (pl.col("TP") > 0).fill_null(value=False)
    derived = records.points.filter(pl.col("TP") > 0).select("USUBJID", "S", "TP")
    s, v = derived["S"].to_numpy(), derived["TP"].to_numpy() - 1
    derived = derived.with_columns(
        OURS=pl.Series(np.array(RESPONSE_TEXT)[decisions.points.response[s, v]])
    )
    both = stated.filter(placed).join(derived, on=["USUBJID", "TP"], how="left")
    differs = both.filter(pl.col("SAID") != pl.col("OURS")).unique(["USUBJID", "TP", "SAID"])
    message = pl.format("Time point {}: the reader said {}, derived is {}.", "TP", "SAID", "OURS")
    queries = differs.select(
        "USUBJID", RULEID=pl.lit("R-053"), SEVERITY=pl.lit("warning"), MESSAGE=message
    )
    dropped = [
        *read.unused,
        unused("RS", rows.filter(~overall), "R-053", "not an overall response"),
        unused("RS", stated.filter(placed), "R-053", "stated response: compared, not used"),
        unused("RS", stated.filter(~placed), "R-053", "stated response of no time point"),
    ]
    return [*read.queries, queries], dropped
