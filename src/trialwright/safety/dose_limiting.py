"""Dose-limiting toxicity by the criteria of the protocol (A-05). No criterion is built in."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from trialwright.protocol.rules import DltCriterion
from trialwright.protocol.settled import SettledSafety

_EPISODE = ("USUBJID", "_TERM", "AEPISN")
#: Separates the labels in DLTCRIT.
SEPARATOR = "; "


def flag_dose_limiting(adae: pl.DataFrame, adsl: pl.DataFrame, rule: SettledSafety) -> pl.DataFrame:
    """Add which events meet a criterion of the protocol for dose-limiting toxicity.

    Only treatment-emergent events count whose onset, or rise to that grade, lies on study day 1 to
    `dlt_window_days`. An unknown grade counts as `missing_grade`. "Longer than n days" compares the
    plain difference of end and start with n, over the time in which the grade holds; an event that
    goes on is followed to the cut-off or to death, and is open while that is too short to tell.

    Parameters
    ----------
    adae
        ADAE.
    adsl
        `USUBJID`, `DCUTDT`, `DTHDT`.
    rule
        Criteria and window; without them nothing is derived.

    Returns
    -------
    pl.DataFrame
        The rows with `DLTDRVFL` (Y, N, null while open or not derived) and `DLTCRIT`, the labels
        of the criteria that are met.

    References
    ----------
    Rules A-05, A-07, D-01.
    """
    if not can_derive(rule):
        return adae
    rows = _prepared(adae, adsl, rule)
    met, still_open = [], []
    for at, criterion in enumerate(rule.dlt_criteria):
        rows = rows.with_columns(_lasting(criterion, f"_LAST{at}", f"_OVER{at}"))
        hit = pl.col("_COUNTS") & _fits(criterion)
        days = criterion.longer_than_days
        enough = pl.lit(value=True) if days is None else pl.col(f"_LAST{at}") > days
        label = pl.when((hit & enough).fill_null(value=False)).then(pl.lit(criterion.label))
        met.append(label)
        still_open.append((hit & ~enough & ~pl.col(f"_OVER{at}")).fill_null(value=False))
    labels = pl.concat_str(met, separator=SEPARATOR, ignore_nulls=True)
    flag = (
        pl.when(labels != "").then(pl.lit("Y"))
        .when(~pl.any_horizontal(still_open)).then(pl.lit("N"))
    )  # fmt: skip
    rows = rows.with_columns(DLTDRVFL=flag, DLTCRIT=pl.when(labels != "").then(labels))
    return rows.select(adae.columns).sort("USUBJID", "AESEQ")


def can_derive(rule: SettledSafety) -> bool:
    """Whether the protocol says what is dose limiting and in which time."""
    return bool(rule.dlt_criteria) and rule.dlt_window_days > 0


def _prepared(adae: pl.DataFrame, adsl: pl.DataFrame, rule: SettledSafety) -> pl.DataFrame:
    """Rows by episode and start with the grade that counts and the last day that is known."""
    ends = adsl.select("USUBJID", _SEEN=pl.min_horizontal("DCUTDT", "DTHDT"), _DEAD="DTHDT")
    rows = adae.join(ends, on="USUBJID", how="left", maintain_order="left")
    in_window = pl.col("ASTDY").is_between(1, rule.dlt_window_days)
    rows = rows.with_columns(
        _TERM=_name(), _CLASS=pl.col("AEBODSYS").str.strip_chars().str.to_uppercase(),
        _WORST=pl.col("ATOXGRN").fill_null(rule.missing_grade),
        _COUNTS=((pl.col("TRTEMFL") == "Y") & in_window).fill_null(value=False),
        _UNTIL=pl.coalesce("AENDT", "_SEEN"),
        _ENDED=pl.col("AENDT").is_not_null() | pl.col("_DEAD").is_not_null(),
    )  # fmt: skip
    return rows.sort(*_EPISODE, "ASTDT", "AENDT", "AESEQ", nulls_last=True)


def _name() -> pl.Expr:
    """The term by which events are compared (A-15)."""
    return pl.coalesce("AEDECOD", "AETERM").str.strip_chars().str.to_uppercase()


def _fits(criterion: DltCriterion) -> pl.Expr:
    """Term or class, grade and relation."""
    named = [
        pl.col(column).is_in(_compared(words)).fill_null(value=False)
        for column, words in (("_TERM", criterion.terms), ("_CLASS", criterion.classes))
        if words is not None
    ]
    chosen = pl.any_horizontal(named) if named else pl.lit(value=True)
    apart = pl.col("_TERM").is_in(_compared(criterion.excluded or ())).fill_null(value=False)
    fits = chosen & ~apart & (pl.col("_WORST") >= criterion.min_grade)
    return fits & (pl.col("AREL") == "Y") if criterion.related else fits


def _compared(words: Sequence[str]) -> list[str]:
    return [word.strip().upper() for word in words]


def _lasting(criterion: DltCriterion, length: str, over: str) -> tuple[pl.Expr, pl.Expr]:
    """Days for which the grade held without interruption within the episode, and whether it is over.

    The days are counted from the record itself to the end of the run of records that reach the
    grade.
    """
    reaches = pl.col("_WORST") >= criterion.min_grade
    run = (~reaches).cast(pl.Int32).cum_sum().over(_EPISODE)
    until = pl.when(reaches).then(pl.col("_UNTIL")).max().over(*_EPISODE, run)
    ended = (pl.col("_ENDED") | ~reaches).all().over(*_EPISODE, run)
    return (until - pl.col("ASTDT")).dt.total_days().alias(length), ended.alias(over)
