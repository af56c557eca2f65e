"""Responses as a reader stated them, in the place of lesions (R-142, `response_source: reported`).

RS of one evaluator becomes the time points that lesions give otherwise: one response a date, the
worst of several (R-077), disease after overall CR by R-055. Nothing is derived from sizes.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from trialwright.core.errors import DataError
from trialwright.core.tables import ROW, Sdtm
from trialwright.protocol.settled import SettledResponse
from trialwright.response.history import Codes, Flags, LesionHistory
from trialwright.response.nontargets import assess_others
from trialwright.response.reported.stated import StatedRecords, indexed, read_stated, refuse_status
from trialwright.response.targets import assess_targets
from trialwright.response.timepoint import TimePoints, after_complete_response
from trialwright.subjects.reconcile import query, unused
from trialwright.vocabulary.recist import NO_DAY, Response
from trialwright.vocabulary.reported import (
    NO_ANSWER_WORDS,
    OVERALL_TEST,
    STATED_WORDS,
    WORST_FIRST,
)

_RANK = {int(code): rank for rank, code in enumerate(WORST_FIRST)}


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportedResponses:
    """Time points made of stated responses.

    Attributes
    ----------
    points
        As the engine gives them from lesions; `as_read` is what the reader stated.
    frame
        One row per time point: USUBJID, S, TP (1, 2 ...), VISIT, VISITNUM, DAY, CODE, STAT, SEQ
        (record that counts), OTHERS (records of the same day that do not).
    history
        Lesions of every subject: none.
    """

    points: TimePoints
    frame: pl.DataFrame
    history: LesionHistory
    unused: tuple[pl.DataFrame, ...]
    queries: tuple[pl.DataFrame, ...]


def read_reported(sdtm: Sdtm, people: pl.DataFrame, rule: SettledResponse) -> ReportedResponses:
    """Build time points from the overall responses that the evaluator of `rule` stated.

    Parameters
    ----------
    sdtm
        The domains up to the data cut-off; RS is used.
    people
        Every subject in array order (USUBJID).
    rule
        Gives the evaluator and what disease after overall CR means (R-055).

    Raises
    ------
    DataError
        When the evaluator stated no response at all, and for a value or status that is not listed.

    References
    ----------
    Rules R-142, R-077, R-055, D-06.
    """
    stated = read_stated(sdtm, people, rule.evaluator)
    overall = stated.frame.filter(pl.col("TEST") == OVERALL_TEST)
    _require_some(sdtm, overall, rule.evaluator)
    refuse_status(sdtm, overall)
    _refuse_unlisted(sdtm, overall)
    silent = pl.col("SAID").is_in(NO_ANSWER_WORDS)
    answers = overall.filter(~silent)
    undated = answers.filter(pl.col("DAY").is_null())
    counted, others = _one_a_day(answers.filter(pl.col("DAY").is_not_null()))
    frame = _numbered(counted, people["USUBJID"].to_list())
    dropped, flags = _left_out(stated, overall.filter(silent), undated, others)
    history = no_lesions(people.height, int(frame["TP"].to_numpy().max(initial=1)), frame)
    return ReportedResponses(
        points=_time_points(history, frame, rule),
        frame=frame,
        history=history,
        unused=dropped,
        queries=flags,
    )


def _require_some(sdtm: Sdtm, overall: pl.DataFrame, evaluator: str) -> None:
    """Refuse a trial whose responses are to be taken from records that are not there."""
    if overall.height:
        return
    found = ", ".join(sdtm["RS"]["RSEVAL"].drop_nulls().unique().sort()) or "none"
    raise DataError(
        f"No overall response was reported by {evaluator}.",
        where=f"{sdtm.file('RS')}: {sdtm['RS'].height} records, RSEVAL: {found}",
        allowed=f"RSTESTCD {OVERALL_TEST}, RSCAT RECIST 1.1, RSEVAL {evaluator}: the protocol sets "
        "response.response_source: reported",
        do="deliver RS, or set response.response_source: lesions and deliver TU and TR",
    )


def _refuse_unlisted(sdtm: Sdtm, overall: pl.DataFrame) -> None:
    """A word that is neither a response nor an empty answer is not guessed (R-143)."""
    listed = set(STATED_WORDS) | NO_ANSWER_WORDS
    bad = overall.filter(~pl.col("SAID").is_in(listed)).sort(ROW)
    if bad.height == 0:
        return
    shown = "; ".join(
        f'{sdtm.where("RS", row[ROW], "RSSTRESC")}: "{row["WORDS"]}" (subject {row["USUBJID"]})'
        for row in bad.head(10).to_dicts()
    )
    raise DataError(
        f"{bad.height} reported response{'s are' if bad.height > 1 else ' is'} not listed.",
        where=shown,
        allowed=", ".join(STATED_WORDS),
        do="write the response with one of these words",
        records=tuple(("RS", at) for at in bad[ROW]),
    )


def _one_a_day(answers: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The worst response of each date, and the others of that date (R-077)."""
    coded = answers.with_columns(
        CODE=pl.col("SAID").replace_strict(
            {word: int(code) for word, code in STATED_WORDS.items()}, return_dtype=pl.Int8
        ),
        SEQ=pl.col("RSSEQ").cast(pl.Float64, strict=False).cast(pl.Int64),
    )
    coded = coded.with_columns(
        RANK=pl.col("CODE").replace_strict(_RANK, return_dtype=pl.Int8, default=len(_RANK))
    ).sort("USUBJID", "DAY", "RANK", "SEQ", ROW, nulls_last=True)
    day = ("USUBJID", "DAY")
    rest = coded.with_columns(FIRST=pl.int_range(pl.len()).over(day) == 0)
    others = rest.filter(~pl.col("FIRST"))
    said = others.group_by(day).agg(
        OTHERS=pl.format("{}: RS {}", "SAID", pl.col("RSSEQ").fill_null("?")).str.join(", ")
    )
    counted = rest.filter("FIRST").join(said, on=list(day), how="left", maintain_order="left")
    return counted, others


