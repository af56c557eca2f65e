"""The outcomes of a record: each reading is scored, the best one is taken, the next one kept.

The measure, the description and the time frame may all hold commas, and description or time frame
may be missing. Each pair of cuts is a reading (`weights`). Outcomes of one record repeat their time
frames, measures and shape: what is not sure by itself is read again beside the others.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from math import exp
from typing import Final, TypeAlias

from trialwright.registry.outcomes.cuts import outcomes_with_cuts
from trialwright.registry.outcomes.model import Outcome
from trialwright.registry.outcomes.signs import Cut, cut_up, measure_cuts, time_cuts
from trialwright.registry.outcomes.weights import (
    ALIKE,
    DESCRIPTION_SHORT,
    DOUBT,
    LAG,
    MEASURE_LONG,
    MEASURE_SHARED,
    ONLY_COMMA,
    TIME_LONGER_SHARED,
    TIME_NONE,
    TIME_SHARED,
)
from trialwright.registry.view import Span, normalised, trimmed

_SHORT_DESCRIPTION: Final = 15
_LONG_MEASURE: Final = 160

#: A reading: the cut behind the measure and the one before the time frame, `None` where the
#: description or the time frame is missing.
Reading: TypeAlias = tuple[int | None, int | None]


class _Case:
    """An outcome with its candidate cuts, from left to right, and what was chosen of them."""

    __slots__ = (
        "best", "confidence", "end", "measures", "readings", "role", "scores", "second_comma", "start",
        "times",
    )  # fmt: skip

    def __init__(self, text: str, role: str, start: int, end: int, cuts: list[int]) -> None:
        self.role = role
        self.start = start
        self.end = end
        pieces = cut_up(text, start, end, cuts)
        self.measures = measure_cuts(pieces)
        self.times = time_cuts(pieces)
        self.second_comma = cuts[1] if len(cuts) > 1 else end
        self.choose(0.0)

    def choose(self, lean: float) -> None:
        """Score every reading; `lean` is what the other outcomes say for a missing description."""
        scores: list[float] = []
        readings: list[Reading] = []
        start, end, measures = self.start, self.end, self.measures
        for head, time in [*self.times, (end, TIME_NONE)]:
            place = head if head < end else None
            scores.append(time + lean + (MEASURE_LONG if head - start > _LONG_MEASURE else 0.0))
            readings.append((None, place))
            base = time - lean + (ONLY_COMMA if head == self.second_comma else 0.0)
            for cut, score in measures:
                left = head - cut - 2
                if left < 0:
                    break
                scores.append(
                    score + base + (DESCRIPTION_SHORT if left < _SHORT_DESCRIPTION else 0.0)
                )
                readings.append((cut, place))
        best = max(scores)
        least = best - LAG
        self.scores, self.readings = scores, readings
        self.best = readings[scores.index(best)]
        self.confidence = 1 / sum([exp(one - best) for one in scores if one > least])

    def time_heads(self) -> list[int]:
        """Cuts before the time frame that was chosen for sure, or before any that may be."""
        head = self.best[1] if self.confidence >= DOUBT else None
        return [head] if head else [cut for cut, _ in self.times]

    def measure_ends(self) -> list[int]:
        """Cuts behind the measure that was chosen for sure, or behind any that may be."""
        end = self.best[0] if self.confidence >= DOUBT else None
        return [end] if end else [cut for cut, _ in self.measures]

    def bare(self) -> float:
        """Probability that there is no description."""
        if self.confidence >= DOUBT:
            return float(self.best[0] is None)
        best = max(self.scores)
        return self.confidence * sum(
            exp(score - best)
            for score, (cut, _) in zip(self.scores, self.readings, strict=True)
            if cut is None
        )

    def second(self) -> tuple[Reading, float] | None:
        """The next best reading with its probability."""
        if len(self.scores) < 2:
            return None
        best, other = sorted(self.scores)[:-3:-1]
        found = [r for r, s in zip(self.readings, self.scores, strict=True) if s == other]
        return found[-1], self.confidence * exp(other - best)


def split_outcomes(text: str, low: str, field: Span, role: str) -> tuple[Outcome, ...]:
    """Split a field of outcomes.

    Parameters
    ----------
    text, low
        Verbatim text and its normalised copy; offsets are those of both.
    field
        Where the field stands.
    role
        "primary" or "secondary".
    """
    return split_fields(text, low, ((field, role),))


def split_fields(text: str, low: str, fields: Sequence[tuple[Span, str]]) -> tuple[Outcome, ...]:
    """Split several fields of one record; outcomes of all of them vouch for each other.

    Parameters
    ----------
    text, low
        Verbatim text and its normalised copy; offsets are those of both.
    fields
        Where each field stands, with its role, "primary" or "secondary".
    """
    cases = [
        _Case(text, role, start, end, cuts)
        for span, role in fields
        for start, end, cuts in outcomes_with_cuts(text, low, span)
    ]
    if len(cases) > 1:
        _look_again(low, cases)
    return tuple([_outcome(text, case) for case in cases])


def split_outcome(text: str) -> Outcome:
    """Split a single outcome; its role is "primary"."""
    found = split_outcomes(text, normalised(text), Span(0, len(text)), "primary")
    return found[0] if found else Outcome("primary", Span(0, 0), None, None)


def _look_again(low: str, cases: list[_Case]) -> None:
    """Read the unsure outcomes again beside the others of the record."""
    unsure = [case for case in cases if case.confidence < DOUBT]
    if not unsure:
        return
    tails = Counter([low[cut + 2 : case.end] for case in cases for cut in case.time_heads()])
    heads = Counter([low[case.start : cut] for case in cases for cut in case.measure_ends()])
    bare = [case.bare() for case in cases]
    total = sum(bare)
    for case, without in zip(cases, bare, strict=True):
        if case.confidence >= DOUBT:
            continue
        case.times = _shared_times(low, case, tails)
        case.measures = [
            (cut, score + MEASURE_SHARED if heads[low[case.start : cut]] > 1 else score)
            for cut, score in case.measures
        ]
        case.choose(ALIKE * ((total - without + 0.5) / len(cases) - 0.5))


def _shared_times(low: str, case: _Case, tails: Counter[str]) -> list[Cut]:
    found, longer = [], False
    for cut, score in case.times:
        shared = tails[low[cut + 2 : case.end]] > 1
        found.append((cut, score + TIME_SHARED * shared + TIME_LONGER_SHARED * longer))
        longer = longer or shared
    return found


def _outcome(text: str, case: _Case) -> Outcome:
    other = case.second() if case.confidence < DOUBT else None
    second = None if other is None else _parts(text, case, *other, None)
    return _parts(text, case, case.best, case.confidence, second)


def _parts(
    text: str, case: _Case, reading: Reading, confidence: float, second: Outcome | None
) -> Outcome:
    cut, head = reading
    end, time, description = case.end, None, None
    if head is not None:
        time = _span(text, head + 2, end)
        end = head
    if cut is not None:
        description = _span(text, cut + 2, end)
        end = cut
    measure = trimmed(text, case.start, end)
    return Outcome(case.role, measure, description, time, confidence, second)


def _span(text: str, start: int, end: int) -> Span | None:
    """A trimmed span, if anything is left; nearly every one is trimmed already."""
    if end > start and not (text[start].isspace() or text[end - 1].isspace()):
        return Span(start, end)
    return trimmed(text, start, end) or None
