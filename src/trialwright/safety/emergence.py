"""Which adverse events are treatment emergent (rules A-01 and A-16).

Records of one term that follow each other without a free day are one episode: its first record is
the onset, and a later record of higher grade is a worsening.
"""

from __future__ import annotations

import polars as pl

from trialwright.protocol.settled import SettledSafety

#: Later than any date.
_NEVER = 2**31 - 1
_EPISODE = ("USUBJID", "TERM", "EPISODE")


def flag_emergence(events: pl.DataFrame, rule: SettledSafety) -> pl.DataFrame:
    """Decide for each record whether the event is treatment emergent, and by which line of A-16.

    Parameters
    ----------
    events
        One row a record. Day numbers: `START`, `END` (null while the event goes on) after D-04;
        `FIRST` treatment (null without), `LAST` dose, `NACT`, `CUTOFF`, null where absent. `TERM`,
        `SEQ`, `GRADE` (null unknown). Booleans: `UNDATED` (nothing known of the start), `EARLIER`
        (on the day of first treatment, at a known time before it), `STOPPED` (treatment has
        ended), `LONG` (serious or immune related).
    rule
        Lengths of the window, and the grade that an unknown grade counts as.

    Returns
    -------
    pl.DataFrame
        The rows sorted by subject, term and start, with `TRTEMFL`, `LINE` (1 to 5 of A-16, 0
        without treatment), `UNTIL` (last day of the window) and `GRADE0` (before treatment).

    References
    ----------
    Rules A-01, A-10 and A-16.
    """
    rows = events.sort("USUBJID", "TERM", "START", "END", "GRADE", "SEQ", nulls_last=True)
    rows = rows.with_columns(
        UNTIL=window_end(_days_after(rule)),
        EPISODE=_episode_number(),
        WORST=pl.col("GRADE").fill_null(rule.missing_grade),
        BEFORE=(pl.col("START") < pl.col("FIRST")) | pl.col("EARLIER"),
    )
    rows = rows.with_columns(
        UNTIL=pl.col("UNTIL").max().over(_EPISODE),
        PRIOR=pl.col("BEFORE").any().over(_EPISODE),
        ONSET=pl.col("START").min().over(_EPISODE),
        GRADE0=_grade_before(),
    )
    worse = ~pl.col("BEFORE") & (pl.col("WORST") > pl.col("GRADE0"))
    rows = rows.with_columns(
        WORSENED=pl.when(worse).then(pl.col("START")).min().over(_EPISODE), WORSE=worse
    )
    return rows.with_columns(LINE=_line()).with_columns(
        TRTEMFL=pl.when(_is_emergent()).then(pl.lit("Y")).otherwise(pl.lit("N"))
    )


def window_end(length: pl.Expr) -> pl.Expr:
    """Last day on which an onset counts: the cut-off while on treatment, else by A-01.

    Parameters
    ----------
    length
        Days after the last dose. The frame has `FIRST`, `LAST`, `NACT`, `CUTOFF` (day numbers) and
        `STOPPED`, as in `flag_emergence`.
    """
    ended = pl.col("STOPPED") | pl.col("NACT").is_not_null()
    last = pl.coalesce("LAST", "FIRST") + length
    after = pl.min_horizontal(last, pl.col("NACT") - 1)
    return pl.when(ended).then(after).otherwise(pl.col("CUTOFF").fill_null(_NEVER))


def _days_after(rule: SettledSafety) -> pl.Expr:
    """Length of the window of an event."""
    return (
        pl.when("LONG")
        .then(pl.lit(rule.te_window_serious_days))
        .otherwise(pl.lit(rule.te_window_days))
    )


def _episode_number() -> pl.Expr:
    """A record opens an episode unless it starts at latest the day after an earlier one ends."""
    ends = pl.col("END").fill_null(_NEVER).cum_max().shift(1).over("USUBJID", "TERM")
    follows = (pl.col("START") - 1 <= ends).fill_null(value=False) & ~pl.col("UNDATED")
    return (~follows).cast(pl.Int32).cum_sum().over("USUBJID", "TERM")


def _grade_before() -> pl.Expr:
    """Last known grade of the episode before treatment, 0 if there is none."""
    known = pl.col("GRADE").filter(pl.col("BEFORE") & pl.col("GRADE").is_not_null())
    return known.last().over(_EPISODE).fill_null(0)


def _line() -> pl.Expr:
    """The first line of A-16 that is true."""
    in_time = pl.col("WORSENED") <= pl.col("UNTIL")
    return (
        pl.when(pl.col("FIRST").is_null()).then(0)
        .when("UNDATED").then(1)
        .when(pl.col("PRIOR") & pl.col("WORSE") & in_time).then(2)
        .when("PRIOR").then(3)
        .when(pl.col("ONSET") <= pl.col("UNTIL")).then(4)
        .otherwise(5)
    )  # fmt: skip


def _is_emergent() -> pl.Expr:
    ended_before = (pl.col("END") < pl.col("FIRST")).fill_null(value=False)
    return pl.col("LINE").is_in([2, 4]) | ((pl.col("LINE") == 1) & ~ended_before)
