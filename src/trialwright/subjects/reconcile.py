"""Records that were not used, and flags: nothing leaves the data without a row here."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal, TypeAlias

import polars as pl

#: Schema of the reconciliation of unused records.
UNUSED_SCHEMA = {
    "DOMAIN": pl.String,
    "SRCSEQ": pl.String,
    "USUBJID": pl.String,
    "RULEID": pl.String,
    "REASON": pl.String,
}
_NOTHING_UNUSED = pl.DataFrame(schema=UNUSED_SCHEMA)
#: Schema of flags and queries.
QUERY_SCHEMA = {
    "USUBJID": pl.String,
    "RULEID": pl.String,
    "SEVERITY": pl.String,
    "MESSAGE": pl.String,
    "DO": pl.String,
}
#: No flag; most checks find nothing, and a frame of no rows need not be made each time.
NO_QUERY = pl.DataFrame(schema=QUERY_SCHEMA)
Severity: TypeAlias = Literal["error", "warning", "note"]


def unused(domain: str, frame: pl.DataFrame, rule: str, reason: str) -> pl.DataFrame:
    """One row for each record of `frame`, which was not used for `reason`."""
    if frame.is_empty():
        return _NOTHING_UNUSED
    sequence = f"{domain}SEQ"
    number = pl.col(sequence) if sequence in frame.columns else pl.lit(None, pl.String)
    return frame.select(
        DOMAIN=pl.lit(domain),
        SRCSEQ=number.cast(pl.String),
        USUBJID=pl.col("USUBJID"),
        RULEID=pl.lit(rule),
        REASON=pl.lit(reason),
    )


def query(
    subjects: Iterable[str],
    rule: str,
    message: str,
    severity: Severity = "warning",
    do: str = "",
) -> pl.DataFrame:
    """One flag for each subject; `do` is what a person should do about it."""
    names = sorted(set(subjects))
    if not names:
        return NO_QUERY
    return pl.DataFrame(
        {
            "USUBJID": names,
            "RULEID": [rule] * len(names),
            "SEVERITY": [severity] * len(names),
            "MESSAGE": [message] * len(names),
            "DO": [do] * len(names),
        },
        schema=QUERY_SCHEMA,
    )


def stacked(frames: Iterable[pl.DataFrame], schema: dict[str, type[pl.String]]) -> pl.DataFrame:
    """All rows in one frame, sorted by content so that the order of records never shows."""
    rows = [pl.DataFrame(schema=schema), *frames]
    text = [pl.col(name).fill_null("") for name in schema if name == "DO"]
    return (
        pl.concat(rows, how="diagonal")
        .with_columns(text)
        .unique()
        .sort(list(schema), nulls_last=True)
    )
