"""Events shortly after a study procedure (A-04, A-14)."""

from __future__ import annotations

import polars as pl

from trialwright.core.tables import Sdtm
from trialwright.subjects.days import day_column, upper
from trialwright.subjects.procedures import study_procedures


def shortly_after(events: pl.DataFrame, sdtm: Sdtm, days: int) -> pl.DataFrame:
    """The last study procedure before each event, when it lies at most `days` back.

    Study procedures are those of PR, and arterial infusions of EX by their route.

    Parameters
    ----------
    events
        `USUBJID` and `START`, the day number of onset (null unknown).
    sdtm
        PR and EX.
    days
        `safety.post_procedure_days`; the day of the procedure is day 0.

    Returns
    -------
    pl.DataFrame
        `POSTPRFL` (Y, N) and `PROCDT` (day number, null unless Y); rows as in `events`.

    References
    ----------
    Rules A-04 and A-14.
    """
    infusions = sdtm["EX"].filter(upper("EXROUTE").str.contains("ARTERIAL", literal=True))
    given = pl.concat(
        [
            study_procedures(sdtm).select("USUBJID", PROCDT=day_column("PRSTDTC")),
            infusions.select("USUBJID", PROCDT=day_column("EXSTDTC")),
        ]
    ).drop_nulls()
    rows = events.select("USUBJID", "START").with_row_index("_AT")
    since = pl.col("START") - pl.col("PROCDT")
    near = (
        rows.join(given, on="USUBJID").filter(since.is_between(0, days))
        .group_by("_AT").agg(pl.col("PROCDT").max())
    )  # fmt: skip
    found = rows.join(near, on="_AT", how="left", maintain_order="left")
    is_near = pl.col("PROCDT").is_not_null()
    return found.select(
        POSTPRFL=pl.when(is_near).then(pl.lit("Y")).otherwise(pl.lit("N")), PROCDT="PROCDT"
    )
