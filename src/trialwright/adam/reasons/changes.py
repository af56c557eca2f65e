"""What would change the response of a time point, in words: "SD if the sum were 70.1 mm or more".

Every answer comes from `response.whatif`, which asks the engine again; only the words are made here.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeAlias

import numpy as np
import polars as pl

from trialwright.core.format import mm
from trialwright.protocol.settled import SettledResponse
from trialwright.response.adapter import LesionRecords
from trialwright.response.timepoint import TimePoints
from trialwright.response.whatif.time_points import WhatIf, progression_sum, response_sum, what_if
from trialwright.vocabulary.recist import RESPONSE_TEXT, Response

#: A limit this near is called close, in tenths of a millimetre: about a reader's own error. Display only.
CLOSE_TENTHS = 10
_CLOSE = f"close call: {mm(CLOSE_TENTHS)} mm or less, about a reader's own error"

Cell: TypeAlias = tuple[int, int]
_Row: TypeAlias = dict[str, object]


def changes(
    frame: pl.DataFrame, records: LesionRecords, points: TimePoints, rule: SettledResponse
) -> list[str]:
    """What would change each time point of `frame`, "" where nothing exact can be said.

    Parameters
    ----------
    frame
        As `points.point_frame` makes it.
    """
    asked = what_if(records.history, points, rule)
    telling = _Telling(asked, points, by_size=rule.cr_then_disease == "keep")
    rows = frame.select(
        "S", "AVISITN", "MISSINGIDS", "NEWIDS", "WORSEIDS", "DOUBTIDS", "NTDOUBT", "AGAINIDS",
        "STANDINGIDS", "SEEN",
    )  # fmt: skip
    return [
        "; ".join(telling.parts((row["S"], row["AVISITN"] - 1), row))
        for row in rows.iter_rows(named=True)
    ]


class _Telling:
    """The answers of the engine with the sums that they belong to."""

    def __init__(self, asked: WhatIf, points: TimePoints, *, by_size: bool) -> None:
        targets = points.targets
        self.by_size = by_size
        self.asked, self.points = asked, points
        self.total = targets.total
        self.enough = response_sum(targets.baseline)
        self.limit = progression_sum(targets.nadir)

    def parts(self, at: Cell, row: _Row) -> Iterator[str]:
        """Every claim about one time point."""
        yield from self._by_sum(at)
        yield from self._if_read(at, row)
        yield from self._without_others(at, row)
        yield from self._after_response(at, row)
        yield from self._near_response(at, row)
        found = self.asked.if_certain[at]
        if found != Response.NA:
            names = ", ".join(str(row[n]) for n in ("DOUBTIDS", "NTDOUBT") if row[n])
            yield f"{_text(found)} if a later scan calls {names} unequivocal"

    def _by_sum(self, at: Cell) -> Iterator[str]:
        """The sums at which the response changes, down then up, and how far they are."""
        now, response = int(self.total[at]), self.points.response[at]
        enough, limit = int(self.enough[at[0]]), int(self.limit[at])
        whole = "the sum" if self.points.targets.complete[at] else "the sum of the others"
        answers = (
            (enough, self.asked.at_response[at]), (limit - 1, self.asked.below_progression[at]),
            (enough + 1, self.asked.above_response[at]), (limit, self.asked.at_progression[at]),
        )  # fmt: skip
        others = [(size, code) for size, code in answers if code not in (Response.NA, response)]
        for way, sign in (("less", -1), ("more", 1)):
            steps = sorted((one for one in others if sign * (one[0] - now) > 0), reverse=sign < 0)
            told: set[int] = set()
            for size, code in steps:
                if code not in told:
                    yield _step(size, code, now, way, whole)
                told.add(int(code))

    def _if_read(self, at: Cell, row: _Row) -> Iterator[str]:
        """What a missing target would have to measure (R-035)."""
        top = self.asked.read_progression[at]
        if top == Response.NA or self._after_complete(at):
            return
        lacks = int(self.limit[at] - self.total[at])
        names = str(row["MISSINGIDS"])
        what = f"{names} were read as" if ", " not in names else f"{names} together were read as"
        yield f"{_text(top)} if {what} {mm(lacks)} mm or more"
        below, response = self.asked.read_below[at], self.asked.read_response[at]
        small = int(self.enough[at[0]] - self.total[at])
        if below not in (Response.NA, top, response):
            yield f"{_text(below)} if less"
        if response not in (Response.NA, top):
            size = min(small, lacks - 1)
            yield f"{_text(response)} if {mm(size)} mm or less"
        if row["SEEN"]:
            yield f"not read, NE unless the others were {mm(int(self.limit[at]))} mm or more (PD)"

    def _after_complete(self, at: Cell) -> bool:
        """After complete response any disease is PD, so that no size is a limit (R-055)."""
        earlier = self.points.response[at[0], : at[1]]
        return not self.by_size and bool((earlier == Response.CR).any())

    def _without_others(self, at: Cell, row: _Row) -> Iterator[str]:
        found = self.asked.without_others[at]
        if found == Response.NA:
            return
        new, worse = str(row["NEWIDS"] or ""), str(row["WORSEIDS"] or "")
        parts = [f"new lesion{_plural(new)} {new}"] if new else []
        parts += [f"the progression of non-target {worse}"] if worse else []
        what = f"without {' and '.join(parts)}"
        yield f"{'still ' if found == Response.PD else ''}{_text(found)} {what}"

    def _after_response(self, at: Cell, row: _Row) -> Iterator[str]:
        """Disease after complete response: gone, or counted by its size (R-055)."""
        found = self.asked.disease_gone[at]
        if found != Response.NA:
            yield f"{_text(found)} if {row['AGAINIDS']} were gone"
        kept = self.asked.kept[at]
        if kept not in (Response.NA, self.points.response[at]):
            yield f"{_text(kept)} under cr_then_disease: keep (R-055)"

    def _near_response(self, at: Cell, row: _Row) -> Iterator[str]:
        found = self.asked.others_absent[at]
        if found not in (Response.NA, self.points.response[at]):
            yield f"{_text(found)} if {row['STANDINGIDS']} were absent"
        found = self.asked.if_present[at]
        if found not in (Response.NA, self.points.response[at]):
            yield f"{_text(found)} if a target were still there (a node at 10.0 mm or more)"


def _step(size: int, code: np.int8, now: int, way: str, whole: str) -> str:
    far = abs(size - now)
    close = f"; {_CLOSE}" if far <= CLOSE_TENTHS else ""
    return f"{_text(code)} if {whole} were {mm(size)} mm or {way} ({mm(far)} mm {way}{close})"


def _plural(names: str) -> str:
    return "s" if ", " in names else ""


def _text(code: np.int8) -> str:
    return RESPONSE_TEXT[code]
