"""A reader's written argument where target lesions are missing (R-035, `ne_convincing`).

RS TRGRESP of the evaluator says SD or PR at the visit, and the qualifier NEREAS of that record says
why the missing lesions cannot change it. The argument stands in the place of missing numbers only:
where the sizes decide, they do.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import polars as pl

from trialwright.core.tables import ROW, Sdtm
from trialwright.protocol.settled import SettledResponse
from trialwright.response.history import LesionHistory
from trialwright.response.reported.stated import indexed, read_stated
from trialwright.response.targets import assess_targets
from trialwright.subjects.reconcile import QUERY_SCHEMA, Severity
from trialwright.vocabulary.recist import Route
from trialwright.vocabulary.reported import STATED_WORDS, TARGET_TEST

_CLAIMS = {word: int(STATED_WORDS[word]) for word in ("SD", "PR")}


@dataclass(frozen=True, slots=True, kw_only=True)
class Argued:
    """The history with the arguments taken, and what was found.

    `frame` has one row per SD or PR that the reader stated where a target lesion is missing:
    USUBJID, S, TP, SAID, TEXT (the argument, null without one), SEQ, TAKEN.
    """

    history: LesionHistory
    frame: pl.DataFrame
    queries: tuple[pl.DataFrame, ...]


def take_arguments(
    sdtm: Sdtm,
    subjects: tuple[str, ...],
    visits: pl.DataFrame,
    history: LesionHistory,
    rule: SettledResponse,
) -> Argued:
    """Fill `LesionHistory.convinced` with the arguments that the protocol lets count.

    Parameters
    ----------
    sdtm
        The domains up to the data cut-off with RS.
    subjects
        USUBJID in array order.
    visits
        USUBJID, VISITNUM and TP of each visit.
    rule
        `ne_convincing` says whether an argument is taken.

    References
    ----------
    Rule R-035.
    """
    rows = _claims(sdtm, subjects, visits, rule.evaluator)
    if rows.height == 0:
        return Argued(
            history=history, frame=rows.with_columns(TAKEN=pl.lit(value=False)), queries=()
        )
    route = assess_targets(history).route
    s, v = rows["S"].to_numpy(), rows["TP"].to_numpy() - 1
    rows = rows.filter(pl.Series(route[s, v] == Route.NE_SUBSET, dtype=pl.Boolean))
    written = pl.col("TEXT").is_not_null()
    torn = (pl.col("SAID").filter(written).n_unique() > 1).over("S", "TP")
    rows = rows.with_columns(TORN=torn & written)
    taken = written & ~pl.col("TORN") & pl.lit(rule.ne_convincing)
    rows = rows.with_columns(TAKEN=taken.fill_null(value=False))
    convinced = history.convinced.copy()
    counted = rows.filter("TAKEN")
    codes = [_CLAIMS[word] for word in counted["SAID"]]
    convinced[counted["S"].to_numpy(), counted["TP"].to_numpy() - 1] = np.array(codes, np.int8)
    return Argued(
        history=replace(history, convinced=convinced),
        frame=rows.drop("TORN"),
        queries=_queries(rows, rule),
    )


def _claims(
    sdtm: Sdtm, subjects: tuple[str, ...], visits: pl.DataFrame, evaluator: str
) -> pl.DataFrame:
    """SD and PR of target lesions that the reader stated at a time point after baseline."""
    people = pl.DataFrame({"USUBJID": list(subjects)}, schema={"USUBJID": pl.String})
    stated = read_stated(sdtm, people, evaluator).frame
    places = visits.select(
        "USUBJID", pl.col("VISITNUM").cast(pl.Float64), pl.col("TP").cast(pl.Int32)
    ).unique()
    text = pl.col("NEREAS").str.strip_chars()
    claims = stated.filter((pl.col("TEST") == TARGET_TEST) & pl.col("SAID").is_in(list(_CLAIMS)))
    return (
        indexed(claims, subjects)
        .join(places, on=["USUBJID", "VISITNUM"], how="inner")
        .filter(pl.col("TP") > 0)
        .sort("S", "TP", ROW)
        .select(
            "USUBJID", "S", "TP", "SAID",
            TEXT=pl.when(text != "").then(text),
            SEQ="RSSEQ",
        )
    )  # fmt: skip


def _queries(rows: pl.DataFrame, rule: SettledResponse) -> tuple[pl.DataFrame, ...]:
    written = pl.col("TEXT").is_not_null()
    bare = rows.filter(~written) if rule.ne_convincing else rows.clear()
    refused = rows.filter(written) if not rule.ne_convincing else rows.clear()
    torn = rows.filter("TORN") if rule.ne_convincing else rows.clear()
    return (
        _told(
            bare,
            "without a written argument (NEREAS): not taken.",
            "warning",
            "write the argument into NEREAS of the record, or leave the time point not evaluable",
        ),
        _told(refused, "with a written argument; not taken, ne_convincing is false.", "note", ""),
        _told(
            torn,
            "and another response too, both with an argument: neither is taken.",
            "warning",
            "keep the response that counts",
        ),
        _told(
            rows.filter("TAKEN"),
            "by a written argument: taken, to be read by the medical reviewer.",
            "note",
            "",
        ),
    )


def _told(rows: pl.DataFrame, what: str, severity: Severity, do: str) -> pl.DataFrame:
    """One query a record that says which time point and which response."""
    message = pl.format(
        "Time point {}: a target lesion is missing and the reader says {} {}", "TP", "SAID",
        pl.lit(what),
    )  # fmt: skip
    return rows.select(
        USUBJID="USUBJID",
        RULEID=pl.lit("R-035"),
        SEVERITY=pl.lit(severity),
        MESSAGE=message,
        DO=pl.lit(do),
    ).select(list(QUERY_SCHEMA))
