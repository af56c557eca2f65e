"""Stated best overall responses (RS BESTRESP) beside ours, with the rule behind each difference."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import polars as pl

from trialwright.adam.reading import Reading
from trialwright.protocol.settled import SettledResponse
from trialwright.response.best_overall import Sequence, best_overall
from trialwright.response.history import Codes
from trialwright.response.reported.stated import indexed
from trialwright.vocabulary.recist import RESPONSE_TEXT, Response
from trialwright.vocabulary.reported import BEST_TEST, OVERALL_TEST, STATED_WORDS

_MANY = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class _Other:
    """A best overall response by another rule; `words` completes "the reader seems to have ..."."""

    rule: str
    words: str
    change: Callable[[SettledResponse], SettledResponse]


_OTHERS = (
    _Other(rule="R-063", words="asked for no shortest time of stable disease",
           change=lambda rule: replace(rule, sd_min_days=0)),
    _Other(rule="R-069", words="not counted a missed scan as not evaluable",
           change=lambda rule: replace(rule, missing_as_ne=False)),
    _Other(rule="R-068", words="allowed any number of time points not evaluable before the "
           "confirmation", change=lambda rule: replace(rule, max_ne_between=_MANY)),
    _Other(rule="R-068", words="allowed no time point not evaluable before the confirmation",
           change=lambda rule: replace(rule, max_ne_between=0)),
    _Other(rule="R-068", words="allowed any number of stable time points before the confirmation",
           change=lambda rule: replace(rule, sd_between_pr=_MANY)),
    _Other(rule="R-068", words="allowed no stable time point before the confirmation",
           change=lambda rule: replace(rule, sd_between_pr=0)),
    _Other(rule="R-062", words="confirmed a response by any later scan",
           change=lambda rule: replace(rule, confirm_days=0)),
    _Other(rule="R-060", words="counted time points after the start of new therapy",
           change=lambda rule: replace(rule, bor_stop_nact=False)),
)  # fmt: skip


def compare_best(stated: pl.DataFrame, points: pl.DataFrame, reading: Reading) -> pl.DataFrame:
    """Put our headline best overall response beside the last one that the reader stated.

    Parameters
    ----------
    stated
        Records of RS (`StatedRecords.frame`).
    points
        What `compare_points` found, for what follows from other time points.
    reading
        The reading of the same evaluator.

    Returns
    -------
    pl.DataFrame
        As `compare_points`; TP is null. A difference always changes the best overall response.
    """
    codes = {word: int(code) for word, code in STATED_WORDS.items()}
    found = stated.filter((pl.col("TEST") == BEST_TEST) & pl.col("SAID").is_in(list(codes)))
    rows = (
        indexed(found, reading.records.subjects)
        .sort("USUBJID", "DAY", pl.col("RSSEQ").cast(pl.Float64, strict=False), nulls_last=False)
        .unique("USUBJID", keep="last", maintain_order=True)
        .with_columns(
            TP=pl.lit(None, pl.Int32),
            CODE=pl.col("SAID").replace_strict(codes, return_dtype=pl.Int8),
        )
    )
    s = rows["S"].to_numpy()
    said = rows["CODE"].to_numpy()
    ours = reading.decisions.headline.response[s]
    likely = _explanations(reading, points)
    words = [_likely(likely, int(at), int(code)) for at, code in zip(s, said, strict=True)]
    name = "CBOR" if reading.rule.confirmation == "required" else "BOR"
    text = np.array(RESPONSE_TEXT)
    differs = pl.Series(said != ours, dtype=pl.Boolean)
    rows = rows.with_columns(
        REPORTED=pl.Series(text[said], dtype=pl.String),
        DERIVED=pl.Series(text[ours], dtype=pl.String),
        AGREE=~differs,
        LIKERULE=pl.Series([rule for rule, _ in words], dtype=pl.String),
        LIKELY=pl.Series([text for _, text in words], dtype=pl.String),
    )
    effect = pl.format("{} {} -> {}", pl.lit(name), "DERIVED", "REPORTED")
    return rows.with_columns(CHANGES=pl.when("AGREE").then(pl.lit("")).otherwise(effect))


def _explanations(reading: Reading, points: pl.DataFrame) -> list[tuple[str, str, Codes]]:
    """Best overall responses by other rules, with the rule and its words, in order."""
    decisions, rule = reading.decisions, reading.rule
    required = rule.confirmation == "required"
    other = decisions.unconfirmed if required else decisions.confirmed
    words = "not asked for a confirmation" if required else "asked for a confirmation"
    theirs = _by_stated(reading, points)
    found = [
        ("R-062", f"the reader seems to have {words}", other.response),
        ("R-053", "it follows from the time points that differ", theirs[required]),
        (
            "R-053",
            f"it follows from the time points that differ, and the reader seems to have {words}",
            theirs[not required],
        ),
    ]
    for one in _OTHERS:
        changed = best_overall(
            decisions.sequence, decisions.follow, one.change(rule), confirmed=required
        )
        found.append((one.rule, f"the reader seems to have {one.words}", changed.response))
    return found


def _by_stated(reading: Reading, points: pl.DataFrame) -> dict[bool, Codes]:
    """Best overall responses of the responses that the reader stated, ours where there are none."""
    sequence = reading.decisions.sequence
    rows = points.filter(pl.col("TEST") == OVERALL_TEST)
    response = sequence.response.copy()
    response[rows["S"].to_numpy(), rows["TP"].to_numpy() - 1] = rows["CODE"].to_numpy()
    stated = Sequence(response=response, day=sequence.day, live=sequence.live)
    follow = reading.decisions.follow
    return {
        confirmed: best_overall(stated, follow, reading.rule, confirmed=confirmed).response
        for confirmed in (False, True)
    }


def _likely(found: list[tuple[str, str, Codes]], subject: int, code: int) -> tuple[str, str]:
    for rule, words, response in found:
        if response[subject] == code:
            return rule, words
    if code == Response.NE:
        return "R-065", "the reader gives no best response"
    return "", "no rule explains it"
