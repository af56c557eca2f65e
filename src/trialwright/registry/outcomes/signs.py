"""How well an outcome can be cut at each comma, by the signs of the text around it."""

from __future__ import annotations

from typing import Final, TypeAlias

from trialwright.registry.outcomes.clues import LONGEST, Clue, clue
from trialwright.registry.outcomes.weights import (
    BEFORE_AND,
    BETWEEN_DIGITS,
    COUNT_ONLY,
    LAG,
    NOT_FIRST,
    SHORT_BEFORE,
    SHORT_PIECE,
    TEXT_AFTER_STOP,
    TIME_AFTER_STOP,
    TIME_AFTER_TIME,
    TIME_FOREIGN,
    TIME_FURTHER,
)
from trialwright.registry.outcomes.words import COUNTS

#: Commas that are looked at from the end for the time frame, from the start for the measure.
_TIME_CUTS: Final = 16
_MEASURE_CUTS: Final = 10
_MOST_FURTHER: Final = 3
_STOPS: Final = ".;"
_SHORT_FORMS: Final = ("i.e.", "e.g.", "approx.", " vs.", " ca.", " no.")

#: A place to cut, and the score of cutting there.
Cut: TypeAlias = tuple[int, float]


def time_cuts(text: str, end: int, cuts: list[int]) -> list[Cut]:
    """Cuts before a possible time frame, from left to right; a full stop ends the search."""
    found: list[Cut] = []
    further = foreign = 0
    least = -100.0
    said = _piece(text, cuts, len(cuts) - 1, end) if cuts else None
    for index in range(len(cuts) - 1, max(-1, len(cuts) - 1 - _TIME_CUTS), -1):
        cut = cuts[index]
        if said is None or end - cut >= LONGEST:
            break
        score = said.time + TIME_FURTHER * further + TIME_FOREIGN * foreign
        if text[cut - 1] in _STOPS and _ends_a_sentence(text, cut):
            found.append((cut, score + TIME_AFTER_STOP))
            break
        if text[cut + 2].isdigit() and _ends_in_a_number(text, cut):
            score += BETWEEN_DIGITS
        before = clue(text[cuts[index - 1] + 2 : cut]) if index else None
        if before is not None and before.is_time:
            score += TIME_AFTER_TIME
        if score > least:
            found.append((cut, score))
            least = max(least, score - LAG)
        if said.opens_time:
            further = min(_MOST_FURTHER, further + 1)
        elif not said.carries:
            foreign = min(_MOST_FURTHER, foreign + 1)
        said = before
    found.reverse()
    return found


def measure_cuts(text: str, start: int, end: int, cuts: list[int]) -> list[Cut]:
    """Cuts behind a possible measure, from left to right; a full stop ends the search."""
    found: list[Cut] = []
    least, listed = -100.0, 0.0
    if cuts and text[start : cuts[0]].lower() in COUNTS:
        listed = COUNT_ONLY
    ahead = _piece(text, cuts, 0, end)
    for index, cut in enumerate(cuts[:_MEASURE_CUTS]):
        if ahead is None or cut - start >= LONGEST:
            break
        said, ahead = ahead, _piece(text, cuts, index + 1, end)
        score = said.text + listed
        if ahead is not None:
            if said.short and not ahead.defined:
                score += SHORT_PIECE
            if ahead.conjunction and not _ends_a_sentence(text, cuts[index + 1]):
                score += BEFORE_AND
        if text[cut - 1] in _STOPS and _ends_a_sentence(text, cut):
            found.append((cut, score + TEXT_AFTER_STOP))
            break
        if text[cut + 2].isdigit() and _ends_in_a_number(text, cut):
            score += BETWEEN_DIGITS
        if score > least:
            found.append((cut, score))
            least = max(least, score - LAG)
        listed = NOT_FIRST + SHORT_BEFORE if said.short else NOT_FIRST
    return found


def _piece(text: str, cuts: list[int], index: int, end: int) -> Clue | None:
    """What the piece behind a cut says, `None` behind the last one."""
    if index >= len(cuts):
        return None
    return clue(text[cuts[index] + 2 : cuts[index + 1] if index + 1 < len(cuts) else end])


def _ends_a_sentence(text: str, at: int) -> bool:
    """Whether a sentence ends before the comma at `at`."""
    return text[at - 1] in _STOPS and not text.endswith(_SHORT_FORMS, max(0, at - 7), at)


def _ends_in_a_number(text: str, at: int) -> bool:
    """Whether a number stands before the comma at `at`, as in "1, 2" and "1-, 2-year"."""
    return text[at - 1].isdigit() or (text[at - 1] == "-" and text[at - 2 : at - 1].isdigit())
