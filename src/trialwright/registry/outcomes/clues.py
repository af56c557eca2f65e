"""What a piece of an outcome, between two joining commas, says about itself."""

from __future__ import annotations

import re
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
#: A longer first word is no word that says anything.
_LONGEST_WORD: Final = 24
#: Longer pieces are sentences, which hardly repeat.
_PHRASE: Final = 40


class Opening(NamedTuple):
    """What the first word of a piece says; for most pieces nothing else is asked.

    Attributes
    ----------
    text
        Score of the piece as a description.
    time, dated_time
        Score as a time frame, without and with what `dates` looks for further on.
    dates
        A unit or a milestone behind a word that opens a time, a number of units behind a word that
        may open one, nothing behind another word.
    opens_time, carries
        Its first word opens a time, or carries one on.
    whole
        It may be a time in itself; "time from A to B" is none, since definitions open with it.
    conjunction, defined
        Its first word is "and" or "or", or "defined".
    """

    text: float
    time: float
    dated_time: float
    dates: re.Pattern[str] | None
    opens_time: bool
    carries: bool
    whole: bool
    conjunction: bool
    defined: bool


def opening(piece: str) -> Opening:
    """What the first word of a verbatim piece says."""
    word = piece.partition(" ")[0]
    known = len(word) <= _LONGEST_WORD and word[:1].isalnum()
    return _of_word(word) if known else _of_words(piece)


def time_in(piece: str, first: Opening) -> tuple[float, bool]:
    """Score of a piece as a time frame, and whether it is a time in itself.

    More time may follow a piece that is itself a time.
    """
    if first.dates is None:
        return first.time, False
    return _of_phrase(piece) if len(piece) <= _PHRASE else _dated(piece, first)


def _dated(piece: str, first: Opening) -> tuple[float, bool]:
    low = _plain(piece)
    dates = first.dates
    dated = dates is not None and len(low) < LONGEST and dates.search(low) is not None
    whole = first.whole and len(low) < _LONGEST_TIME and (dated or _ends_in_a_digit(low))
    return first.dated_time if dated else first.time, whole


@lru_cache(maxsize=4096)
def _of_phrase(piece: str) -> tuple[float, bool]:
    """Time frames repeat: "up to 2 years"."""
    return _dated(piece, opening(piece))


def is_short(piece: str) -> bool:
    """Whether a piece is one or two words."""
    return (piece if piece.isascii() else normalised(piece)).count(" ") < 2


def _plain(piece: str) -> str:
    return piece.lower() if piece.isascii() else normalised(piece)


def _ends_in_a_digit(low: str) -> bool:
    return low.rstrip(" .")[-1:].isdigit()


def _of_words(piece: str) -> Opening:
    """The opening of a piece, of which any signs may stand before the first word."""
    word, flags = _first_word(_plain(piece))
    opens = bool(flags & (TIME | NUMBER))
    dates = UNIT if opens else NUMBER_OF_UNITS if flags & WEAK else None
    small, capital = _case(piece.lstrip(BRACKETS)[:1])
    in_text = TEXT_SMALL * small + TEXT_CAPITAL * capital
    in_time = TIME_SMALL * small + TIME_CAPITAL * capital
    return Opening(
        text=TEXT_DEFINES * bool(flags & DEFINES) + TEXT_JOINS * bool(flags & JOINS) + in_text,
        time=_opening_time(flags, dated=False) + in_time,
        dated_time=_opening_time(flags, dated=True) + in_time,
        dates=dates,
        opens_time=opens,
        carries=bool(flags & CARRIES),
        whole=opens and not flags & DEFINES,
        conjunction=word in ("and", "or"),
        defined=word == "defined",
    )


#: First words repeat: the same few hundred open nearly every piece.
_of_word = lru_cache(maxsize=4096)(_of_words)


def _first_word(low: str) -> tuple[str, int]:
    match = OPENING.match(low)
    kind = match.lastgroup if match else None
    if match is None or kind is None:
        return "", 0
    if kind == "word":
        word = match["word"].rstrip(".")
        return word, FLAGS.get(word, 0)
    return "", TIME if kind == "visit" else NUMBER


def _case(letter: str) -> tuple[bool, bool]:
    """Whether a piece opens with a small letter, and with a capital or a letter without case."""
    small = letter.islower()
    return small, letter.isalpha() and not small


def _opening_time(flags: int, *, dated: bool) -> float:
    if flags & TIME:
        return TIME_OPENS + TIME_UNIT * dated
    if flags & NUMBER:
        return TIME_NUMBER + TIME_UNIT * dated
    if flags & WEAK:
        return TIME_WEAK + TIME_WEAK_NUMBER * dated
    return TIME_JOINS if flags & (CARRIES | JOINS) else TIME_OTHER
