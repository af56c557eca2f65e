"""How well an outcome can be cut at each comma, by the signs of the text around it."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Final, NamedTuple, TypeAlias

from trialwright.registry.outcomes.clues import LONGEST, Opening, is_short, opening, time_in
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


class Pieces(NamedTuple):
    """An outcome cut at its joining commas.

    Attributes
    ----------
    text, start, end
        Verbatim text, and where the outcome stands in it.
    cuts
        The joining commas.
    words, said
        The piece behind each comma, and what its first word says.
    """

    text: str
    start: int
    end: int
    cuts: Sequence[int]
    words: Sequence[str]
    said: Sequence[Opening]


def cut_up(text: str, start: int, end: int, cuts: Sequence[int]) -> Pieces:
    """The pieces of an outcome, each up to the next cut."""
    words = [text[cut + 2 : stop] for cut, stop in pairwise((*cuts, end))]
    return Pieces(text, start, end, cuts, words, [opening(piece) for piece in words])


def time_cuts(pieces: Pieces) -> list[Cut]:
    """Cuts before a possible time frame, from left to right; a full stop ends the search."""
    text, _, end, cuts, words, said = pieces
    found: list[Cut] = []
    further = foreign = 0
    least = -100.0
    ahead: tuple[float, bool] | None = None
    last = len(cuts) - 1
    for index in range(last, max(-1, last - _TIME_CUTS), -1):
        cut = cuts[index]
        if end - cut >= LONGEST:
            break
        first = said[index]
        time, _ = ahead or time_in(words[index], first)
        score = time + TIME_FURTHER * further + TIME_FOREIGN * foreign
        if text[cut - 1] in _STOPS and _ends_a_sentence(text, cut):
            found.append((cut, score + TIME_AFTER_STOP))
            break
        if text[cut + 2].isdigit() and _ends_in_a_number(text, cut):
            score += BETWEEN_DIGITS
        before = said[index - 1] if index else None
        ahead = time_in(words[index - 1], before) if before and before.whole else None
        if ahead and ahead[1]:
            score += TIME_AFTER_TIME
        if score > least:
            found.append((cut, score))
            least = max(least, score - LAG)
        if first.opens_time:
            further = min(_MOST_FURTHER, further + 1)
        elif not first.carries:
            foreign = min(_MOST_FURTHER, foreign + 1)
    found.reverse()
    return found


def measure_cuts(pieces: Pieces) -> list[Cut]:
    """Cuts behind a possible measure, from left to right; a full stop ends the search."""
    text, start, _, cuts, words, said = pieces
    found: list[Cut] = []
    least, listed = -100.0, 0.0
    if cuts and text[start : cuts[0]].lower() in COUNTS:
        listed = COUNT_ONLY
    last = len(cuts) - 1
    for index, cut in enumerate(cuts[:_MEASURE_CUTS]):
        if cut - start >= LONGEST:
            break
        score = said[index].text + listed
        short = index < last and is_short(words[index])
        if index < last:
            ahead = said[index + 1]
            if short and not ahead.defined:
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
        listed = NOT_FIRST + SHORT_BEFORE if short else NOT_FIRST
    return found


def _ends_a_sentence(text: str, at: int) -> bool:
    """Whether a sentence ends before the comma at `at`."""
    return text[at - 1] in _STOPS and not text.endswith(_SHORT_FORMS, max(0, at - 7), at)


def _ends_in_a_number(text: str, at: int) -> bool:
    """Whether a number stands before the comma at `at`, as in "1, 2" and "1-, 2-year"."""
    return text[at - 1].isdigit() or (text[at - 1] == "-" and text[at - 2 : at - 1].isdigit())
