"""Baseline of each parameter and the time on treatment of each result (rules G-52, A-01)."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from trialwright.core.tables import Sdtm
from trialwright.protocol.model import Component
from trialwright.protocol.settled import SettledSafety
from trialwright.safety.start_times import minute, minute_of_treatment
from trialwright.subjects.days import day_column, upper
from trialwright.subjects.reconcile import query

#: Day numbers of a subject that the rules need, by the column of ADSL.
_SUBJECT_DAYS = {
    "FIRST": "TRTSDT", "LAST": "TRTEDT", "EOT": "EOTDT", "NACT": "NACTDT", "CUTOFF": "DCUTDT",
}  # fmt: skip
#: Order of the results of a parameter; at one time the higher sequence number is later.
_IN_TIME = ("USUBJID", "PARAMCD", "DAY", "MINUTE", "DOM", "SEQ", "SRC")
_PARAMETER = ("USUBJID", "PARAMCD")


def with_phase(
    rows: pl.DataFrame, sdtm: Sdtm, adsl: pl.DataFrame, rule: SettledSafety
) -> pl.DataFrame:
    """Add `FIRST`, `MINUTE`, `BEFORE` (first dose) and `ONTRT`.

    A result of the day of first dose lies before it unless both times are known and it is not
    earlier. On treatment ends as for adverse events that are not serious: at the cut-off while
    treatment goes on, else with the window behind the last dose, or the day before new therapy.

    Parameters
    ----------
    rows
        `USUBJID`, `DAY`, `DTC`.
    adsl
        One row a subject: TRTSDT, TRTEDT, EOTDT, NACTDT, DCUTDT as dates.

    References
    ----------
    Rules G-52, A-01, A-16.
    """
    days = [pl.col(c).cast(pl.Int32).alias(name) for name, c in _SUBJECT_DAYS.items()]
    found = rows.join(
        adsl.select("USUBJID", *days), on="USUBJID", how="left", maintain_order="left"
    ).with_columns(MINUTE=minute("DTC"))
    found = found.with_columns(minute_of_treatment(found, sdtm).alias("DOSE"))
    same = pl.col("DAY") == pl.col("FIRST")
    not_earlier = (pl.col("MINUTE") >= pl.col("DOSE")).fill_null(value=False)
    before = (pl.col("DAY") < pl.col("FIRST")) | (same & ~not_earlier)
    ended = pl.col("EOT").is_not_null() | pl.col("NACT").is_not_null()
    window = pl.coalesce("LAST", "FIRST") + rule.te_window_days
    after_end = pl.min_horizontal(window, pl.col("NACT") - 1)
    until = pl.when(ended).then(after_end).otherwise(pl.coalesce("CUTOFF", "DAY"))
    found = found.with_columns(BEFORE=before.fill_null(value=False), UNTIL=until)
    after = pl.col("FIRST").is_not_null() & ~pl.col("BEFORE")
    return found.with_columns(ONTRT=after & (pl.col("DAY") <= pl.col("UNTIL")))


def with_baseline(rows: pl.DataFrame) -> tuple[pl.DataFrame, list[pl.DataFrame]]:
    """Add the baseline of each parameter: `ISBASE`, `BASE`, `BASEULN`, `BASELLN`.

    Parameters
    ----------
    rows
        As `with_phase` gives them, with `VALUE`, `ULN`, `LLN` as decimal text and `PARAMCD`.

    Returns
    -------
    tuple
        The rows in order of time, and the queries: different values at the time of baseline.

    References
    ----------
    Rule G-52: the last value before first dose.
    """
    rows = rows.sort(_IN_TIME, nulls_last=False).with_row_index("PLACE")
    usable = rows.filter(pl.col("BEFORE") & pl.col("VALUE").is_not_null())
    last = usable.unique(_PARAMETER, keep="last", maintain_order=True).select(
        *_PARAMETER,
        BASEPLACE="PLACE",
        BASE="VALUE",
        BASEULN="ULN",
        BASELLN="LLN",
        BASEDTC="DTC",
    )
    found = rows.join(last, on=_PARAMETER, how="left", maintain_order="left")
    isbase = (pl.col("PLACE") == pl.col("BASEPLACE")).fill_null(value=False)
    rivals = found.filter(
        pl.col("BEFORE")
        & (pl.col("DTC") == pl.col("BASEDTC"))
        & (pl.col("VALUE") != pl.col("BASE"))
    )
    said = query(
        rivals["USUBJID"],
        "G-52",
        "Two values of one test at the time of baseline: the higher sequence number counts.",
        do="keep the record of the valid sample",
    )
    return found.with_columns(ISBASE=isbase).drop("BASEPLACE", "BASEDTC"), [said]


def near_procedures(rows: pl.DataFrame, days: pl.DataFrame, window: int) -> pl.Series:
    """The last procedure from 1 to `window` days before a result, else null.

    A result of the day itself may have been drawn before the procedure.

    Parameters
    ----------
    rows
        `USUBJID`, `DAY`.
    days
        `USUBJID`, `DAY` of each procedure.
    window
        Days after a procedure (safety.post_procedure_days).

    References
    ----------
    Rule A-14.
    """
    keys = rows.select("USUBJID", "DAY").with_row_index("AT").sort("DAY", "AT")
    known = days.select("USUBJID", PROC="DAY", DAY="DAY").drop_nulls().unique().sort("DAY")
    found = keys.join_asof(
        known,
        on="DAY",
        by="USUBJID",
        strategy="backward",
        tolerance=window,
        allow_exact_matches=False,
        check_sortedness=False,
    )
    return found.sort("AT")["PROC"]


def local_names(regimen: Sequence[Component]) -> list[str]:
    """Names and identifiers, in lower case, of components that reach liver or lesion only."""
    local = [one for one in regimen if one.reach in ("liver", "lesion")]
    return [name.strip().lower() for one in local for name in (one.name, one.id)]


def procedure_days(sdtm: Sdtm, procedures: pl.DataFrame, local: list[str]) -> pl.DataFrame:
    """Days of study procedures: PR, arterial doses, and components that reach liver or lesion only.

    Parameters
    ----------
    procedures
        Rows of PR that are study procedures.
    local
        Names of such components, in lower case.
    """
    named = pl.col("EXTRT").str.strip_chars().str.to_lowercase().is_in(local)
    arterial = upper("EXROUTE").str.contains("ARTERIAL", literal=True).fill_null(value=False)
    doses = sdtm["EX"].filter(named | arterial)
    return pl.concat(
        [
            procedures.select("USUBJID", day_column("PRSTDTC").alias("DAY")),
            doses.select("USUBJID", day_column("EXSTDTC").alias("DAY")),
            doses.select("USUBJID", day_column("EXENDTC").alias("DAY")),
        ]
    ).drop_nulls()
