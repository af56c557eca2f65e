"""The scanner: tokens of dosing phrases in normalised text, in islands of neighbouring tokens.

The patterns are in `tokens`. Words between two tokens that only connect ("of", "on", a comma) do not
end an island. No pattern has a nested repetition, so the time is linear in the text.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from trialwright.registry.regimen.tokens import AT, CELL, NOTHING, NOTHING_BEHIND, PER

#: Tokens that mean something right behind others only.
_BEHIND = {
    "OR": ("NUMBER",), "TO": ("NUMBER",), "UNIT": ("NUMBER",), "FRACTIONS": ("NUMBER",),
    "DOSES": ("NUMBER",), "PER_PERIOD": ("NUMBER", "PERIOD", "FRACTIONS", "DOSES"),
}  # fmt: skip
#: "at hour 3 and 2400 mg/m2": the number of an hour is no dose.
_OF_HOUR = re.compile(r"(?<!\d)(?<!\d[ -])\bhours? $")
_NEAR = 3
_ORDINAL = re.compile(r"(?<=\d)(?:st|nd|rd|th)$")
_LARGE_MARKS = frozenset("x×*✕·^e⁵⁶⁷⁸⁹")
_CELLS = re.compile(rf" ?{CELL}(?:{PER}(?:kg|kilogram)|)")
_VIRUS = re.compile(r" ?(?:vg|pfu|vp|tcid50|cfu)(?: ?/ ?kg)?\b")
_PER_FRACTION = re.compile(r" ?(?:/|per|a|each) ?(?:fraction|fx|fr?)\b")
_QUANTITY = re.compile(
    r"(?:days? ?|d ?)?[+-]?\d[\d.,]* ?-? ?(?:mg|g\b|ml|gy|mcg|iu|day|week|month|cycle|course|hour|min|dose|fraction|times|%|x ?10)"
)
_FILLER = re.compile(
    r"[\s,():\[\]=*\"'~/±-]{0,6}(?:(?:of|on|in|at|the|a|an|as|and|or|then|approximately|about|dose|doses|dosage|"
    r"given|administered|by|via|with|infused|infusion|injection|drip|starting|total|will|be|schedule|daily|taken|consecutive|"
    r"from|only|followed|basis|frequency|i\.e\.|during)\b[\s,():\[\]=*\"'~/±-]{0,4}){0,5}"
)
_MARGIN = re.compile(r"\(? ?(?:±|\+/-) ?\d+(?: ?(?:days?|hours?|weeks?|d|h))?\)?")
#: A margin in brackets, which parts the days of a list: "7(±3) and 21(±3)".
MARGIN_IN_BRACKETS = re.compile(r"\( ?(?:±|\+/-) ?\d+(?: ?(?:days?|hours?|weeks?|d|h))? ?\)")
_LONGEST_GAP = 60
#: Tokens of one island; a longer run is a list of something else and is cut.
MOST_TOKENS = 48


@dataclass(slots=True)
class Token:
    """A token: its kind, place and text."""

    type: str
    start_pos: int
    end_pos: int
    value: str


def islands(low: str, start: int, end: int) -> list[list[Token]]:
    """Runs of tokens between which only connecting words stand; offsets are those of `low`."""
    runs: list[list[Token]] = []
    run: list[Token] = []
    for token in _tokens(low, start, end):
        if token.type == "BREAK":
            run = []
        elif run and len(run) < MOST_TOKENS and _joined(low, run[-1].end_pos, token.start_pos):
            run.append(token)
        else:
            run = [token]
            runs.append(run)
    return runs


def _joined(low: str, end: int, start: int) -> bool:
    gap = start - end
    if gap <= 1:
        return True
    if gap > 3 and (margin := _MARGIN.search(low, end, start)) is not None:
        return _joined(low, end, margin.start()) and _joined(low, margin.end(), start)
    return gap <= _LONGEST_GAP and _FILLER.fullmatch(low, end, start) is not None


def _tokens(low: str, start: int, end: int) -> list[Token]:
    reader = _Reader(low, end)
    nothing = NOTHING.match(low, start, end)
    while nothing is not None and (at := nothing.end()) < end:
        pattern = AT.get(low[at])
        match = pattern.match(low, at, end) if pattern is not None else None
        if match is None:
            nothing = NOTHING_BEHIND.match(low, at, end)
        else:
            if at >= reader.skip:
                reader.read(match)
            nothing = NOTHING.match(low, match.end(), end)
    return reader.tokens


class _Reader:
    """Makes tokens of matches; knows the token before and whether a list of days is open."""

    __slots__ = ("end", "in_days", "last", "low", "skip", "tokens")

    def __init__(self, low: str, end: int) -> None:
        """No token is read yet."""
        self.low, self.end = low, end
        self.last: Token | None = None
        self.in_days = False
        self.skip = 0
        self.tokens: list[Token] = []

    def read(self, match: re.Match[str]) -> None:
        """Keep the tokens of a match: none where its neighbours give it no meaning."""
        kind = match.lastgroup or ""
        if kind == "NUMBER":
            self._number(match)
            return
        at, stop = match.span()
        last = self.last
        before = self._before(at) if kind == "DAY" or kind in _BEHIND else ""
        if kind in _BEHIND and before not in _BEHIND[kind]:
            return
        if kind in ("OR", "TO") and self._is_behind_bracket(at):
            return
        if kind == "OR" and self.in_days and _QUANTITY.match(self.low, stop):
            self.in_days = False
            return
        if kind == "DAY" and before in ("OR", "TO") and last is not None:
            last.end_pos = stop
            return
        if kind == "UNIT" and (part := _PER_FRACTION.match(self.low, stop, self.end)) is not None:
            kind, stop = "UNIT_PER_FRACTION", part.end()
            self.skip = stop
        self.in_days = kind == "DAY" or (self.in_days and kind in ("OR", "TO"))
        self._keep(Token(kind, at, stop, match.group()))

    def _keep(self, token: Token) -> None:
        self.last = token
        self.tokens.append(token)

    def _before(self, at: int) -> str:
        """The kind of the token right before a place."""
        last = self.last
        if last is None:
            return ""
        near = at - last.end_pos <= _NEAR or self.low[last.end_pos : at].isspace()
        return last.type if near else ""

    def _is_behind_bracket(self, at: int) -> bool:
        """Whether a bracket closes between the last token and a place."""
        return self.last is not None and ")" in self.low[self.last.end_pos : at]

    def _number(self, match: re.Match[str]) -> None:
        """A number, and the cells or particles behind a large one; "±3" is no number."""
        low, at, text = self.low, match.start(), match.group()
        if low[at - 1 : at] == "±":
            return
        if low.endswith(("hour ", "hours "), 0, at) and _OF_HOUR.search(low, max(0, at - 9), at):
            return
        if not text[-1].isdigit():
            text = _ORDINAL.sub("", text)
        if self.in_days and low[at - 1 : at] == "-" and not low[at - 2 : at - 1].isdigit():
            text, at = f"-{text}", at - 1
        number = Token("NUMBER", at, match.end(), text)
        self._keep(number)
        unit = _after_number(low, number)
        if unit is not None:
            self._keep(unit)
            self.skip = unit.end_pos


def _after_number(low: str, number: Token) -> Token | None:
    """Cells or viral particles behind a large number."""
    text = number.value
    if "illion" not in text and _LARGE_MARKS.isdisjoint(text):
        return None
    match = _VIRUS.match(low, number.end_pos) or _CELLS.match(low, number.end_pos)
    return Token("UNIT", match.start(), match.end(), match.group().strip()) if match else None
