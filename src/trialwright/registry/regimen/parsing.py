"""Sentences parsed into dosing expressions by the grammar `dosing.lark`.

The grammar asks for the kinds of the tokens only, so that each run of kinds is parsed once; what
its phrases mean is asked of the tokens themselves. Where tokens form no phrase to the end of an
island, what was complete is kept and reading goes on behind it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any, TypeAlias

from lark import Lark, Tree
from lark.exceptions import UnexpectedToken
from lark.lexer import Lexer

from trialwright.registry.regimen.phrases import Expression, Row, days_of, rows_of
from trialwright.registry.regimen.scanner import MARGIN_IN_BRACKETS, Token, islands
from trialwright.registry.view import Span

#: Characters between "2 years" and "after" where a bracket closes between them.
_APART = 2
#: Two clocks that follow each other are days of treatment and a pause.
_PAUSED = ("every", "interval")
#: A phrase of the grammar: its rule, the index of its first token and that behind its last.
_Phrase: TypeAlias = tuple[str, int, int]


@dataclass(slots=True)
class _Kind:
    """A kind of token at its index; the further fields are what the parser asks for."""

    type: str
    index: int
    value: str = ""
    line: int = 0
    column: int = 0
    end_line: int = 0
    end_column: int = 0
    start_pos: int = 0
    end_pos: int = 0


class _Kinds(Lexer):
    """Hands over kinds of tokens that the scanner has made."""

    def __init__(self, _conf: object) -> None:
        """Nothing to prepare."""

    def lex(self, lexer_state: Any, parser_state: Any = None) -> Iterator[Any]:  # noqa: ARG002
        """The kinds themselves."""
        yield from lexer_state


@cache
def _parser() -> Lark:
    grammar = files(__package__).joinpath("dosing.lark").read_text("utf-8")
    return Lark(grammar, parser="lalr", lexer=_Kinds, maybe_placeholders=False)


class Parsed:
    """The expressions of the sentences of one record, each sentence parsed once."""

    __slots__ = ("_held", "_low")

    def __init__(self, low: str) -> None:
        """Nothing is parsed yet of a normalised text."""
        self._low = low
        self._held: dict[tuple[int, int], list[Expression]] = {}

    def of(self, span: Span) -> list[Expression]:
        """The expressions of a sentence, in order."""
        place = span.start, span.end
        found = self._held.get(place)
        if found is None:
            found = self._held[place] = expressions(self._low, *place)
        return found


def expressions(low: str, start: int, end: int) -> list[Expression]:
    """All expressions between two offsets of normalised text, in order."""
    text = low[start:end]
    if "±" in text or "+/-" in text:
        text = MARGIN_IN_BRACKETS.sub(lambda match: " " * len(match.group()), text)
    return [
        Expression(field, value, Span(start + a, start + b))
        for tokens in islands(text, 0, len(text))
        for field, value, a, b in _rows(tokens)
    ]


def _rows(tokens: list[Token]) -> list[Row]:
    """The rows of an island of tokens, with those that a neighbour gives a meaning."""
    found: list[Row] = []
    phrases = _phrases(tuple([token.type for token in tokens]))
    for at, (rule, first, stop) in enumerate(phrases):
        if rule in _PAUSED and _is_pause(phrases, at, tokens):
            continue
        for row in rows_of(rule, tokens[first:stop]):
            found.append(row)
            if row[0] == "n_cycles":
                found.extend(_length_behind(row, tokens))
    return found


def _is_pause(phrases: Sequence[_Phrase], at: int, tokens: Sequence[Token]) -> bool:
    """Whether a clock is half of "every 5 days with 23 days interval", which names no clock."""
    pair = phrases[at : at + 2] if phrases[at][0] == "every" else phrases[max(0, at - 1) : at + 1]
    if [one[0] for one in pair] != ["every", "interval"] or pair[0][2] != pair[1][1]:
        return False
    return tokens[pair[1][1]].type == "NUMBER"


@lru_cache(maxsize=8192)
def _phrases(kinds: tuple[str, ...]) -> tuple[_Phrase, ...]:
    """The phrases of an island whose tokens are of these kinds."""
    tokens = [_Kind(kind, at) for at, kind in enumerate(kinds)]
    found: list[_Phrase] = []
    at = 0
    while at < len(tokens):
        stop = len(tokens)
        while stop > at:
            try:
                island: Any = _parser().parse(tokens[at:stop])
            except UnexpectedToken as error:
                stop = _before(error, stop)
            else:
                found.extend(_place(one) for one in island.children if isinstance(one, Tree))
                break
        at = max(stop, at + 1)
    return tuple(found)


def _place(phrase: Any) -> _Phrase:
    return str(phrase.data), phrase.children[0].index, phrase.children[-1].index + 1


def _before(error: UnexpectedToken, stop: int) -> int:
    """The index up to which tokens are tried again."""
    place: Any = error.token
    return place.index if isinstance(place, _Kind) else stop - 1


def _length_behind(row: Row, tokens: Sequence[Token]) -> Iterator[Row]:
    """The duration that stands behind a number of cycles: "35 cycles or 2 years"."""
    index = next((i for i, t in enumerate(tokens) if t.start_pos >= row[3]), len(tokens))
    pair = tokens[index : index + 2]
    if [token.type for token in pair] != ["NUMBER", "PERIOD"]:
        return
    behind = tokens[index + 2] if index + 2 < len(tokens) else None
    other = behind.type if behind and behind.start_pos - pair[1].end_pos < _APART else ""
    near = 3 <= pair[0].start_pos - row[3] <= 20
    if near and other not in ("RELATION", "CYCLE", "INTERVAL", "OFF"):
        days = days_of(pair)
        if days:
            yield "duration_days", days, pair[0].start_pos, pair[1].end_pos
