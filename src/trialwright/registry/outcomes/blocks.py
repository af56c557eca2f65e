"""Where the outcome fields end in the joined layout, which has no names.

A field ends with its line. Inside a description the registry writes an empty line between
paragraphs and before a list, and a sign before each item, so a line that follows another one without
either is most likely the next field. Each line end is scored by that and by the time frame that
should stand before it; the best pair of ends is taken, the earliest of equal ones. A bar stands in
outcome fields only.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from typing import Final

from trialwright.registry.outcomes.clues import LONGEST
from trialwright.registry.outcomes.cuts import outcomes_with_cuts
from trialwright.registry.outcomes.signs import cut_up, time_cuts
from trialwright.registry.view import Span

_NEXT_LINE: Final = 3.0  #: a line follows at once
_LAST_LINE: Final = 2.0  #: nothing follows
_NO_FIELD: Final = 3.5  #: an empty line follows: the secondary outcomes are missing
_PARAGRAPH: Final = -1.0  #: an empty line or the next item of a list follows
_IMPOSSIBLE: Final = -99.0
#: What a time frame before the end adds, and what is lost without one.
_TIME: Final = 2.0
#: Score of a time frame that is believed in full.
_BELIEVED: Final = 3.0
_SIGN: Final = r"(?:[*•·-]|\d{1,2}[.)]|[a-z][.)])\s"
_ITEM = re.compile(rf"\s*{_SIGN}")
_ITEM_INSIDE = re.compile(rf", {_SIGN}")


def outcome_blocks(text: str, lines: Sequence[Span]) -> tuple[int, int]:
    """Index behind the last line of the primary and of the secondary outcomes.

    Parameters
    ----------
    text
        Verbatim text.
    lines
        Its lines below the interventions, without line ends.
    """
    many = len(lines)
    while many and not lines[many - 1]:
        many -= 1
    if not many or not lines[0]:
        return min(1, len(lines)), min(2, len(lines))
    ends = _Ends(text, lines, many)
    bar = ends.after_last_bar()
    if many > 2 and bar <= 2 and ends.score(1) == ends.score(2) == _NEXT_LINE + _TIME:
        return 1, 2
    secondary = _best_ends(ends, bar)
    best, found = _IMPOSSIBLE, (1, many)
    for primary in range(1, many + 1):
        blank = primary < many and not lines[primary]
        if primary == many or blank:
            if primary < bar:
                continue
            score = ends.time(primary) + (_NO_FIELD if blank else 0.0)
            pair = (primary, min(primary + 1, len(lines)))
        else:
            after, at = secondary[primary + 1]
            score = ends.score(primary) + after
            pair = (primary, at)
        if score > best:
            best, found = score, pair
    return found


def _best_ends(ends: _Ends, bar: int) -> list[tuple[float, int]]:
    """The best end of the secondary outcomes at or behind each line, the earliest of equal ones."""
    best = [(_IMPOSSIBLE, ends.many)] * (ends.many + 2)
    for at in range(ends.many, 0, -1):
        score = ends.score(at) if at >= bar else _IMPOSSIBLE
        best[at] = (score, at) if score >= best[at + 1][0] else best[at + 1]
    return best


class _Ends:
    """How well an outcome field ends before each line."""

    def __init__(self, text: str, lines: Sequence[Span], many: int) -> None:
        self.text = text
        self.lines = lines
        self.many = many
        self.times: dict[int, float] = {}

    def after_last_bar(self) -> int:
        """Index behind the last line with a bar."""
        bar = self.text.rfind("|", self.lines[0].start)
        return bisect_right(self.lines, bar, hi=self.many, key=_start)

    def score(self, at: int) -> float:
        """That a field which is not empty follows, or none."""
        if not self.lines[at - 1]:
            return _IMPOSSIBLE
        if at == self.many:
            return _LAST_LINE + self.time(at)
        runs_on = not self.lines[at] or (self._item(at) and self._in_list(at - 1))
        return (_PARAGRAPH if runs_on else _NEXT_LINE) + self.time(at)

    def _item(self, at: int) -> bool:
        line = self.lines[at]
        return _ITEM.match(self.text, line.start, line.end) is not None

    def _in_list(self, at: int) -> bool:
        """Whether a line is an item, or holds a description that opens with one."""
        line = self.lines[at]
        return self._item(at) or _ITEM_INSIDE.search(self.text, line.start, line.end) is not None

    def time(self, at: int) -> float:
        """Between -2 and 2: whether the line before ends with a time frame."""
        if at not in self.times:
            self.times[at] = self._time(self.lines[at - 1])
        return self.times[at]

    def _time(self, line: Span) -> float:
        text = self.text
        start = max(text.rfind("|", line.start, line.end) + 1, line.start, line.end - 2 * LONGEST)
        for begin, end, cuts in outcomes_with_cuts(text, text, Span(start, line.end)):
            scores = [score for _, score in time_cuts(cut_up(text, begin, end, cuts))]
            return max(-_TIME, min(_TIME, _TIME * max(scores, default=-_BELIEVED) / _BELIEVED))
        return _IMPOSSIBLE


def _start(line: Span) -> int:
    return line.start
