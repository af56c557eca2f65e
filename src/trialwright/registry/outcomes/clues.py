"""What a piece of an outcome, between two joining commas, says about itself."""

from __future__ import annotations

from functools import lru_cache
from typing import Final, NamedTuple

from trialwright.registry.outcomes.weights import (
    TEXT_CAPITAL,
    TEXT_DEFINES,
    TEXT_JOINS,
    TEXT_SMALL,
    TIME_CAPITAL,
    TIME_JOINS,
    TIME_NUMBER,
    TIME_OPENS,
    TIME_OTHER,
    TIME_SMALL,
    TIME_UNIT,
    TIME_WEAK,
    TIME_WEAK_NUMBER,
)
from trialwright.registry.outcomes.words import (
    BRACKETS,
    CARRIES,
    DEFINES,
    FLAGS,
    JOINS,
    NUMBER,
    NUMBER_OF_UNITS,
    OPENING,
    TIME,
    UNIT,
    WEAK,
)
from trialwright.registry.view import normalised

#: The registry's limit for a measure and for a time frame, 255 characters, with its escapes.
LONGEST: Final = 265
#: A longer piece is not taken for a time that the next piece could carry on.
_LONGEST_TIME: Final = 90


class Clue(NamedTuple):
    """What a piece says, whatever stands around it.

    Attributes
    ----------
    time, text
        Score of its opening as a time frame, and as a description.
    is_time
        It is a time in itself, so that more time may follow it; "time from A to B" is none, since
        definitions open with it.
    opens_time, carries
        Its first word opens a time, or carries one on.
    short
        One or two words.
    conjunction, defined
        Its first word is "and" or "or", or "defined".
    dated
        It opens as a time does and names a unit, a number of units or a milestone.
    """

    time: float
    text: float
    is_time: bool
    opens_time: bool
    carries: bool
    short: bool
    conjunction: bool
    defined: bool
    dated: bool


@lru_cache(maxsize=8192)
def clue(piece: str) -> Clue:
    """What a verbatim piece says; pieces repeat, so the answers are kept."""
    low = piece.lower() if piece.isascii() else normalised(piece)
    word, flags = _first_word(low)
    opens = bool(flags & (TIME | NUMBER))
    dated = opens and len(low) < LONGEST and UNIT.search(low) is not None
    weak = not opens and bool(flags & WEAK)
    counted = weak and len(low) < LONGEST and NUMBER_OF_UNITS.search(low) is not None
    time = _opening_time(flags, dated=dated, counted=counted)
    text = _opening_text(flags)
    first = piece.lstrip(BRACKETS)[:1]
    if first.islower():
        time, text = time + TIME_SMALL, text + TEXT_SMALL
    elif first.isalpha():
        time, text = time + TIME_CAPITAL, text + TEXT_CAPITAL
    return Clue(
        time=time,
        text=text,
        is_time=opens
        and len(low) < _LONGEST_TIME
        and not flags & DEFINES
        and (dated or low.rstrip(" .")[-1:].isdigit()),
        opens_time=opens,
        carries=bool(flags & CARRIES),
        short=low.count(" ") < 2,
        conjunction=word in ("and", "or"),
        defined=word == "defined",
        dated=dated or counted,
    )


def _first_word(low: str) -> tuple[str, int]:
    match = OPENING.match(low)
    kind = match.lastgroup if match else None
    if match is None or kind is None:
        return "", 0
    if kind == "word":
        word = match["word"].rstrip(".")
        return word, FLAGS.get(word, 0)
    return "", TIME if kind == "visit" else NUMBER


def _opening_time(flags: int, *, dated: bool, counted: bool) -> float:
    if flags & TIME:
        return TIME_OPENS + TIME_UNIT * dated
    if flags & NUMBER:
        return TIME_NUMBER + TIME_UNIT * dated
    if flags & WEAK:
        return TIME_WEAK + TIME_WEAK_NUMBER * counted
    return TIME_JOINS if flags & (CARRIES | JOINS) else TIME_OTHER


def _opening_text(flags: int) -> float:
    return TEXT_DEFINES * bool(flags & DEFINES) + TEXT_JOINS * bool(flags & JOINS)
