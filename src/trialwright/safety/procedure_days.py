"""Events shortly after a study procedure (A-04, A-14)."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from trialwright.core.tables import Sdtm
from trialwright.protocol.model import Component
from trialwright.safety.baseline import local_names, procedure_days
from trialwright.subjects.procedures import study_procedures


def shortly_after(
    events: pl.DataFrame, sdtm: Sdtm, regimen: Sequence[Component], days: int
) -> pl.DataFrame:
    """The last study procedure before each event, when it lies at most `days` back.

    Study procedures are those of PR, and of EX arterial infusions by their route and doses of
    components that reach liver or lesion only.

    Parameters
    ----------
    events
        `USUBJID` and `START`, the day number of onset (null unknown).
    sdtm
        PR and EX.
    regimen
        Components of the protocol.
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
    given = procedure_days(sdtm, study_procedures(sdtm), local_names(regimen))
    given = given.rename({"DAY": "PROCDT"})
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
