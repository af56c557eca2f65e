"""Other readings of the same lesions: what a reader may have done who states another response.

Each alternative breaks one rule on purpose and derives every time point again from our own arrays.
One that gives what the reader said names the rule behind a difference (R-053); it decides nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from typing import Literal

import numpy as np

from trialwright.protocol.settled import SettledResponse
from trialwright.response.across import any_last, every_last
from trialwright.response.history import Codes, Flags, Ints, LesionHistory
from trialwright.response.nontargets import OtherDisease, settle_equivocal
from trialwright.response.targets import is_progression
from trialwright.response.timepoint import TimePoints, assess_time_points, combine_responses
from trialwright.vocabulary.recist import PD_ABSOLUTE_TENTHS, LesionState, Response, Role


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """Lesions with what we derived from them."""

    history: LesionHistory
    points: TimePoints
    rule: SettledResponse


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """Responses of all time points by one reading, as a reader states them too, all [S, V]."""

    overall: Codes
    target: Codes
    other: Codes
    new: Flags


@dataclass(frozen=True, slots=True, kw_only=True)
class Alternative:
    """A rule that a reader may not have followed.

    `words` completes "the reader seems to have ..."; `read` gives every time point by that reading.
    """

    rule: str
    words: str
    read: Callable[[Case], Answer]


def cases_of(case: Case, subjects: Ints) -> Case:
    """The case of some subjects only, by array index."""
    history = LesionHistory(
        **{one.name: getattr(case.history, one.name)[subjects] for one in fields(case.history)}
    )
    return replace(case, history=history, points=assess_time_points(history, case.rule))


def _targets_of(history: LesionHistory) -> Flags:
    """Which lesions are targets, for each time point [S, 1, L]."""
    result: Flags = (history.role == Role.TARGET)[:, None, :]
    return result


def _gone(history: LesionHistory, resolved: Flags) -> Flags:
    """Whether every target is resolved [S, V]."""
    return every_last(resolved | ~_targets_of(history))


def _decided(
    case: Case,
    *,
    grew: Flags | None = None,
    shrank: Flags | None = None,
    complete: Flags | None = None,
    gone: Flags | None = None,
) -> Answer:
    """Responses with a condition of the target response replaced, the order of tests kept."""
    t, history = case.points.targets, case.history
    base = t.baseline[:, None]
    complete = t.complete if complete is None else complete
    grew = is_progression(t.total, t.nadir) if grew is None else grew
    shrank = 10 * t.total <= 7 * base if shrank is None else shrank
    gone = _gone(history, history.resolved) if gone is None else gone
    argued = history.convinced != Response.NA
    unread = np.where(argued, history.convinced, Response.NE)
    target = np.select(
        [t.response == Response.NA, ~complete & grew, ~complete, gone, grew, shrank],
        [Response.NA, Response.PD, unread, Response.CR, Response.PD, Response.PR],
        default=Response.SD,
    ).astype(np.int8)
    return _combined(case, target=target)


def answer_of(points: TimePoints, overall: Codes | None = None) -> Answer:
    """What the time points say, the overall response replaced when another one is given."""
    return Answer(
        overall=points.response if overall is None else overall,
        target=points.targets.response,
        other=points.others.response,
        new=points.others.new,
    )


def _combined(
    case: Case, *, target: Codes | None = None, others: OtherDisease | None = None
) -> Answer:
    """Responses with the target response or the other disease replaced (Tables 1 and 2, R-055)."""
    targets = case.points.targets
    targets = targets if target is None else replace(targets, response=target)
    others = case.points.others if others is None else others
    overall, _, _ = combine_responses(
        settle_equivocal(case.history), targets, others, case.rule.cr_then_disease
    )
    return Answer(overall=overall, target=targets.response, other=others.response, new=others.new)


def _again(case: Case, history: LesionHistory) -> Answer:
    """Responses from changed lesions."""
    return answer_of(assess_time_points(history, case.rule))


def _against_baseline(case: Case) -> Answer:
    t = case.points.targets
    base = np.broadcast_to(t.baseline[:, None], t.total.shape)
    return _decided(case, grew=is_progression(t.total, base))


def _without_5mm(case: Case) -> Answer:
    t = case.points.targets
    return _decided(case, grew=(5 * t.total >= 6 * t.nadir) & (t.total > t.nadir))


def _without_fifth(case: Case) -> Answer:
    t = case.points.targets
    return _decided(case, grew=t.total - t.nadir >= PD_ABSOLUTE_TENTHS)


def _rounded_response(case: Case) -> Answer:
    """A fall of 29.5 % is rounded to 30 % in whole percent."""
    t = case.points.targets
    return _decided(case, shrank=200 * t.total <= 141 * t.baseline[:, None])


def _rounded_progression(case: Case) -> Answer:
    """A rise of 19.5 % is rounded to 20 % in whole percent."""
    t = case.points.targets
    rise = t.total - t.nadir
    return _decided(case, grew=(rise >= PD_ABSOLUTE_TENTHS) & (200 * rise >= 39 * t.nadir))


def _partial_nadir(case: Case) -> Answer:
    """The sum of an incomplete time point taken as the smallest earlier sum."""
    t = case.points.targets
    sums = np.concatenate([t.baseline[:, None], t.total[:, :-1]], axis=1)
    nadir = np.minimum.accumulate(sums, axis=1).astype(np.int32)
    return _decided(case, grew=is_progression(t.total, nadir))


def _partial_as_full(case: Case) -> Answer:
    history = case.history
    unseen = history.state == LesionState.NE
    gone = _gone(history, history.resolved | unseen) & any_last(~unseen & _targets_of(history))
    return _decided(case, complete=history.live, gone=gone)


def _carried_size(case: Case) -> Answer:
    """The last known size in the place of a missing one."""
    history = case.history
    state, size, resolved = history.state.copy(), history.size.copy(), history.resolved.copy()
    target = history.role == Role.TARGET
    for visit in range(state.shape[1]):
        missing = target & (state[:, visit] == LesionState.NE)
        before = (state[:, visit - 1], size[:, visit - 1], resolved[:, visit - 1])
        if visit == 0:
            still = np.full_like(state[:, 0], LesionState.MEASURED)
            before = (still, history.baseline, np.zeros_like(target))
        state[:, visit][missing] = before[0][missing]
        size[:, visit][missing] = before[1][missing]
        resolved[:, visit][missing] = before[2][missing]
    return _again(case, replace(history, state=state, size=size, resolved=resolved))


def _ne_as_sd(case: Case) -> Answer:
    return _said(case, Response.NE, Response.SD)


def _proof_of_part(case: Case) -> Answer:
    """PD that the lesions seen prove by themselves, called not evaluable."""
    return _decided(case, grew=case.points.targets.complete & _grew(case))


def _grew(case: Case) -> Flags:
    return is_progression(case.points.targets.total, case.points.targets.nadir)


def _tiny_as_gone(case: Case) -> Answer:
    history = case.history
    tiny = (history.state == LesionState.TOO_SMALL) & _targets_of(history)
    state = np.where(tiny, LesionState.ABSENT, history.state).astype(np.int8)
    size = np.where(tiny, 0, history.size).astype(np.int32)
    return _again(case, replace(history, state=state, size=size, resolved=history.resolved | tiny))


def _nodes_overlooked(case: Case) -> Answer:
    history = case.history
    unseen = history.state == LesionState.NE
    node = history.node[:, None, :] & ~unseen
    return _decided(case, gone=_gone(history, history.resolved | node))


def _nodes_must_vanish(case: Case) -> Answer:
    history = case.history
    left = history.node[:, None, :] & (history.size > 0)
    return _decided(case, gone=_gone(history, history.resolved & ~left))


def _others_for_cr(case: Case) -> Answer:
    others = case.points.others
    open_ = (others.response == Response.NN) | (others.response == Response.NE)
    clear = np.where(open_, Response.CR, others.response).astype(np.int8)
    return _combined(case, others=replace(others, response=clear))


def _others_make_ne(case: Case) -> Answer:
    unseen = case.points.others.response == Response.NE
    bad = unseen & (case.points.response != Response.PD)
    response = np.where(bad, Response.NE, case.points.response).astype(np.int8)
    return answer_of(case.points, response)


def _no_new_lesion(case: Case) -> Answer:
    others = case.points.others
    return _combined(case, others=replace(others, new=np.zeros_like(others.new)))


def _restated(
    role: Role, before: tuple[LesionState, ...], after: LesionState
) -> Callable[[Case], Answer]:
    """A reading that takes some states of a lesion for another state."""

    def read(case: Case) -> Answer:
        history = case.history
        hit = np.isin(history.state, before) & (history.role == role)[:, None, :]
        state = np.where(hit, after, history.state).astype(np.int8)
        return _again(case, replace(history, state=state))

    return read


def _as_first_read(case: Case) -> Answer:
    return answer_of(case.points, case.points.as_read)


def _carried_response(case: Case) -> Answer:
    response = case.points.response
    partial = np.maximum.accumulate(response == Response.PR, axis=1)
    carried = np.where(partial & (response == Response.SD), Response.PR, response)
    return answer_of(case.points, carried.astype(np.int8))


def _carried_progression(case: Case) -> Answer:
    repeated = np.where(case.points.post_pd, Response.PD, case.points.response)
    return answer_of(case.points, repeated.astype(np.int8))


def _after_cr(value: Literal["PD", "keep", "reclassify"]) -> Callable[[Case], Answer]:
    """The other values of `cr_then_disease`."""

    def read(case: Case) -> Answer:
        rule = replace(case.rule, cr_then_disease=value)
        return answer_of(assess_time_points(case.history, rule))

    return read


def _said(case: Case, ours: Response, theirs: Response) -> Answer:
    response = np.where(case.points.response == ours, theirs, case.points.response)
    return answer_of(case.points, response.astype(np.int8))


def _stable_for_nn(case: Case) -> Answer:
    answer = _said(case, Response.NN, Response.SD)
    other = np.where(answer.other == Response.NN, Response.SD, answer.other)
    return replace(answer, other=other.astype(np.int8))


def _ne_for_ned(case: Case) -> Answer:
    return _said(case, Response.NED, Response.NE)


_DOUBT = (LesionState.EQUIVOCAL,)
_GROWN = (LesionState.INCREASED,)
_SURE = (LesionState.UNEQUIVOCAL,)

#: In order of how often a reader does so; the first that explains most is named.
ALTERNATIVES: tuple[Alternative, ...] = (
    Alternative(rule="R-032", words="compared the sum with the baseline, not with the smallest "
                "earlier sum", read=_against_baseline),
    Alternative(rule="R-032", words="left out the 5 mm that progression needs",
                read=_without_5mm),
    Alternative(rule="R-032", words="left out the 20 % that progression needs",
                read=_without_fifth),
    Alternative(rule="R-034", words="rounded the fall of the sum to whole percent",
                read=_rounded_response),
    Alternative(rule="R-034", words="rounded the rise of the sum to whole percent",
                read=_rounded_progression),
    Alternative(rule="R-045", words="called an equivocal new lesion progression at once",
                read=_restated(Role.NEW, _DOUBT, LesionState.UNEQUIVOCAL)),
    Alternative(rule="R-043", words="not counted a new lesion", read=_no_new_lesion),
    Alternative(rule="R-045", words="kept the response as first read when a later scan settled a "
                "finding", read=_as_first_read),
    Alternative(rule="R-052", words="called NON-CR/NON-PD stable disease", read=_stable_for_nn),
    Alternative(rule="R-055", words="not called disease after complete response progression",
                read=_after_cr("keep")),
    Alternative(rule="R-055", words="called disease after complete response progression",
                read=_after_cr("PD")),
    Alternative(rule="R-055", words="taken back a complete response when disease was seen again",
                read=_after_cr("reclassify")),
    Alternative(rule="R-056", words="carried a partial response forward although the sum rose above "
                "its limit", read=_carried_response),
    Alternative(rule="R-035", words="taken the sum of the lesions that were seen for the whole sum",
                read=_partial_as_full),
    Alternative(rule="R-028", words="carried the last size of a missing lesion forward",
                read=_carried_size),
    Alternative(rule="R-035", words="called a time point with a missing lesion stable disease",
                read=_ne_as_sd),
    Alternative(rule="R-035", words="not called progression that the lesions seen prove by "
                "themselves", read=_proof_of_part),
    Alternative(rule="R-037", words="taken the sum of an incomplete time point as the smallest "
                "earlier sum", read=_partial_nadir),
    Alternative(rule="R-051", words="called complete response although non-target disease persists "
                "or was not evaluated", read=_others_for_cr),
    Alternative(rule="R-051", words="called the time point not evaluable because a non-target "
                "lesion was", read=_others_make_ne),
    Alternative(rule="R-031", words="not looked at target nodes of 10 mm or more",
                read=_nodes_overlooked),
    Alternative(rule="R-023", words="asked for target nodes to vanish, not only to be below 10 mm",
                read=_nodes_must_vanish),
    Alternative(rule="R-022", words="counted a lesion too small to measure as gone",
                read=_tiny_as_gone),
    Alternative(rule="R-041", words="called modest growth of non-target disease progression",
                read=_restated(Role.NON_TARGET, _GROWN, LesionState.UNEQUIVOCAL)),
    Alternative(rule="R-046", words="called equivocal progression of non-target disease progression "
                "at once", read=_restated(Role.NON_TARGET, _DOUBT, LesionState.UNEQUIVOCAL)),
    Alternative(rule="R-040", words="not counted progression of non-target disease",
                read=_restated(Role.NON_TARGET, _SURE, LesionState.PRESENT)),
    Alternative(rule="R-057", words="repeated progression after the first one",
                read=_carried_progression),
    Alternative(rule="R-015", words="called a time point without any lesion to follow not evaluable",
                read=_ne_for_ned),
)  # fmt: skip
