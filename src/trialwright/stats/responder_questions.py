"""Do responders live longer? Answers that give nobody the time he had to survive to respond (T-11).

Grouping by a response that comes after time zero credits responders with time in which they could
not have died. Each function here counts that time where it belongs:

- `mantel_byar`, log-rank with the response as a state that starts on its day;
- `landmark_analysis`, groups as they stand on a day fixed beforehand, from that day on;
- `simon_makuch`, curves whose subjects change sides on the day of response;
- `spells_by_response`, the rows behind them, also for a Cox model with the response as a covariate.

Conventions: a response counts from just after its day, so that an event of the same day belongs to
the time without response; a response stays. Follow-up that ends on the landmark day ends before it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import ArrayLike

from trialwright.core.errors import DataError
from trialwright.stats.follow_up import FollowUp, follow_up
from trialwright.stats.kaplan_meier import Counting, KaplanMeier, kaplan_meier
from trialwright.stats.log_rank import LogRank, LogRankConvention, log_rank
from trialwright.stats.survival_counts import Counts, Flags, Floats, GapRule
from trialwright.stats.tied_times import ranked

ResponseState: TypeAlias = Literal["no response", "response"]
#: Groups of all comparisons, in their order.
STATES: tuple[ResponseState, ResponseState] = ("no response", "response")


@dataclass(frozen=True, slots=True, eq=False)
class Spells:
    """Follow-up cut at the response: one row for each state a subject was in.

    Attributes
    ----------
    data
        One row a spell; a responder's second row enters on the day of response.
    responded
        True for spells after response.
    subject
        Row of the subject in the data given.
    on_last_day
        Subjects whose response falls on the last day of follow-up: they have no time as
        responders and count as non-responders throughout.
    """

    data: FollowUp
    responded: Flags
    subject: Counts
    on_last_day: int


@dataclass(frozen=True, slots=True)
class LandmarkExclusions:
    """Who is not compared because follow-up ended on or before the landmark day.

    Attributes
    ----------
    events, censored
        Subjects with the event, and censored, by then.
    responders
        How many of both together had responded.
    """

    events: int
    censored: int
    responders: int


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class LandmarkAnalysis:
    """Responders and non-responders on a fixed day, compared from that day on.

    Attributes
    ----------
    day
        The landmark.
    subject
        Rows still under observation after the landmark, in the data given.
    responded
        True for those with a response on or before the landmark.
    later
        Responders after the landmark; they count as non-responders.
    excluded
        Who is not compared, and why.
    data
        Follow-up of those compared, counted from the landmark.
    curves
        Kaplan-Meier curves from the landmark, by `STATES`; `None` for a group with nobody.
    test
        Log-rank test of both groups; `None` when one has nobody.
    """

    day: float
    subject: Counts
    responded: Flags
    later: int
    excluded: LandmarkExclusions
    data: FollowUp
    curves: tuple[KaplanMeier | None, KaplanMeier | None]
    test: LogRank | None


@dataclass(frozen=True, slots=True, eq=False)
class SimonMakuch:
    """Curves of the two states, by `STATES`, from `start` on; `None` for a state nobody was in.

    Attributes
    ----------
    start
        Day from which the curves run; they are conditional on being alive then.
    without, responded
        Non-responders, censored on the day of response; responders, entering on it.
    caution
        Why a curve says little, "" otherwise.
    """

    start: float
    without: KaplanMeier | None
    responded: KaplanMeier | None
    caution: str


@dataclass(frozen=True, slots=True)
class SimonMakuchConvention:
    """Where the curves start, and what happens when early responders are few.

    Attributes
    ----------
    start
        Day from which the curves run; later than 0 it keeps out the first days, when one event
        among very few responders moves the curve far.
    gap
        When the responders at risk all leave or have the event while others are still to respond:
        "refuse" the curve, or "carry" its last value.
    """

    start: float = 0.0
    gap: GapRule = "refuse"


def spells_by_response(data: FollowUp, response: ArrayLike) -> Spells:
    """Cut follow-up at the day of response.

    Parameters
    ----------
    data
        Follow-up, one row a subject.
    response
        Day of response in the unit of the follow-up, NaN for none; shape (subjects,).

    Raises
    ------
    DataError
        When there is not one day a subject, or a response is before 0 or after the follow-up.
    """
    days = _days(data, response)
    known = np.isfinite(days.response)
    after = known & (days.response < days.time)
    # Who responds at 0 is without response at 0 itself, which matters where an event happens then.
    event_at_zero = (data.event & (days.time <= 0)).any()
    first = days.entry if event_at_zero else np.maximum(days.entry, 0.0)
    throughout = after & (days.response <= first)
    before = ~throughout
    subject = np.concatenate([np.flatnonzero(before), np.flatnonzero(after)])
    spells = follow_up(
        np.append(np.where(after, days.response, days.time)[before], days.time[after]),
        np.append((data.event & ~after)[before], data.event[after]),
        entry=np.append(days.entry[before], np.where(throughout, days.entry, days.response)[after]),
        stratum=data.stratum[subject],
    )
    responded = np.arange(subject.size) >= int(before.sum())
    return Spells(spells, responded, subject, int((known & ~after).sum()))


def mantel_byar(data: FollowUp, response: ArrayLike, convention: LogRankConvention) -> LogRank:
    """Compare hazards with and without response, each subject in the state it is in at the time.

    Parameters
    ----------
    data, response
        As for `spells_by_response`.
    convention
        Weights of the event times; the test of the paper has "log_rank".

    Returns
    -------
    LogRank
        Groups are `STATES`; `rows` are spells, so a responder with time before response is in both.

    Raises
    ------
    DataError
        As `spells_by_response`; also when nobody was under observation in one of the states.

    References
    ----------
    Mantel and Byar, JASA 1974;69:81-86.
    """
    spells = spells_by_response(data, response)
    if spells.responded.all() or not spells.responded.any():
        raise DataError(
            f'Nobody was under observation in the state "{STATES[int(not spells.responded.any())]}".',
            where=f"{data.rows} subjects",
            allowed="follow-up with and without response",
        )
    return log_rank(spells.data, _states(spells.responded), convention)


def landmark_analysis(
    data: FollowUp, response: ArrayLike, day: float, convention: LogRankConvention
) -> LandmarkAnalysis:
    """Compare responders and non-responders as they stand on a day fixed beforehand.

    Parameters
    ----------
    data, response
        As for `spells_by_response`.
    day
        The landmark, in the unit of the follow-up; fixed before the data are seen.
    convention
        Weights of the event times.

    Raises
    ------
    DataError
        As `spells_by_response`; also when the landmark is no day of 0 or more, or nobody is under
        observation after it.

    References
    ----------
    Anderson, Cain and Gelber, J Clin Oncol 1983;1:710-719.
    """
    days = _days(data, response, _checked_day(day))
    staying, responded = days.time > days.day, days.response <= days.day
    _require_somebody(staying, day)
    left = LandmarkExclusions(
        int((data.event & ~staying).sum()),
        int((~data.event & ~staying).sum()),
        int((responded & ~staying).sum()),
    )
    kept = follow_up(
        (days.time - days.day)[staying],
        data.event[staying],
        entry=np.where(days.entry > days.day, days.entry - days.day, -np.inf)[staying],
        stratum=data.stratum[staying],
    )
    group = responded[staying]
    both = bool(group.any() and not group.all())
    return LandmarkAnalysis(
        day=day,
        subject=np.flatnonzero(staying),
        responded=group,
        later=int((np.isfinite(days.response) & ~responded & staying).sum()),
        excluded=left,
        data=kept,
        curves=(_curve(kept, ~group, "refuse"), _curve(kept, group, "refuse")),
        test=log_rank(kept, _states(group), convention) if both else None,
    )


def simon_makuch(
    data: FollowUp, response: ArrayLike, convention: SimonMakuchConvention
) -> SimonMakuch:
    """Draw survival with and without response, each subject in the state it is in at the time.

    Strata play no part.

    Parameters
    ----------
    data, response
        As for `spells_by_response`.
    convention
        Start of the curves, and what happens when early responders are few.

    Raises
    ------
    DataError
        As `spells_by_response`; also when nobody is under observation after the start, or a curve
        is not identified and the convention refuses it.

    References
    ----------
    Simon and Makuch, Stat Med 1984;3:35-44.
    """
    start = _checked_day(convention.start)
    spells = spells_by_response(data, response)
    rows, days = spells.data, _days(spells.data, np.full(spells.data.rows, np.nan), start)
    kept = (days.time > days.day) | (start == 0)
    _require_somebody(kept, start)
    entry = np.maximum(days.entry, days.day) if start > 0 else days.entry
    shown = follow_up(days.time[kept], rows.event[kept], entry=entry[kept])
    group = spells.responded[kept]
    curves = _curve(shown, ~group, convention.gap), _curve(shown, group, convention.gap)
    return SimonMakuch(start, *curves, _caution(curves[1]))


def _caution(curve: KaplanMeier | None) -> str:
    if curve is None:
        return "nobody was under observation with a response"
    ended = curve.survival <= 0
    first = float(curve.time[np.argmax(ended)]) if ended.any() else np.inf
    if curve.sets.gaps or (curve.sets.entry > first).any():
        return (
            "at some time nobody with a response was left while others were still to respond; the "
            "curve of responders after that is not identified"
        )
    return ""


def _curve(data: FollowUp, rows: Flags, gap: GapRule) -> KaplanMeier | None:
    if not rows.any():
        return None
    return kaplan_meier(
        data.time[rows], data.event[rows], entry=data.entry[rows], counting=Counting(gap=gap)
    )


def _states(responded: Flags) -> list[str]:
    return [STATES[int(each)] for each in responded]


@dataclass(frozen=True, slots=True, eq=False)
class _Days:
    """Days that may be compared as they are: near-equal ones have been made equal."""

    time: Floats
    entry: Floats
    response: Floats
    day: float


def _days(data: FollowUp, response: ArrayLike, day: float = 0.0) -> _Days:
    given = np.asarray(response, dtype=np.float64)
    if given.shape != data.time.shape:
        raise DataError(
            "These are not days of response.",
            where=f"responses of shape {given.shape} for {data.rows} subjects",
            allowed="one day a subject, NaN for no response",
        )
    together = np.concatenate([data.time, data.entry, given, [day]])
    known = np.isfinite(together)
    distinct, place = ranked(together[known])
    together[known] = distinct[place]
    time, entry, responses = np.split(together[:-1], 3)
    wrong = (responses < 0) | (responses > time)
    if wrong.any():
        row = int(np.argmax(wrong))
        raise DataError(
            f"{int(wrong.sum())} responses lie outside the follow-up.",
            where=f"row {row + 1}: response {given[row]:g}, follow-up to {time[row]:g}",
            allowed="from 0 to the end of the subject's follow-up, NaN for no response",
            do="correct the day, or end the follow-up at the event that is compared",
        )
    return _Days(time, entry, responses, float(together[-1]))


def _checked_day(day: float) -> float:
    if np.isfinite(day) and day >= 0:
        return day
    raise DataError(
        "This is no day to compare from.", where=f'day "{day}"', allowed="a number of 0 or more"
    )


def _require_somebody(staying: Flags, day: float) -> None:
    if not staying.any():
        raise DataError(
            "Nobody is under observation after this day.",
            where=f"day {day:g}, {staying.size} rows",
            allowed="a day before the last end of follow-up",
        )
