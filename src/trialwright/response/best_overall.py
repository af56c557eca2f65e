"""Best overall response, confirmed and unconfirmed (R-060 to R-076).

The algorithm is R-075: six lines tried in order of rank, the first that finds a record gives the
best overall response and its date.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

import numpy as np

from trialwright.protocol.settled import SettledResponse
from trialwright.response.across import any_last, every_last
from trialwright.response.history import Codes, Flags, Ints
from trialwright.response.schedule import ScanCalendar
from trialwright.vocabulary.recist import NEVER, NO_DAY, Response


class Why(IntEnum):
    """Why a best overall response is not evaluable (R-065)."""

    NONE = 0
    NOT_TREATED = 1
    EARLY_DEATH = 2
    WITHDRAWAL = 3
    NEW_THERAPY = 4
    NOT_YET = 5
    ALL_NE = 6
    TOO_EARLY = 7
    LOST = 8
    OUTSIDE = 9


#: Words for `Why`.
WHY_TEXT: tuple[str, ...] = (
    "",
    "not treated",
    "early death",
    "withdrew before the first assessment",
    "new anticancer therapy before the first assessment",
    "no assessment after baseline",
    "all time points not evaluable",
    "stable disease too early",
    "lost to follow-up before the first assessment",
    "no assessment in the time that counts",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Follow:
    """What ends the search for a response, as day numbers [S], `NEVER` if it has not happened.

    `reference` is the day that responses count from (R-060), `NO_DAY` for a subject who has none;
    `surgery` the resection after response that fixes the best overall response (R-109).
    """

    reference: Ints
    death: Ints
    withdrawal: Ints
    lost: Ints
    new_therapy: Ints
    end_of_treatment: Ints
    surgery: Ints


@dataclass(frozen=True, slots=True, kw_only=True)
class Sequence:
    """Responses by time point with their day numbers, all [S, V]."""

    response: Codes
    day: Ints
    live: Flags


@dataclass(frozen=True, slots=True, kw_only=True)
class BestOverall:
    """Best overall response of each subject, all [S].

    `visit` is the time point of the deciding record (-1 none), `day` its date; `start` the first
    CR or PR that holds (R-073) and `holds_from` the time point from which it is known to hold (its
    confirmation, or itself when none is asked for), `confirmed_at` the time point that confirms the deciding record
    (-1 if none). `pending` marks an unconfirmed response that a later scan may confirm (R-070), `why` is the
    reason for NE, and of the PD that stands for a death before any scan when the protocol counts it so (R-066).
    """

    response: Codes
    visit: Ints
    day: Ints
    start: Ints
    start_day: Ints
    holds_from: Ints
    confirmed_at: Ints
    pending: Flags
    why: Codes


def in_window(sequence: Sequence, follow: Follow, rule: SettledResponse) -> Flags:
    """Which time points count for the best overall response (R-060, R-109) [S, V]."""
    response, day = sequence.response, sequence.day
    is_pd = sequence.live & (response == Response.PD)
    counts: Flags = sequence.live & ((np.cumsum(is_pd, axis=1) - is_pd) == 0)
    reference = follow.reference[:, None]
    counts &= (reference != NO_DAY) & (day >= reference) & (day <= follow.withdrawal[:, None])
    counts &= day < follow.surgery[:, None]
    if rule.bor_stop_nact:
        last = follow.new_therapy - (rule.nact_same_day == "exclude")
        counts &= day <= last[:, None]
    if rule.bor_post_treatment == "exclude":
        counts &= day <= follow.end_of_treatment[:, None]
    return counts


def best_overall(
    sequence: Sequence, follow: Follow, rule: SettledResponse, *, confirmed: bool
) -> BestOverall:
    """Derive the best overall response of every subject.

    References
    ----------
    Eisenhauer et al., Eur J Cancer 2009;45:228-247, section 4.6 and table 3; rule R-075.
    """
    counts = in_window(sequence, follow, rule)
    response = np.where(counts, sequence.response, Response.NA).astype(np.int8)
    elapsed = np.where(counts, sequence.day - follow.reference[:, None], 0).astype(np.int32)
    cr, pr = response == Response.CR, response == Response.PR
    by = np.full(response.shape, -1, np.int32)
    if confirmed:
        cr, cr_by = _confirmed(response, elapsed, rule, Response.CR)
        pr, pr_by = _confirmed(response, elapsed, rule, Response.PR)
        by = np.where(cr, cr_by, pr_by)
    best, visit = _first_line(_lines(response, counts, (cr, pr), elapsed >= rule.sd_min_days))
    start = _first(cr | pr)
    rows = np.arange(len(best))
    has_start = start >= 0
    pending = _pending(response, best, follow)
    seen = any_last(sequence.live)
    why = _why(response, best, (counts, seen), follow)
    # a subject with a time point, even one that does not count, was assessed before death.
    early = (why == Why.EARLY_DEATH) & rule.early_death_as_pd
    best[early] = Response.PD
    day = np.where(visit >= 0, sequence.day[rows, visit], NO_DAY)
    return BestOverall(
        response=best,
        visit=visit,
        day=np.where(early, follow.death, day).astype(np.int32),
        start=start,
        start_day=np.where(has_start, sequence.day[rows, start], NO_DAY).astype(np.int32),
        holds_from=np.where(
            has_start, by[rows, start] if confirmed else start, response.shape[1]
        ).astype(np.int32),
        confirmed_at=np.where(visit >= 0, by[rows, visit], -1).astype(np.int32),
        pending=pending,
        why=why,
    )


def shown_response(sequence: Sequence, headline: BestOverall, rule: SettledResponse) -> Codes:
    """The responses as listings and spider plots show them (R-056) [S, V].

    With `pr_persistence: carry` a sum above the PR limit that is not PD stays PR once the response
    holds. Best overall response and duration never look at this.
    """
    if rule.pr_persistence == "strict":
        return sequence.response
    visit = np.arange(sequence.response.shape[1])[None, :]
    carried = (visit > headline.holds_from[:, None]) & (sequence.response == Response.SD)
    return np.where(carried, Response.PR, sequence.response).astype(np.int8)


def _lines(
    response: Codes, counts: Flags, held: tuple[Flags, Flags], late: Flags
) -> tuple[tuple[Response, Flags], ...]:
    """The lines of R-075 in order of rank, each with the records that it finds [S, V]."""
    kept = _one_of(response, (Response.CR, Response.PR, Response.SD))
    some = counts & (response != Response.PD)
    return (
        (Response.CR, held[0]),
        (Response.PR, held[1]),
        (Response.SD, kept & late),
        (Response.NN, (response == Response.NN) & late),
        (Response.PD, response == Response.PD),
        (Response.NED, response == Response.NED),
        (Response.NE, some & ((response == Response.NE) | ~late)),
    )


def _one_of(response: Codes, codes: tuple[Response, ...]) -> Flags:
    """Which responses are one of a few; far faster than `isin` on small integers."""
    found = np.zeros(response.shape, np.bool_)
    for code in codes:
        found |= response == code
    return found


def _first(which: Flags) -> Ints:
    """The first marked visit of each subject, -1 if none."""
    return np.where(any_last(which), which.argmax(axis=1), -1).astype(np.int32)


def _first_line(lines: tuple[tuple[Response, Flags], ...]) -> tuple[Codes, Ints]:
    """The first line that finds a record, and the record; NE without one."""
    subjects = len(lines[0][1])
    best = np.full(subjects, Response.NE, np.int8)
    visit = np.full(subjects, -1, np.int32)
    open_ = np.ones(subjects, np.bool_)
    for category, which in lines:
        found = _first(which)
        hit = open_ & (found >= 0)
        best[hit] = category
        visit[hit] = found[hit]
        open_ &= ~hit
    return best, visit


def _confirmed(
    response: Codes, elapsed: Ints, rule: SettledResponse, category: Response
) -> tuple[Flags, Ints]:
    """Which records of a category are confirmed, and by which later time point (R-075).

    Only the first later record that could confirm is examined; what stands between is counted.
    """
    subjects, visits = response.shape
    confirming = (Response.CR,) if category is Response.CR else (Response.CR, Response.PR)
    between = (*confirming, Response.NE) + ((Response.SD,) if category is Response.PR else ())
    can = _one_of(response, confirming)
    fits = _one_of(response, (*between, Response.NA))
    missed = _missed(response, elapsed, rule)
    keep = rule.cr_then_disease == "keep"
    confirmed = np.zeros((subjects, visits), np.bool_)
    by = np.full((subjects, visits), -1, np.int32)
    for first in range(visits - 1):
        open_ = response[:, first] == category
        if not open_.any():
            continue
        unknown = np.zeros(subjects, np.int64)
        stable = np.zeros(subjects, np.int64)
        good = np.ones(subjects, np.bool_)
        cr_seen = np.zeros(subjects, np.bool_)
        for later in range(first + 1, visits):
            now = response[:, later]
            unknown += missed[:, later]
            if keep:
                good &= ~(cr_seen & (now == Response.PR))
            apart = elapsed[:, later] - elapsed[:, first] >= rule.confirm_days
            hit = open_ & can[:, later] & apart
            held = hit & good & (unknown <= rule.max_ne_between) & (stable <= rule.sd_between_pr)
            confirmed[held, first] = True
            by[held, first] = later
            open_ &= ~hit
            good &= fits[:, later]
            unknown += now == Response.NE
            stable += now == Response.SD
            cr_seen |= now == Response.CR
    return confirmed, by


def _missed(response: Codes, elapsed: Ints, rule: SettledResponse) -> Ints:
    """Missed scans between each time point and the one before it (R-069) [S, V]."""
    missed = np.zeros(response.shape, np.int32)
    if not rule.missing_as_ne or response.shape[1] < 2:
        return missed
    calendar = ScanCalendar.of(rule, int(elapsed.max(initial=0)))
    both = (response[:, 1:] != Response.NA) & (response[:, :-1] != Response.NA)
    missed[:, 1:] = np.where(both, calendar.missed(elapsed[:, :-1], elapsed[:, 1:]), 0)
    return missed


def _pending(response: Codes, best: Codes, follow: Follow) -> Flags:
    """Unconfirmed CR or PR at the last evaluable time point of a subject on study (R-070)."""
    evaluable = (response != Response.NA) & (response != Response.NE)
    last = response.shape[1] - 1 - evaluable[:, ::-1].argmax(axis=1)
    final = response[np.arange(len(response)), last]
    open_ = (follow.death == NEVER) & (follow.new_therapy == NEVER) & (follow.withdrawal == NEVER)
    open_ &= follow.surgery == NEVER
    responding = any_last(evaluable) & _one_of(final, (Response.CR, Response.PR))
    result: Flags = responding & open_ & ~_one_of(best, (Response.CR, Response.PR))
    return result


def _why(response: Codes, best: Codes, known: tuple[Flags, Flags], follow: Follow) -> Codes:
    """The reason for NE; `known` are the time points that count and who has any time point."""
    counts, seen = known
    none = ~any_last(counts)
    all_ne = every_last(~counts | (response == Response.NE))
    why = np.select(
        [
            best != Response.NE,
            follow.reference == NO_DAY,
            none & ~seen & (follow.death < NEVER),
            none & (follow.withdrawal < NEVER),
            none & (follow.lost < NEVER),
            none & (follow.new_therapy < NEVER),
            none & seen,
            none,
            all_ne,
        ],
        [
            Why.NONE, Why.NOT_TREATED, Why.EARLY_DEATH, Why.WITHDRAWAL, Why.LOST, Why.NEW_THERAPY,
            Why.OUTSIDE, Why.NOT_YET, Why.ALL_NE,
        ],
        default=Why.TOO_EARLY,
    )  # fmt: skip
    return why.astype(np.int8)
