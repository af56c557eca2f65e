"""Sentences parsed into dosing expressions by the grammar `dosing.lark`.

Where tokens form no phrase to the end of an island, what was complete is kept and reading goes on
behind it. Results are cached by the text of the sentence and by the tokens of the island.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any, TypeAlias

from lark import Lark
from lark.exceptions import UnexpectedToken
from lark.lexer import Lexer

from trialwright.registry.regimen.phrases import Expression, Phrases, days_of
from trialwright.registry.regimen.scanner import MARGIN_IN_BRACKETS, Token, islands
from trialwright.registry.view import Span

#: Characters between "2 years" and "after" where a bracket closes between them.
_APART = 2
_Row: TypeAlias = tuple[str, Any, int, int]


class _Tokens(Lexer):
    """Hands over tokens that the scanner has made."""

    def __init__(self, _conf: object) -> None:
        """Nothing to prepare."""

    def lex(self, lexer_state: Any, parser_state: Any = None) -> Iterator[Any]:  # noqa: ARG002
        """The tokens themselves."""
        yield from lexer_state


@cache
def _parser() -> Lark:
    grammar = files(__package__).joinpath("dosing.lark").read_text("utf-8")
    return Lark(
        grammar, parser="lalr", lexer=_Tokens, transformer=Phrases(), maybe_placeholders=False
    )


def expressions(low: str, start: int, end: int) -> Iterator[Expression]:
    """All expressions between two offsets of normalised text, in order."""
    for field, value, a, b in _phrases_of(low[start:end]):
        yield Expression(field, value, Span(start + a, start + b))


@lru_cache(maxsize=16_384)
def _phrases_of(text: str) -> tuple[tuple[str, Any, int, int], ...]:
    """The phrases of a sentence; registered sentences repeat."""
    if "±" in text or "+/-" in text:
        text = MARGIN_IN_BRACKETS.sub(lambda match: " " * len(match.group()), text)
    found = []
    for run in islands(text, 0, len(text)):
        first = run[0].start_pos
        kinds = tuple((t.type, t.start_pos - first, t.end_pos - first, t.value) for t in run)
        found += [(field, value, first + a, first + b) for field, value, a, b in _parsed(kinds)]
    return tuple(found)


@lru_cache(maxsize=65_536)
def _parsed(
    kinds: tuple[tuple[str, int, int, str], ...],
) -> tuple[tuple[str, Any, int, int], ...]:
    """The phrases of an island of tokens."""
    tokens = [Token(kind, a, b, value) for kind, a, b, value in kinds]
    found: list[tuple[str, Any, int, int]] = []
    at = 0
    while at < len(tokens):
        stop = len(tokens)
        while stop > at:
            try:
                rows: Any = _parser().parse(tokens[at:stop])
            except UnexpectedToken as error:
                stop = _before(error, tokens, at, stop)
            else:
                for row in rows:
                    found.extend(one for one in _rows(row))
                break
        at = max(stop, at + 1)
    return tuple(_completed(found, tokens))


def _rows(row: Any) -> Iterator[tuple[str, Any, int, int]]:
    if isinstance(row, tuple):
        yield row
    elif isinstance(row, list):
        yield from (one for one in row if one is not None)


def _before(error: UnexpectedToken, tokens: Sequence[Token], at: int, stop: int) -> int:
    """The index up to which tokens are tried again."""
    place: Any = error.token
    for index in range(at, stop):
        if tokens[index] is place:
            return index
    return stop - 1


def _completed(
    found: list[tuple[str, Any, int, int]], tokens: Sequence[Token]
) -> Iterator[tuple[str, Any, int, int]]:
    """Phrases with those that a neighbour gives a meaning: "35 cycles or 2 years"."""
    for row in found:
        yield row
        if row[0] == "n_cycles":
            index = next((i for i, t in enumerate(tokens) if t.start_pos >= row[3]), len(tokens))
            pair = tokens[index : index + 2]
            near = len(pair) == 2 and 3 <= pair[0].start_pos - row[3] <= 20
            behind = tokens[index + 2] if index + 2 < len(tokens) else None
            other = behind.type if behind and behind.start_pos - pair[1].end_pos < _APART else ""
            if (
                near
                and other not in ("RELATION", "CYCLE", "INTERVAL", "OFF")
                and [t.type for t in pair] == ["NUMBER", "PERIOD"]
            ):
                days = days_of(pair)
                if days:
                    yield "duration_days", days, pair[0].start_pos, pair[1].end_pos
