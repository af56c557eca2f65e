"""What a stated response would change for a patient: best overall response, date of progression."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace

import numpy as np

from trialwright.adam.reading import Reading
from trialwright.core.dates import iso
from trialwright.response.best_overall import Follow, Sequence, best_overall
from trialwright.response.history import Codes, Ints
from trialwright.vocabulary.recist import NO_DAY, RESPONSE_TEXT, Response


@dataclass(frozen=True, slots=True, kw_only=True)
class Stated:
    """Stated responses beside ours, one entry a record: subject, time point, code and day.

    `day` is ours where the record has no complete date.
    """

    subject: Ints
    visit: Ints
    code: Codes
    day: Ints


def changes(reading: Reading, stated: Stated) -> list[str]:
    """What would change if one stated response counted in the place of ours, "" for nothing.

    Where no single response of a patient changes anything and all of them together do, each one
    says so (R-053).
    """
    if len(stated.subject) == 0:
        return []
    alone = _changed(reading, stated, np.arange(len(stated.subject), dtype=np.int32))
    subjects, group = np.unique(stated.subject, return_inverse=True)
    together = _changed(reading, stated, group.astype(np.int32))
    silent = {int(s) for s in subjects} - {
        int(s) for s, text in zip(stated.subject, alone, strict=True) if text
    }
    joint = dict(zip(subjects.tolist(), together, strict=True))
    return [
        f"together with the other differences: {joint[int(s)]}"
        if int(s) in silent and joint[int(s)]
        else text
        for s, text in zip(stated.subject, alone, strict=True)
    ]


def _changed(reading: Reading, stated: Stated, group: Ints) -> list[str]:
    """The change of each group, a copy of a subject in which the group's responses are replaced."""
    count = int(group.max()) + 1
    owner = np.zeros(count, np.int32)
    owner[group] = stated.subject
    sequence, follow = reading.decisions.sequence, reading.decisions.follow
    response, day = sequence.response[owner].copy(), sequence.day[owner].copy()
    live = sequence.live[owner]
    before = _facts(reading, Sequence(response=response.copy(), day=day.copy(), live=live),
                    _taken(follow, owner))  # fmt: skip
    response[group, stated.visit] = stated.code
    day[group, stated.visit] = stated.day
    after = _facts(reading, Sequence(response=response, day=day, live=live), _taken(follow, owner))
    return [
        "; ".join(
            f"{name} {old} -> {new}"
            for name, old, new in zip(_NAMES, was, now, strict=True)
            if old != new
        )
        for was, now in zip(before, after, strict=True)
    ]


_NAMES = ("BOR", "CBOR", "progression")


def _taken(follow: Follow, owner: Ints) -> Follow:
    """The dates of the subjects in `owner`."""
    return replace(follow, **{one.name: getattr(follow, one.name)[owner] for one in fields(follow)})


def _facts(reading: Reading, sequence: Sequence, follow: Follow) -> list[tuple[str, str, str]]:
    """Unconfirmed and confirmed best overall response and the first date of PD."""
    best = [
        best_overall(sequence, follow, reading.rule, confirmed=confirmed).response
        for confirmed in (False, True)
    ]
    is_pd = sequence.live & (sequence.response == Response.PD)
    rows = np.arange(len(is_pd))
    pd_day = np.where(is_pd.any(axis=1), sequence.day[rows, is_pd.argmax(axis=1)], NO_DAY)
    return [
        (RESPONSE_TEXT[first], RESPONSE_TEXT[second], iso(int(day)) if day > NO_DAY else "none")
        for first, second, day in zip(best[0], best[1], pd_day, strict=True)
    ]