def _numbered(counted: pl.DataFrame, subjects: list[str]) -> pl.DataFrame:
    """Time points 1, 2 ... of each subject in the order of dates, with the array index S."""
    return (
        indexed(counted, subjects)
        .sort("S", "DAY")
        .with_columns(TP=pl.int_range(1, pl.len() + 1, dtype=pl.Int32).over("S"))
        .select(
            "USUBJID", "S", "TP", "VISIT", "VISITNUM", "DAY", "CODE", "STAT", "OTHERS",
            SEQ=pl.col("RSSEQ"),
        )
    )  # fmt: skip


def _left_out(
    stated: StatedRecords, silent: pl.DataFrame, undated: pl.DataFrame, others: pl.DataFrame
) -> tuple[tuple[pl.DataFrame, ...], tuple[pl.DataFrame, ...]]:
    """Records of RS that make no time point, listed and flagged."""
    rest = stated.frame.filter(pl.col("TEST") != OVERALL_TEST)
    dropped = (
        *stated.unused,
        unused("RS", rest, "R-142", "not an overall response"),
        unused("RS", silent, "R-077", "no response that RECIST 1.1 permits"),
        unused("RS", undated, "D-06", "reported response without a complete date"),
        unused("RS", others, "R-077", "a worse or equal response was reported on the same date"),
    )
    flags = (
        *stated.queries,
        query(silent["USUBJID"], "R-077", "A reported response is empty or not permitted: unused."),
        query(
            undated["USUBJID"],
            "D-06",
            "A reported response has no complete date (RSDTC): unused.",
            "error",
            do="complete the date in RS",
        ),
        query(others["USUBJID"], "R-077", "Several responses on one date: the worst counts."),
    )
    return dropped, flags


def no_lesions(subjects: int, visits: int, frame: pl.DataFrame) -> LesionHistory:
    """The history of subjects whose lesions were not collected: one empty slot a subject.

    Parameters
    ----------
    subjects, visits
        Size of the arrays.
    frame
        Time points: S, TP and DAY.
    """
    day = np.full((subjects, visits), NO_DAY, np.int32)
    s, v = frame["S"].to_numpy(), frame["TP"].to_numpy() - 1
    day[s, v] = frame["DAY"].to_numpy()
    count = np.zeros(subjects, np.int32)
    np.maximum.at(count, s, v + 1)
    return LesionHistory(
        role=np.zeros((subjects, 1), np.int8),
        node=np.zeros((subjects, 1), np.bool_),
        zone=np.zeros((subjects, 1), np.bool_),
        baseline=np.zeros((subjects, 1), np.int32),
        state=np.zeros((subjects, visits, 1), np.int8),
        size=np.zeros((subjects, visits, 1), np.int32),
        resolved=np.zeros((subjects, visits, 1), np.bool_),
        day=np.full((subjects, visits, 1), NO_DAY, np.int32),
        first_day=day,
        last_day=day,
        visits=count,
        marker=np.zeros((subjects, visits), np.int8),
        convinced=np.zeros((subjects, visits), np.int8),
    )


def _time_points(history: LesionHistory, frame: pl.DataFrame, rule: SettledResponse) -> TimePoints:
    stated = np.zeros(history.first_day.shape, np.int8)
    stated[frame["S"].to_numpy(), frame["TP"].to_numpy() - 1] = frame["CODE"].to_numpy()
    response, after_cr, reclassified = after_reported_cr(stated, history.live, rule)
    progressed = (response == Response.PD).astype(np.int32)
    return TimePoints(
        targets=assess_targets(history),
        others=assess_others(history),
        response=response,
        as_read=stated,
        after_cr=after_cr,
        reclassified=reclassified,
        post_pd=(np.cumsum(progressed, axis=1) - progressed > 0) & history.live,
        day=history.last_day,
        visits=history.visits,
    )


def after_reported_cr(
    stated: Codes, live: Flags, rule: SettledResponse
) -> tuple[Codes, Flags, Flags]:
    """Stated responses with disease after overall CR decided: PR, SD or NN are disease (R-055).

    Returns
    -------
    tuple
        The responses, the time points that are PD by this rule, the CRs that became PR [S, V].
    """
    disease = (stated == Response.PR) | (stated == Response.SD) | (stated == Response.NN)
    return after_complete_response(stated, disease, live, rule.cr_then_disease)
