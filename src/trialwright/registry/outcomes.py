"""Registered outcomes: `measure, description, time frame`, several of them joined by `|`.

All three parts may hold commas and the description may be missing, so no fixed comma is right. The
time frame is the longest tail that still reads as one expression of time; the measure ends at the
comma behind which the text reads like the start of a description. The joining comma is always an
ASCII comma and a space outside brackets; a full-width comma never joins.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from trialwright.registry.view import Span, normalised, pieces, trimmed

#: Commas that are looked at from the end for the time frame, from the start for the measure.
#: Longest time frame that ends an outcome line, in characters.
TAIL = 400
_TAIL_CUTS, _HEAD_CUTS = 40, 16

#: Words that open a time frame by themselves, and words that do so only beside a number of units.
_OPENING = re.compile(
    r"[(\[]?(?:(?:up ?to|upto|from|through|throughout|thru|until|till|within|every|during|over|after|before|between|at|since|"
    r"baseline|screening|day|days|week|weeks|month|months|monthly|weekly|daily|year|years|yearly|annually|hours?|cycles?|course|visit|"
    r"approximately|approx|about|around|estimated|pre-?\w+|post-?\w+|perioperative|intraoperative|immediately|completion|eot|"
    r"time (?:from|of|to|frame|point)|date of|end of|duration of|the (?:time|date|first|duration|end|start|period|day|entire|whole)|"
    r"beginning|starting|start of|initiation|any ?time|follow-?up|first|last|"
    r"no (?:less|more) than|less than|more than|a (?:minimum|maximum|period)|an? (?:average|median)|maximum|entire|whole)\b|c\d+ ?d\d|d\d|day\d|[~<>≤≥≈±])"
)
_WEAK_OPENING = re.compile(
    r"[(\[]?(?:(?:in|for|on|by|an?|one|two|three|four|five|six|seven|eight|nine|ten|twelve|eighteen|twenty|mean|median|average|minimum|"
    r"assess\w*|measured|evaluated|monitored|collected|followed|performed|enrol\w*|random\w*|surgery|operation|study|treatment|"
    r"response|tumou?r|blood|samples?|all|each|dlts?|orr|pfs|os|ae|aes|the|patients?|participants?|subjects?)\b|\d)"
)
_UNIT = re.compile(
    r"\b(?:days?|weeks?|months?|years?|hours?|minutes?|hrs?|mos?|yrs?|wks?|cycles?|visits?|baseline|progress\w*|death|completion|study|trial|"
    r"treatment|dose|dosing|surgery|time|enrol\w*|random\w*|discharge|infusion|end|follow\w*|operation|implant|periods?|phase|"
    r"transplant\w*|relapse|screening|monthly|weekly|daily|annually|year-?\w*|c\d+d\d+)\b|\d ?-?(?:d|w|wk|m|mo|mos|y|yr|h|hr|days?|weeks?|months?|years?|hours?|minutes?)\b|月|年|周|天"
)  # fmt: skip
_PLAIN = re.compile(
    r"(?:about |approximately |approx\.? )?[\d.]+ ?-?(?:days?|weeks?|months?|years?|mo|yrs?)\.?"
)
_LISTED = re.compile(
    r"(?:baseline|screening|cycles?|days?|weeks?|months?|years?|c\d|pre|post|immediately|[\d. ]+$|\d+ (?:hours?|days?|weeks?|months?|years?)\b|before|after|at )"
)
_RANGED = re.compile(r"(?:from|up to|through|throughout|until|within|day of|over)\b")
_NUMBERS = re.compile(r"[\d., ]+")
_NUMBER_WITH_UNIT = re.compile(
    r"(?:\d|\b(?:one|two|three|four|five|six|nine|twelve|a|an))[\d.\s-]*(?:\w+\s){0,1}"
    r"(?:d|day|week|wk|month|mo|year|yr|hour|hr|minute|min|cycle)s?\b|\d ?[dwmy]\b|\d(?:月|年|周|天)"
)
_CARRIES_ON = re.compile(
    r"(?:whichever|which ever|or|and|assessed|up to|until|then|on average|an average|average|approximately|approx|about|"
    r"estimated|i\.e|e\.g|including|with|if|to|followed|each|the median|median|maximum|"
    r"at (?:least|the)|per|withdrawal|death|lost|loss|initiation|start|end of|thereafter|pre-?dose|post-?dose|"
    r"predose|at predefined|at pre-?specified|for up to|for a|for an|every|\d|end-of)"
)
_RANGE_START = re.compile(
    r"(?:From|Up to|Up To|Through|Throughout|Within|Until|At|Approximately|About|During|Over|Every|"
    r"Baseline|Time from|For|Assessed)\b"
)
_SENTENCE = re.compile(r"[.;](?=\s+[A-Z])(?<!approx\.)(?<!i\.e\.)(?<!e\.g\.)(?<!vs\.)")
_DEFINES = re.compile(
    r"(?:defined|the|to|number|proportion|percent\w*|assess\w*|measur\w*|evaluat\w*|will|as|is|time|graded|determin\w*|"
    r"incidence|per|according|using|based|calculat\w*|estimat\w*|rate|evidence|an?|this|compare\w*|change|dose|safety|"
    r"patients?|participants?|subjects?|any|all|from|it|in|for|if|each|total|primary|phase|efficacy|by|descri\w*|describ\w*|"
    r"adverse|response|tumou?r|progression|overall|disease|objective|\*|-|\d+[.)])\b"
)
_JOINS_ON = re.compile(
    r"(?:and|or|including|but|as (?:well|determined|assessed|measured)|such|which\w*|who|with|not|versus|vs|than|etc|&|of|in|at the|from|"
    r"tolerability|severity|frequency|nature|duration|grade|type|causality|relationship)\b"
)
_WORD = re.compile(r"[a-z]{4,}")
_MARK = re.compile(r"[(\[{)\]}]|, ")


@dataclass(frozen=True, slots=True)
class Outcome:
    """One registered outcome with the place of each part in the record; a missing part is `None`."""

    role: str
    measure: Span
    description: Span | None
    time_frame: Span | None

    @property
    def span(self) -> Span:
        """From the start of the measure to the end of the last part."""
        last = self.time_frame or self.description or self.measure
        return Span(self.measure.start, last.end)

    @property
    def definition(self) -> Span:
        """Measure and description, without the time frame."""
        return Span(self.measure.start, (self.description or self.measure).end)


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
    return tuple(_split(text, low, piece, role) for piece in pieces(text, field, "|"))


def split_outcome(text: str) -> Outcome:
    """Split a single outcome; its role is "primary"."""
    return _split(text, normalised(text), trimmed(text, 0, len(text)), "primary")


def ends_in_time(text: str, *, opening: bool = False) -> bool:
    """Whether normalised text ends with a time frame, after a comma or as a whole (`opening`)."""
    cut = text.rfind(", ")
    if cut < 0 and not opening:
        return False
    tail = text[cut + 2 :] if cut >= 0 else text
    return len(tail) < TAIL and _is_time(tail.strip())


def _is_time(low: str) -> bool:
    return _opens(low, low) or (len(low) < 120 and bool(_NUMBER_WITH_UNIT.search(low)))


def _opens(piece: str, tail: str) -> bool:
    """Whether a time frame may start with this piece; `tail` is all that would belong to it."""
    if _OPENING.match(piece):
        return bool(_UNIT.search(tail))
    return bool(_WEAK_OPENING.match(piece) and _NUMBER_WITH_UNIT.search(piece))


def _cuts(low: str, verbatim: str) -> list[int]:
    """Joining commas outside brackets; a bracket that never closes does not hide its commas."""
    held: list[list[int]] = [[]]
    for match in _MARK.finditer(low):
        mark = match.group()
        if mark in "([{":
            held.append([])
        elif mark in ")]}":
            if len(held) > 1:
                held.pop()
        elif verbatim.startswith(", ", match.start()):
            held[-1].append(match.start())
    return [cut for level in held for cut in level]


def _split(text: str, whole: str, span: Span, role: str) -> Outcome:
    verbatim, low = span.of(text), span.of(whole)
    cuts = _cuts(low, verbatim) or _time_in_brackets(low, verbatim)
    cuts = [cut for cut in cuts if low[:cut].strip()]
    if not cuts:
        return Outcome(role, span, None, None)
    first = _time_cut(verbatim, low, cuts)
    head = cuts[first]
    at = _measure_cut(verbatim, low, cuts[:first], head)
    base = span.start
    measure = trimmed(text, base, base + (head if at is None else at))
    description = None if at is None else trimmed(text, base + at + 2, base + head)
    time = trimmed(text, base + head + 2, span.end)
    return Outcome(role, measure, description or None, time or None)


def _time_in_brackets(low: str, verbatim: str) -> list[int]:
    """A last comma inside brackets counts only where a time follows it."""
    at = verbatim.rfind(", ")
    return [at] if at >= 0 and _is_time(low[at + 2 :]) else []


def _time_cut(verbatim: str, low: str, cuts: list[int]) -> int:
    """Index of the cut before the time frame: the longest tail that reads as one time."""
    last = len(cuts) - 1
    best = last
    for index in range(last, max(-1, last - _TAIL_CUTS), -1):
        end = cuts[index + 1] if index < last else len(low)
        piece, shown = low[cuts[index] + 2 : end], verbatim[cuts[index] + 2 : end]
        if index < last and _SENTENCE.search(shown):
            break
        if index < last and not _joins(verbatim, low, cuts[index + 1] + 2, piece):
            break
        if _opens(piece, low[cuts[index] + 2 :]) or (index < last and _NUMBERS.fullmatch(piece)):
            best = index
        elif not _CARRIES_ON.match(piece):
            break
    return best


def _joins(verbatim: str, low: str, nxt: int, piece: str) -> bool:
    """Whether the time text behind a comma carries on the `piece` before it."""
    if len(piece) > 160:
        return False
    if _PLAIN.fullmatch(low, nxt) and not (_LISTED.match(piece) or _RANGED.match(piece)):
        return False
    if piece.startswith("time ") and not low.startswith("assessed", nxt):
        return False
    fresh = _RANGE_START.match(verbatim, nxt)
    listing = re.match(r"(?:baseline|screening|cycles?|day|week|month|c\d|pre|post|\d)", piece)
    if fresh and not listing and not piece.startswith(("from", "through", "throughout")):
        return False
    return bool(
        verbatim[nxt : nxt + 1].islower()
        or verbatim[nxt : nxt + 1].isdigit()
        or listing
        or _CARRIES_ON.match(low, nxt)
        or fresh
    )


def _measure_cut(verbatim: str, low: str, cuts: list[int], head: int) -> int | None:
    """The cut behind the measure, `None` when there is no description."""
    best, best_score = None, 0.0
    for index, cut in enumerate(cuts[:_HEAD_CUTS]):
        end = cuts[index + 1] if index + 1 < len(cuts) else head
        score = _description_score(verbatim, low, cut, end, head) - 0.25 * index
        if score > best_score:
            best, best_score = cut, score
    return best


def _description_score(verbatim: str, low: str, cut: int, end: int, head: int) -> float:
    start = cut + 2
    following = verbatim[start : start + 1]
    score = 0.6
    if following.isupper() or following in "\"'([*•-#":
        score += 2.0
    elif following.isdigit():
        score += 0.5
    if _DEFINES.match(low, start):
        score += 1.0
    if _JOINS_ON.match(low, start):
        score -= 2.5
    if low[start:end].count(" ") < 2 and end < head and not low.startswith(", defined", end):
        score -= 1.5
    if cut > 220:
        score -= 1.5
    if cut <= 8 and verbatim[:cut].isupper():
        score += 1.5
    measure = set(_WORD.findall(low, 0, cut))
    score += 0.8 * bool(measure & set(_WORD.findall(low, start, min(head, start + 80))))
    return score
