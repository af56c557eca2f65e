"""Seriousness: the statement of the investigator and the criteria behind it (A-03).

Serious is not severe: no grade makes an event serious.
"""

from __future__ import annotations

import polars as pl

from trialwright.core.tables import Origin
from trialwright.safety.codes import YES_NO, decoded

#: Criteria of a serious event, with the words of tables.
CRITERIA: dict[str, str] = {
    "AESDTH": "Death",
    "AESLIFE": "Life threatening",
    "AESHOSP": "Hospital stay, new or longer",
    "AESDISAB": "Disability",
    "AESCONG": "Congenital anomaly",
    "AESMIE": "Medically important",
}


def seriousness(events: pl.DataFrame, origin: Origin) -> pl.DataFrame:
    """The criteria of each event, and whether it is serious.

    A statement in AESER stands, whatever the criteria say: a planned hospital stay is a criterion
    on paper and no serious event. Without a statement a criterion makes the event serious.

    Parameters
    ----------
    events
        Records of AE with `_ROW`.
    origin
        Of the records, for messages.

    Returns
    -------
    pl.DataFrame
        The columns of `CRITERIA` and `AESER` (Y, N, null), and `SERASSUMED`: serious by a
        criterion only; rows as in `events`.

    Raises
    ------
    DataError
        For values that are not listed.

    References
    ----------
    Rule A-03.
    """
    stated = decoded(events, "AESER", YES_NO, origin)
    table = pl.DataFrame([stated, *(decoded(events, name, YES_NO, origin) for name in CRITERIA)])
    assumed = pl.col("AESER").is_null() & has_criterion()
    return table.with_columns(
        AESER=pl.when(assumed).then(pl.lit("Y")).otherwise(pl.col("AESER")), SERASSUMED=assumed
    )


def has_criterion() -> pl.Expr:
    """Whether any criterion of a serious event is met."""
    return pl.any_horizontal((pl.col(name) == "Y").fill_null(value=False) for name in CRITERIA)


def is_fatal() -> pl.Expr:
    """Whether an event of ADAE caused death (A-06): outcome, grade 5 or the criterion."""
    said = (pl.col("AEOUT") == "FATAL", pl.col("ATOXGRN") == 5, pl.col("AESDTH") == "Y")
    return pl.any_horizontal(one.fill_null(value=False) for one in said)
