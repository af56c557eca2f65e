"""Stated responses of time points beside ours, with the rule behind each difference (R-053)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from trialwright.adam.reading import Reading
from trialwright.adam.reported.effects import Stated, changes
from trialwright.response.history import Codes, Flags, Ints
from trialwright.response.reported.alternatives import (
    ALTERNATIVES,
    Answer,
    Case,
    answer_of,
    cases_of,
)
from trialwright.vocabulary.recist import RESPONSE_TEXT, Response, Route
from trialwright.vocabulary.reported import (
    NEW_TEST,
    NO_ANSWER_WORDS,
    NON_TARGET_TEST,
    OVERALL_TEST,
    STATED_WORDS,
    TARGET_TEST,
)

#: Tests that are compared, in the order of `_stack`.
TESTS = (OVERALL_TEST, TARGET_TEST, NON_TARGET_TEST, NEW_TEST)
_NEW_WORDS = {"Y": 1, "YES": 1, "UNEQUIVOCAL": 1, "N": 0, "NO": 0, "EQUIVOCAL": 0}
_NO_RULE = "no rule explains it"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Records:
    """Records that can be compared: test, subject and time point as indices, code."""

    test: Ints
    subject: Ints
    visit: Ints
    code: Codes


def code_of(test: str, said: str) -> int | None:
    """The code of a stated word; `None` where it says nothing that can be compared."""
    if test == NEW_TEST:
        return _NEW_WORDS.get(said)
    if said in STATED_WORDS:
        return int(STATED_WORDS[said])
    silent = said in NO_ANSWER_WORDS and test != OVERALL_TEST
    return int(Response.NA) if silent else None


def compare_points(placed: pl.DataFrame, reading: Reading) -> pl.DataFrame:
    """Put ours beside each stated response of a time point.

    Parameters
    ----------
    placed
        Records of RS at a time point: S, TP (1, 2 ...), TEST (one of `TESTS`), CODE, DAY.
    reading
        The reading of the same evaluator.

    Returns
    -------
    pl.DataFrame
        The records with REPORTED, DERIVED, AGREE, and for each difference LIKELY, LIKERULE and
        CHANGES (what it would change for the patient, "" for nothing).
    """
    records = _Records(
        test=np.array([TESTS.index(t) for t in placed["TEST"]], np.int64),
        subject=placed["S"].to_numpy().astype(np.int64),
        visit=placed["TP"].to_numpy().astype(np.int32) - 1,
        code=placed["CODE"].to_numpy().astype(np.int8),
    )
    points = reading.decisions.points
    ours = _stack(answer_of(points))[records.test, records.subject, records.visit]
    differs = ours != records.code
    rule, words = _likely(reading, records, differs)
    overall = differs & (records.test == 0)
    effect = np.full(len(differs), "", dtype=object)
    effect[overall] = changes(reading, _stated(placed, reading, overall))
    return placed.with_columns(
        REPORTED=pl.Series(_texts(records.test, records.code), dtype=pl.String),
        DERIVED=pl.Series(_texts(records.test, ours), dtype=pl.String),
        AGREE=pl.Series(~differs),
        LIKERULE=pl.Series(rule, dtype=pl.String),
        LIKELY=pl.Series(words, dtype=pl.String),
        CHANGES=pl.Series(effect.tolist(), dtype=pl.String),
    )


def _stated(placed: pl.DataFrame, reading: Reading, which: Ints) -> Stated:
    """The marked records; without a complete date the day of the time point is kept."""
    chosen = placed.filter(pl.Series(which))
    s, v = chosen["S"].to_numpy(), chosen["TP"].to_numpy() - 1
    return Stated(
        subject=s,
        visit=v,
        code=chosen["CODE"].to_numpy().astype(np.int8),
        day=_days(chosen, reading),
    )


def _days(chosen: pl.DataFrame, reading: Reading) -> Ints:
    """The stated date, ours where there is none."""
    s, v = chosen["S"].to_numpy(), chosen["TP"].to_numpy() - 1
    ours = pl.Series("OURS", reading.decisions.points.day[s, v])
    days: Ints = chosen.select(pl.coalesce("DAY", ours)).to_series().to_numpy()
    return days


def _stack(answer: Answer) -> Codes:
    """The answers to `TESTS` as one array [test, S, V]."""
    return np.stack([answer.overall, answer.target, answer.other, answer.new.astype(np.int8)])


def _texts(tests: Ints, codes: Codes) -> list[str]:
    new = TESTS.index(NEW_TEST)
    return [
        ("Y" if code else "N") if test == new else RESPONSE_TEXT[code] or "NA"
        for test, code in zip(tests, codes, strict=True)
    ]


def _likely(reading: Reading, records: _Records, differs: Ints) -> tuple[list[str], list[str]]:
    """The rule behind each difference and its words, "" where there is none.

    Of the alternatives that give what the reader said, the one that gives most of what the reader
    said of this patient, then one about the rule that decided ours, then the first in their order.
    """
    count = len(differs)
    rules, words = [""] * count, [""] * count
    if not differs.any():
        return rules, words
    subjects, local = np.unique(records.subject[differs]), np.zeros(count, np.int64)
    own = np.isin(records.subject, subjects)
    local[own] = np.searchsorted(subjects, records.subject[own])
    case = cases_of(
        Case(history=reading.records.history, points=reading.decisions.points, rule=reading.rule),
        subjects,
    )
    best = np.zeros(count, np.int64)
    for alternative in ALTERNATIVES:
        answers = _stack(alternative.read(case))
        fits = own & (answers[records.test, local, records.visit] == records.code)
        score = 2 * np.bincount(local[fits], minlength=len(subjects))[local]
        score += _decided(reading, records, alternative.rule)
        for at in np.flatnonzero(fits & differs & (score > best)):
            rules[at], words[at] = alternative.rule, f"the reader seems to have {alternative.words}"
        best = np.where(fits & differs, np.maximum(best, score), best)
    for at in np.flatnonzero(differs & (best == 0)):
        rules[at], words[at] = _timing(reading, records, int(at))
    return rules, words


def _decided(reading: Reading, records: _Records, rule: str) -> Flags:
    """Whether our response at the time point of each record rests on a part of the targets or on hindsight."""
    points, at = reading.decisions.points, (records.subject, records.visit)
    if rule == "R-035":
        proof: Flags = points.targets.route[at] == Route.NE_SUBSET_PD
        return proof
    if rule == "R-045":
        settled: Flags = points.as_read[at] != points.response[at]
        return settled
    return np.zeros(len(records.subject), np.bool_)


def _timing(reading: Reading, records: _Records, at: int) -> tuple[str, str]:
    """Progression that the reader called at another time point, or no explanation."""
    if records.test[at] != 0:
        return "", _NO_RULE
    visit, subject = int(records.visit[at]), int(records.subject[at])
    mine = (records.test == 0) & (records.subject == subject)
    theirs = _first(records.visit[mine & (records.code == Response.PD)])
    response = reading.decisions.points.response[subject]
    live = reading.decisions.sequence.live[subject]
    ours = _first(np.flatnonzero(live & (response == Response.PD)).astype(np.int32))
    if response[visit] == Response.PD and theirs is not None and theirs > visit:
        return "R-054", f"the reader called progression later, at time point {theirs + 1}"
    if records.code[at] == Response.PD and ours is not None and ours > visit:
        return "R-054", f"the reader called progression earlier; ours is at time point {ours + 1}"
    return "", _NO_RULE


def _first(visits: Ints) -> int | None:
    return int(visits.min()) if len(visits) else None


def compare_dates(compared: pl.DataFrame, reading: Reading) -> pl.DataFrame:
    """Overall responses that agree, with their dates beside ours (R-054).

    Returns
    -------
    pl.DataFrame
        As `compare_points`, one row per stated overall response with a date whose category agrees.
    """
    rows = compared.filter(
        (pl.col("TEST") == OVERALL_TEST) & pl.col("AGREE") & pl.col("DAY").is_not_null()
    )
    s, v = rows["S"].to_numpy(), rows["TP"].to_numpy() - 1
    ours = reading.decisions.points.day[s, v]
    history = reading.records.history
    first, last = history.first_day[s, v], history.last_day[s, v]
    differs = rows["DAY"].to_numpy() != ours
    effect = np.full(rows.height, "", dtype=object)
    effect[differs] = changes(reading, _stated(rows, reading, differs))
    words = [
        _dated(int(day), int(start), int(end)) if other else ""
        for day, start, end, other in zip(rows["DAY"], first, last, differs, strict=True)
    ]
    return rows.with_columns(
        TEST=pl.lit("RSDTC"),
        REPORTED=pl.col("DAY").cast(pl.Date).cast(pl.String),
        DERIVED=pl.Series(ours).cast(pl.Int32).cast(pl.Date).cast(pl.String),
        AGREE=pl.Series(~differs),
        LIKERULE=pl.Series(["R-054" if other else "" for other in differs], dtype=pl.String),
        LIKELY=pl.Series(words, dtype=pl.String),
        CHANGES=pl.Series(effect.tolist(), dtype=pl.String),
    )


def _dated(day: int, first: int, last: int) -> str:
    """Which date the reader seems to have given."""
    if day > last:
        return f"the date of the reading or visit, {_count(day - last)} after the last scan"
    if day < first:
        return f"a date {_count(first - day)} before the first scan"
    if day == last:
        return "the last scan of the time point, not the first evidence"
    return "the first scan of the time point" if day == first else "another scan of the time point"


def _count(days: int) -> str:
    return "1 day" if days == 1 else f"{days} days"
