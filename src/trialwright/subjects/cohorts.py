"""Every enrolled subject belongs to a cohort of the protocol, where it has cohorts (T-09)."""

from __future__ import annotations

import polars as pl

from trialwright.core.errors import DataError
from trialwright.core.tables import ROW, Sdtm
from trialwright.protocol.model import Protocol


def require_known_cohorts(protocol: Protocol, sdtm: Sdtm, milestones: pl.DataFrame) -> None:
    """Refuse an enrolled subject whose ARMCD is no cohort: nobody may fall between the cohorts.

    Raises
    ------
    DataError
        Naming rows, values and the cohorts of the protocol.
    """
    if not protocol.cohorts:
        return
    names = [cohort.id for cohort in protocol.cohorts]
    enrolled = milestones.filter(pl.col("ENRLDT").is_not_null()).select("USUBJID")
    dm = sdtm["DM"].join(enrolled, on="USUBJID", how="semi")
    known = pl.col("ARMCD").is_in(names).fill_null(value=False)
    bad = dm.filter(~known).sort(ROW)
    if bad.height == 0:
        return
    shown = "; ".join(
        f'{sdtm.where("DM", r[ROW], "ARMCD")}: "{r["ARMCD"] or ""}"' for r in bad.head(5).to_dicts()
    )
    raise DataError(
        f"{bad.height} enrolled subject{'s are' if bad.height > 1 else ' is'} in no cohort.",
        where=shown,
        allowed=f"the cohorts of the protocol: {', '.join(names)}",
        do="correct ARMCD, or name the cohorts of the trial in the protocol (cohorts)",
    )
