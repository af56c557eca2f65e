"""What would change a best overall response: the rules asked again with one record changed (R-075).

As in `whatif` nothing is reasoned: each question changes or adds one time point of one subject and
derives the best overall response again.
"""

from __future__ import annotations

from collections.abc import Sequence as Many
from dataclasses import dataclass, fields, replace

import numpy as np

from trialwright.protocol.settled import SettledResponse
from trialwright.response.best_overall import BestOverall, Follow, Sequence, best_overall
from trialwright.response.history import Ints
from trialwright.vocabulary.recist import NO_DAY, Response

#: How far ahead a confirming scan is looked for, in days.
_AHEAD_DAYS = 420


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One time point of one subject as it might have been.

    `visit` -1 adds a time point behind the last one. `day` keeps the date of the record when it is
    `NO_DAY`.
    """

    subject: int
    visit: int
    response: Response
    day: int = NO_DAY


@dataclass(frozen=True, slots=True, kw_only=True)
class Confirmable:
    """When a scan that shows the response again would confirm it, as day numbers.

    `first` is the first such day, `last` the last one before too much has been missed, `NO_DAY` when
    no end is in sight; `visit` is the time point of the response.
    """

    subject: int
    visit: int
    first: int
    last: int


def ask_best(
    sequence: Sequence,
    follow: Follow,
    rule: SettledResponse,
    records: Many[Record],
    *,
    confirmed: bool,
) -> BestOverall:
    """The best overall response of each subject when one of its records were another [N]."""
    who = np.array([one.subject for one in records], np.int32)
    changed = _with_room(sequence, who)
    last = sequence.live[who].sum(axis=1)
    visit = np.array([one.visit for one in records], np.int32)
    visit = np.where(visit < 0, last, visit)
    each = np.arange(len(who))
    day = np.array([one.day for one in records], np.int32)
    changed.response[each, visit] = [one.response for one in records]
    changed.day[each, visit] = np.where(day == NO_DAY, changed.day[each, visit], day)
    changed.live[each, visit] = True
    dates = {part.name: getattr(follow, part.name)[who] for part in fields(follow)}
    return best_overall(changed, replace(follow, **dates), rule, confirmed=confirmed)


def _with_room(sequence: Sequence, who: Ints) -> Sequence:
    """Copies of the subjects' records with an empty time point at the end."""
    shape = (len(who), 1)
    return Sequence(
        response=np.hstack([sequence.response[who], np.zeros(shape, np.int8)]),
        day=np.hstack([sequence.day[who], np.full(shape, NO_DAY, np.int32)]),
        live=np.hstack([sequence.live[who], np.zeros(shape, np.bool_)]),
    )


def confirmable(
    sequence: Sequence, follow: Follow, rule: SettledResponse, best: BestOverall
) -> dict[int, Confirmable]:
    """When a pending response could still be confirmed, by subject (R-070, R-068, R-069).

    Every day behind the last scan is tried: a scan there that shows the response once more either
    confirms it or does not. A subject whom no such scan can confirm is not in the result.
    """
    found = {}
    for subject in np.flatnonzero(best.pending).tolist():
        count = int(sequence.live[subject].sum())
        last = int(sequence.day[subject, :count].max())
        shown = Response(last_response(sequence, subject))
        days = range(last + 1, last + _AHEAD_DAYS)
        tried = [Record(subject=subject, visit=-1, response=shown, day=day) for day in days]
        answers = ask_best(sequence, follow, rule, tried, confirmed=True)
        holds = answers.response == shown
        if holds.any():
            first = int(holds.argmax())
            ends = np.flatnonzero(~holds[first:])
            end = days[first + int(ends[0]) - 1] if len(ends) else NO_DAY
            visit = int(answers.visit[first])
            found[subject] = Confirmable(subject=subject, visit=visit, first=days[first], last=end)
    return found


def last_response(sequence: Sequence, subject: int) -> int:
    """The response at the last evaluable time point of a subject."""
    response = sequence.response[subject, : int(sequence.live[subject].sum())]
    evaluable = response[(response != Response.NE) & (response != Response.NA)]
    return int(evaluable[-1]) if len(evaluable) else int(Response.NE)
