"""Days that are named by their place beside an event: "the day before HAIC", "third day after TACE"."""

from __future__ import annotations

import re
from typing import NamedTuple

_NTH = {
    "first": 1, "second": 2, "third": 3, "fourth": 4, "fifth": 5, "sixth": 6, "seventh": 7,
    "tenth": 10,
}  # fmt: skip
_WHICH = r"(?P<each>each |every )?(?:the )?"
_NAMED = re.compile(
    rf"\b(?:(?P<nth>{'|'.join(_NTH)}|\d{{1,2}}(?:st|nd|rd|th)) day|(?<!same )(?<!treatment )(?P<the>the day)|"
    rf"(?P<same>(?<!after )(?<!before )(?:on )?the (?:same )?day (?:of|as))|day (?P<n>\d{{1,2}}))"
    rf"(?(same) | (?P<rel>before|prior to|preceding|after|following) ){_WHICH}"
)
#: Without one of these no day is named beside an event.
_BEHIND_DAY = (
    "day of ", "day as ", "day before ", "day after ", "day prior ", "day following ",
    "day preceding ", "day 1 ", "day 2 ", "day 3 ", "day 4 ", "day 5 ", "day 7 ", "day 14 ",
)  # fmt: skip


class NamedDay(NamedTuple):
    """A day beside an event that is named behind it.

    `offset_days` is `None` where the text can be read in two ways: "day 1 before X" is the day
    before X, or the first day of a cycle.
    """

    relation: str
    offset_days: int | None
    each: bool
    start: int
    event_at: int


def named_days(low: str, start: int, end: int) -> list[NamedDay]:
    """Days beside an event between two offsets, in order."""
    found: list[NamedDay] = []
    if not any(map(low[start:end].__contains__, _BEHIND_DAY)):
        return found
    for match in _NAMED.finditer(low, start, end):
        relation, offset = _meant(match)
        each = match["each"] is not None
        found.append(NamedDay(relation, offset, each, match.start(), match.end()))
    return found


def _meant(match: re.Match[str]) -> tuple[str, int | None]:
    if match["same"]:
        return "concurrent", 0
    relation = "after" if match["rel"] in ("after", "following") else "before"
    if match["the"]:
        return relation, 1
    if match["n"]:
        return relation, int(match["n"]) if relation == "after" and int(match["n"]) else None
    nth = match["nth"]
    return relation, _NTH.get(nth) or int(nth[:-2])
