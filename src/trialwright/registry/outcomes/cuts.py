"""Where an outcome may be cut: commas that join its parts.

A joining comma is an ASCII comma and a space outside brackets; a full-width comma never joins, and
a bracket that never closes hides nothing.
"""

from __future__ import annotations

import re

from trialwright.registry.view import Span

#: A bracket with its whole content, a single bracket, a comma, a bar. Each alternative starts with
#: a letter of its own, so the search runs at the speed of a character set.
_MARK = re.compile(
    r"\((?:[^()\[\]{}|]*+\))?|\[(?:[^()\[\]{}|]*+\])?|\{(?:[^()\[\]{}|]*+\})?|\)|\]|\}|, |\|"
)


def outcomes_with_cuts(text: str, low: str, field: Span) -> list[tuple[int, int, list[int]]]:
    """Each outcome of a field between bars: start, end and its joining commas.

    Parameters
    ----------
    text, low
        Verbatim text and its normalised copy, in which full-width brackets are plain ones.
    field
        Where the field stands.
    """
    found: list[tuple[int, int, list[int]]] = []
    start, end = field.start, field.end
    cuts: list[int] = []
    opened: list[int] = []
    for mark in _MARK.finditer(low, start, end):
        at = mark.start()
        sign = low[at]
        if sign == ",":
            if text.startswith(", ", at):
                cuts.append(at)
        elif sign == "|":
            _add(found, text, start, at, cuts)
            start, cuts, opened = at + 1, [], []
        elif mark.end() > at + 1:
            continue
        elif sign in "([{":
            opened.append(len(cuts))
        elif opened:
            del cuts[opened.pop() :]
    _add(found, text, start, end, cuts)
    return found


def _add(
    found: list[tuple[int, int, list[int]]], text: str, start: int, end: int, cuts: list[int]
) -> None:
    """Add an outcome without white space at its ends, if there is one."""
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    if start < end:
        if cuts and (cuts[0] <= start or cuts[-1] + 2 > end):
            cuts = [cut for cut in cuts if start < cut < end - 1]
        found.append((start, end, cuts))
