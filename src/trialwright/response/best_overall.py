"""Best overall response, confirmed and unconfirmed (R-060 to R-076).

The algorithm is R-075: six lines tried in order of rank, the first that finds a record gives the
best overall response and its date.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

import numpy as np

from trialwright.protocol.settled import SettledResponse
from trialwright.response.across import any_last, before_last, every_last, first_last
from trialwright.response.history import Codes, Flags, Ints
from trialwright.response.layout import all_side_by_side, filled, first_case, pick, some_rows
from trialwright.response.schedule import ScanCalendar
from trialwright.vocabulary.recist import NEVER, NO_DAY, Response

# As plain numbers: compared with a member of an enumeration, codes would be widened first.
_NA, _CR, _PR, _SD, _NN, _PD, _NE, _NED = (int(code) for code in Response)


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
    counts: Flags = sequence.live & ~before_last(sequence.live & (response == _PD))
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
    sequence = all_side_by_side(sequence)
    return _best_of(_window(sequence, follow, rule), sequence, follow, rule, confirmed=confirmed)


def both_best_overall(
    sequence: Sequence, follow: Follow, rule: SettledResponse
) -> tuple[BestOverall, BestOverall]:
    """Derive the unconfirmed and the confirmed best overall response, like `best_overall`."""
    sequence = all_side_by_side(sequence)
    window = _window(sequence, follow, rule)
    unconfirmed = _best_of(window, sequence, follow, rule, confirmed=False)
    return unconfirmed, _best_of(window, sequence, follow, rule, confirmed=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Window:
    """What both best overall responses ask for.

    `counts` marks the time points that count, `response` is `NA` and `elapsed`, the days since the
    reference, 0 elsewhere, `late` is whether SD may be said [S, V]; `pending` says which subjects
    could still have a response confirmed [S].
    """

    counts: Flags
    response: Codes
    elapsed: Ints
    late: Flags
    pending: Flags


def _window(sequence: Sequence, follow: Follow, rule: SettledResponse) -> _Window:
    counts = in_window(sequence, follow, rule)
    response = sequence.response * counts
    elapsed = (sequence.day - follow.reference[:, None]) * counts
    return _Window(
        counts=counts,
        response=response,
        elapsed=elapsed,
        late=elapsed >= rule.sd_min_days,
        pending=_pending(response, follow),
    )


def _best_of(
    window: _Window, sequence: Sequence, follow: Follow, rule: SettledResponse, *, confirmed: bool
) -> BestOverall:
    """Either best overall response by the lines of R-075."""
    response = window.response
    held = (response == _CR) | (response == _PR)
    by = filled(response.shape, -1, np.int32)
    if confirmed:
        by = _confirmed_by(response, window.elapsed, rule)
        held = by >= 0
    best, visit = _first_line(_lines(window, held))
    start = first_last(held)
    why = _why(window, best, sequence.live, follow)
    # a subject with a time point, even one that does not count, was assessed before death.
    early = (why == int(Why.EARLY_DEATH)) & rule.early_death_as_pd
    return BestOverall(
        response=pick(early, _PD, best),
        visit=visit,
        day=pick(early, follow.death, _at(sequence.day, visit, NO_DAY)),
        start=start,
        start_day=_at(sequence.day, start, NO_DAY),
        holds_from=(
            _at(by, start, response.shape[1])
            if confirmed
            else pick(start >= 0, start, response.shape[1])
        ),
        confirmed_at=_at(by, visit, -1),
        pending=window.pending & (best != _CR) & (best != _PR),
        why=why,
    )


def _at(values: Ints, visit: Ints, missing: int) -> Ints:
    """The value at a visit of each subject, `missing` where the visit is -1."""
    return pick(visit >= 0, values[np.arange(len(visit)), visit], missing)


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


def _lines(window: _Window, held: Flags) -> tuple[tuple[int, Flags], ...]:
    """The lines of R-075 in order of rank, each with the records that it finds [S, V].

    `held` marks the CR and PR that count.
    """
    response, late = window.response, window.late
    kept = (response == _CR) | (response == _PR) | (response == _SD)
    some = window.counts & (response != _PD)
    return (
        (_CR, held & (response == _CR)),
        (_PR, held & (response == _PR)),
        (_SD, kept & late),
        (_NN, (response == _NN) & late),
        (_PD, response == _PD),
        (_NED, response == _NED),
        (_NE, some & ((response == _NE) | ~late)),
    )


def _first_line(lines: tuple[tuple[int, Flags], ...]) -> tuple[Codes, Ints]:
    """The first line that finds a record, and the record; NE and -1 without one."""
    none = len(lines)
    ranks = tuple((which, rank) for rank, (_, which) in enumerate(lines))
    rank = first_case(ranks, filled(lines[0][1].shape, none, np.int8))
    best = filled(rank.shape[:1], none, np.int8)
    for visit in range(rank.shape[1]):
        np.minimum(best, rank[:, visit], out=best)
    found = first_last((rank == best[:, None]) & (rank < none))
    return np.array([*(category for category, _ in lines), _NE], np.int8)[best], found


def _confirmed_by(response: Codes, elapsed: Ints, rule: SettledResponse) -> Ints:
    """The time point that confirms each CR and PR, -1 for none [S, V] (R-062, R-075)."""
    by = filled(response.shape, -1, np.int32)
    responding = (response == _CR) | (response == _PR)
    # At the last time point nothing can be confirmed any more.
    rows = np.flatnonzero(any_last(responding[:, :-1]))
    some, days = some_rows(response, rows), some_rows(elapsed, rows)
    missed = _missed(some, days, rule)
    for first in range(response.shape[1] - 1):
        by[rows, first] = _confirming(some, days, missed, first, rule)
    return by


def _confirming(
    response: Codes, elapsed: Ints, missed: Ints, first: int, rule: SettledResponse
) -> Ints:
    """The later time point that confirms a CR or PR at `first`, -1 for none [S] (R-075).

    Only the first later record that could confirm is examined; what stands between is counted.
    """
    now = response[:, first]
    partial = now == _PR
    open_ = partial | (now == _CR)
    by = np.full(len(now), -1, np.int32)
    unknown = np.zeros(len(now), np.int32)
    stable = np.zeros(len(now), np.int32)
    good = np.ones(len(now), np.bool_)
    cr_seen = np.zeros(len(now), np.bool_)
    for later in range(first + 1, response.shape[1]):
        now = response[:, later]
        is_cr, is_pr, is_ne, is_sd = (now == code for code in (_CR, _PR, _NE, _SD))
        unknown += missed[:, later]
        if rule.cr_then_disease == "keep":
            good &= ~(cr_seen & is_pr)
        can = is_cr | (is_pr & partial)
        hit = open_ & can & (elapsed[:, later] - elapsed[:, first] >= rule.confirm_days)
        held = hit & good & (unknown <= rule.max_ne_between) & (stable <= rule.sd_between_pr)
        by = pick(held, later, by)
        open_ &= ~hit
        good &= can | is_ne | (is_sd & partial) | (now == _NA)
        unknown += is_ne
        stable += is_sd
        cr_seen |= is_cr
    return by


def _missed(response: Codes, elapsed: Ints, rule: SettledResponse) -> Ints:
    """Missed scans between each time point and the one before it (R-069) [S, V]."""
    missed = filled(response.shape, 0, np.int32)
    if not rule.missing_as_ne or response.shape[1] < 2:
        return missed
    calendar = ScanCalendar.of(rule, int(elapsed.max(initial=0)))
    known = response != _NA
    long = elapsed[:, 1:] - elapsed[:, :-1] > calendar.shortest
    for visit in range(1, response.shape[1]):
        rows = np.flatnonzero(long[:, visit - 1] & known[:, visit] & known[:, visit - 1])
        gap = elapsed[rows, visit - 1], elapsed[rows, visit]
        missed[rows, visit] = calendar.missed(*gap)
    return missed


def _pending(response: Codes, follow: Follow) -> Flags:
    """CR or PR at the last evaluable time point of a subject on study (R-070)."""
    last = filled(response.shape[:1], _NA, np.int8)
    evaluable = (response != _NA) & (response != _NE)
    for visit in range(response.shape[1]):
        last = pick(evaluable[:, visit], response[:, visit], last)
    open_ = (follow.death == NEVER) & (follow.new_therapy == NEVER) & (follow.withdrawal == NEVER)
    open_ &= follow.surgery == NEVER
    result: Flags = open_ & ((last == _CR) | (last == _PR))
    return result


def _why(window: _Window, best: Codes, live: Flags, follow: Follow) -> Codes:
    """The reason for NE (R-065) [S]."""
    found = filled(best.shape, Why.NONE, np.int8)
    rows = np.flatnonzero(best == _NE)
    counts, response = some_rows(window.counts, rows), some_rows(window.response, rows)
    seen = any_last(some_rows(live, rows))
    none = ~any_last(counts)
    happened = {
        name: getattr(follow, name)[rows] < NEVER
        for name in ("death", "withdrawal", "lost", "new_therapy")
    }
    cases = (
        (follow.reference[rows] == NO_DAY, Why.NOT_TREATED),
        (none & ~seen & happened["death"], Why.EARLY_DEATH),
        (none & happened["withdrawal"], Why.WITHDRAWAL),
        (none & happened["lost"], Why.LOST),
        (none & happened["new_therapy"], Why.NEW_THERAPY),
        (none & seen, Why.OUTSIDE),
        (none, Why.NOT_YET),
        (every_last(~counts | (response == _NE)), Why.ALL_NE),
    )
    reasons = tuple((which, int(reason)) for which, reason in cases)
    found[rows] = first_case(reasons, filled(rows.shape, Why.TOO_EARLY, np.int8))
    return found
